import type {
  ClusterRoleBinding,
  Container,
  CustomResourceDefinition,
  EphemeralContainer,
  HorizontalPodAutoscaler,
  Ingress,
  IngressBackend,
  PersistentVolumeClaim,
  PodSpec,
  RoleBinding,
  RoleRef,
  StatefulSet,
  Volume,
} from '../api/generated/types.js';
import type { KubeObject, ObjectRef } from '../api/object.js';
import { podTemplateOf } from './template.js';

/** One object names another. */
export interface Reference {
  readonly from: ObjectRef;
  /** Field that holds the name. */
  readonly path: string;
  readonly to: ObjectRef;
  /** Key of a ConfigMap or Secret, port of a Service. */
  readonly key?: string | number | undefined;
  /** The author said that it may be missing. */
  readonly optional: boolean;
  /** What a missing object does: the Pod does not start, or nothing happens and nothing says so. */
  readonly without: 'not starting' | 'silent';
}

type Found = Omit<Reference, 'from' | 'optional' | 'without'> & {
  readonly optional?: boolean | undefined;
  readonly without?: Reference['without'];
};

const core = (kind: string, namespace: string | undefined, name: string): ObjectRef => ({
  apiVersion: 'v1',
  kind,
  namespace,
  name,
});

/** `k.json` items of a ConfigMap or Secret volume, or the whole object. */
function* keyed(
  to: ObjectRef,
  path: string,
  source: { readonly items?: readonly { readonly key: string }[] | undefined; readonly optional?: boolean | undefined },
  nameField: string,
): Iterable<Found> {
  yield { path: `${path}.${nameField}`, to, optional: source.optional };
  for (const [index, { key }] of (source.items ?? []).entries())
    yield { path: `${path}.items[${index}].key`, to, key, optional: source.optional };
}

function* ofVolume(volume: Volume, path: string, namespace: string | undefined): Iterable<Found> {
  const { configMap, secret, projected, persistentVolumeClaim } = volume;
  if (configMap?.name !== undefined)
    yield* keyed(core('ConfigMap', namespace, configMap.name), `${path}.configMap`, configMap, 'name');
  if (secret?.secretName !== undefined)
    yield* keyed(core('Secret', namespace, secret.secretName), `${path}.secret`, secret, 'secretName');
  for (const [index, source] of (projected?.sources ?? []).entries()) {
    const at = `${path}.projected.sources[${index}]`;
    if (source.configMap?.name !== undefined)
      yield* keyed(core('ConfigMap', namespace, source.configMap.name), `${at}.configMap`, source.configMap, 'name');
    if (source.secret?.name !== undefined)
      yield* keyed(core('Secret', namespace, source.secret.name), `${at}.secret`, source.secret, 'name');
  }
  if (persistentVolumeClaim !== undefined) {
    yield {
      path: `${path}.persistentVolumeClaim.claimName`,
      to: core('PersistentVolumeClaim', namespace, persistentVolumeClaim.claimName),
    };
  }
}

function* ofContainer(container: Container | EphemeralContainer, path: string, namespace: string | undefined): Iterable<Found> {
  for (const [index, { configMapRef, secretRef }] of (container.envFrom ?? []).entries()) {
    const at = `${path}.envFrom[${index}]`;
    if (configMapRef?.name !== undefined)
      yield {
        path: `${at}.configMapRef.name`,
        to: core('ConfigMap', namespace, configMapRef.name),
        optional: configMapRef.optional,
      };
    if (secretRef?.name !== undefined)
      yield { path: `${at}.secretRef.name`, to: core('Secret', namespace, secretRef.name), optional: secretRef.optional };
  }
  for (const [index, { valueFrom }] of (container.env ?? []).entries()) {
    for (const [field, kind] of [
      ['configMapKeyRef', 'ConfigMap'],
      ['secretKeyRef', 'Secret'],
    ] as const) {
      const source = valueFrom?.[field];
      if (source?.name === undefined) continue;
      const to = core(kind, namespace, source.name);
      const at = `${path}.env[${index}].valueFrom.${field}`;
      yield { path: `${at}.name`, to, optional: source.optional };
      yield { path: `${at}.key`, to, key: source.key, optional: source.optional };
    }
  }
}

function* ofPod(spec: PodSpec, path: string, namespace: string | undefined, claims: ReadonlySet<string>): Iterable<Found> {
  for (const [index, volume] of (spec.volumes ?? []).entries()) {
    // A StatefulSet's claim templates take the place of a volume of that name.
    if (!claims.has(volume.name)) yield* ofVolume(volume, `${path}.volumes[${index}]`, namespace);
  }
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'] as const) {
    for (const [index, container] of (spec[list] ?? []).entries())
      yield* ofContainer(container, `${path}.${list}[${index}]`, namespace);
  }
  const account = spec.serviceAccountName ?? spec.serviceAccount;
  if (account !== undefined && account !== '')
    yield { path: `${path}.serviceAccountName`, to: core('ServiceAccount', namespace, account) };
  for (const [index, { name }] of (spec.imagePullSecrets ?? []).entries()) {
    // The kubelet goes on without it, and a private image then cannot be pulled.
    if (name !== undefined)
      yield { path: `${path}.imagePullSecrets[${index}].name`, to: core('Secret', namespace, name), without: 'silent' };
  }
  if (spec.priorityClassName !== undefined && spec.priorityClassName !== '') {
    yield {
      path: `${path}.priorityClassName`,
      to: { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', name: spec.priorityClassName },
    };
  }
  if (spec.runtimeClassName !== undefined)
    yield {
      path: `${path}.runtimeClassName`,
      to: { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', name: spec.runtimeClassName },
    };
}

function* ofIngress(ingress: Ingress, namespace: string | undefined): Iterable<Found> {
  const spec = ingress.spec;
  const backend = function* (at: IngressBackend | undefined, path: string): Iterable<Found> {
    if (at?.service === undefined) return;
    const to = core('Service', namespace, at.service.name);
    yield { path: `${path}.service.name`, to, without: 'silent' };
    const port = at.service.port?.name ?? at.service.port?.number;
    if (port !== undefined) yield { path: `${path}.service.port`, to, key: port, without: 'silent' };
  };
  yield* backend(spec?.defaultBackend, 'spec.defaultBackend');
  for (const [index, { http }] of (spec?.rules ?? []).entries()) {
    for (const [at, path] of (http?.paths ?? []).entries())
      yield* backend(path.backend, `spec.rules[${index}].http.paths[${at}].backend`);
  }
  for (const [index, { secretName }] of (spec?.tls ?? []).entries()) {
    if (secretName !== undefined)
      yield { path: `spec.tls[${index}].secretName`, to: core('Secret', namespace, secretName), without: 'silent' };
  }
  if (spec?.ingressClassName !== undefined) {
    yield {
      path: 'spec.ingressClassName',
      to: { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', name: spec.ingressClassName },
      without: 'silent',
    };
  }
}

function* ofBinding(binding: RoleBinding | ClusterRoleBinding, namespace: string | undefined): Iterable<Found> {
  // Required by the server, which says so after decoding.
  const roleRef: RoleRef | undefined = binding.roleRef;
  if (roleRef === undefined) return;
  yield {
    path: 'roleRef.name',
    to: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: roleRef.kind,
      namespace: roleRef.kind === 'Role' ? namespace : undefined,
      name: roleRef.name,
    },
    without: 'silent',
  };
  for (const [index, subject] of (binding.subjects ?? []).entries()) {
    if (subject.kind === 'ServiceAccount')
      yield {
        path: `subjects[${index}].name`,
        to: core('ServiceAccount', subject.namespace ?? namespace, subject.name),
        without: 'silent',
      };
  }
}

interface ServiceReference {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
}

/** A program that the API server calls: webhooks, conversion, aggregated APIs. Without it the server's own requests fail. */
function* called(service: ServiceReference | undefined, path: string): Iterable<Found> {
  if (service?.name !== undefined)
    yield { path: `${path}.name`, to: core('Service', service.namespace ?? 'default', service.name), without: 'silent' };
}

interface WebhookConfiguration {
  readonly webhooks?: readonly { readonly clientConfig?: { readonly service?: ServiceReference } }[];
}

function* ofWebhooks({ webhooks = [] }: WebhookConfiguration): Iterable<Found> {
  for (const [index, { clientConfig }] of webhooks.entries())
    yield* called(clientConfig?.service, `webhooks[${index}].clientConfig.service`);
}

/** The policy that a binding puts in force. */
const boundPolicies: ReadonlyMap<string, string> = new Map([
  ['ValidatingAdmissionPolicyBinding', 'ValidatingAdmissionPolicy'],
  ['MutatingAdmissionPolicyBinding', 'MutatingAdmissionPolicy'],
]);

function* found(object: KubeObject, namespace: string | undefined): Iterable<Found> {
  const template = podTemplateOf(object);
  if (template !== undefined) {
    const claims = object.kind === 'StatefulSet' ? ((object as StatefulSet).spec?.volumeClaimTemplates ?? []) : [];
    yield* ofPod(template.spec, template.path, namespace, new Set(claims.map(({ metadata }) => metadata?.name ?? '')));
  }
  switch (object.kind) {
    case 'StatefulSet': {
      const { spec } = object as StatefulSet;
      if (spec?.serviceName !== undefined && spec.serviceName !== '')
        yield { path: 'spec.serviceName', to: core('Service', namespace, spec.serviceName), without: 'silent' };
      return;
    }
    case 'Ingress':
      return yield* ofIngress(object as Ingress, namespace);
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return yield* ofBinding(object as unknown as RoleBinding, namespace);
    case 'HorizontalPodAutoscaler': {
      const target = (object as unknown as HorizontalPodAutoscaler).spec?.scaleTargetRef;
      if (target !== undefined)
        yield {
          path: 'spec.scaleTargetRef.name',
          to: { apiVersion: target.apiVersion ?? '', kind: target.kind, namespace, name: target.name },
          without: 'silent',
        };
      return;
    }
    case 'ValidatingWebhookConfiguration':
    case 'MutatingWebhookConfiguration':
      return yield* ofWebhooks(object as unknown as WebhookConfiguration);
    case 'APIService':
      return yield* called((object.spec as { readonly service?: ServiceReference } | undefined)?.service, 'spec.service');
    case 'CustomResourceDefinition': {
      const conversion = (object as unknown as CustomResourceDefinition).spec?.conversion;
      return yield* called(conversion?.webhook?.clientConfig?.service, 'spec.conversion.webhook.clientConfig.service');
    }
    case 'ValidatingAdmissionPolicyBinding':
    case 'MutatingAdmissionPolicyBinding': {
      const name = (object.spec as { readonly policyName?: string } | undefined)?.policyName;
      const kind = boundPolicies.get(object.kind) ?? '';
      if (name !== undefined)
        yield { path: 'spec.policyName', to: { apiVersion: object.apiVersion, kind, name }, without: 'silent' };
      return;
    }
    case 'PersistentVolumeClaim': {
      const name = (object as PersistentVolumeClaim).spec?.storageClassName;
      if (name !== undefined && name !== '')
        yield { path: 'spec.storageClassName', to: { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name } };
      return;
    }
  }
}

/** A name that the server requires may be missing in what was only decoded. */
const isName = (name: unknown): boolean => typeof name === 'string' && name !== '';

/** Every reference of one object to another one, in the order of its fields. */
export const referencesOf = (object: KubeObject, from: ObjectRef): readonly Reference[] =>
  [...found(object, from.namespace)]
    .filter(({ to }) => isName(to.name))
    .map(({ optional, without, ...rest }) => ({
      from,
      ...rest,
      optional: optional ?? false,
      without: without ?? 'not starting',
    }));
