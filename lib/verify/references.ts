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

/**
 * `spec.containers[0].env[2].valueFrom.configMapKeyRef.key` in its parts: nearly every reference is one of a variable, and nearly none is ever
 * spoken of.
 */
interface VariableField {
  readonly pod: string;
  readonly list: string;
  readonly container: number;
  readonly variable: number;
  readonly source: string;
  readonly leaf: 'name' | 'key';
}

type Place = string | VariableField;

/** One object names another. */
export interface Reference {
  readonly from: ObjectRef;
  /** Field that holds the name; see `pathOf`. */
  readonly at: Place;
  readonly to: ObjectRef;
  /** Key of a ConfigMap or Secret, port of a Service. */
  readonly key?: string | number | undefined;
  /** The author said that it may be missing. */
  readonly optional: boolean;
  /** What a missing object does: the Pod does not start, or nothing happens and nothing says so. */
  readonly without: 'not starting' | 'silent';
}

/** Field of the referring object that holds the name. */
export const pathOf = ({ at }: Reference): string =>
  typeof at === 'string' ? at : `${at.pod}.${at.list}[${at.container}].env[${at.variable}].valueFrom.${at.source}.${at.leaf}`;

/** Collects the references of one object, in the order of its fields. */
class Collector {
  readonly #from: ObjectRef;
  readonly #into: Reference[];

  constructor(from: ObjectRef, into: Reference[]) {
    this.#from = from;
    this.#into = into;
  }

  get namespace(): string | undefined {
    return this.#from.namespace;
  }

  /** A reference that may be missing only where its field says so. */
  needed(at: Place, to: ObjectRef, key?: string | number, optional = false): void {
    this.#add(at, to, key, optional, 'not starting');
  }

  /** One whose absence nobody tells of. */
  silent(at: Place, to: ObjectRef, key?: string | number): void {
    this.#add(at, to, key, false, 'silent');
  }

  /** An object of the core group in the namespace of this one. */
  core(kind: string, name: string): ObjectRef {
    return { apiVersion: 'v1', kind, namespace: this.#from.namespace, name };
  }

  #add(at: Place, to: ObjectRef, key: string | number | undefined, optional: boolean, without: Reference['without']): void {
    // A name that the server requires may be missing in what was only decoded.
    const name: unknown = to.name;
    if (typeof name === 'string' && name !== '') this.#into.push({ from: this.#from, at, to, key, optional, without });
  }
}

/** `k.json` items of a ConfigMap or Secret volume, or the whole object. */
const keyed = (
  found: Collector,
  to: ObjectRef,
  path: string,
  source: { readonly items?: readonly { readonly key: string }[] | undefined; readonly optional?: boolean | undefined },
  nameField: string,
): void => {
  found.needed(`${path}.${nameField}`, to, undefined, source.optional);
  for (const [index, { key }] of (source.items ?? []).entries())
    found.needed(`${path}.items[${index}].key`, to, key, source.optional);
};

const ofVolume = (found: Collector, volume: Volume, path: string): void => {
  const { configMap, secret, projected, persistentVolumeClaim } = volume;
  if (configMap?.name !== undefined)
    keyed(found, found.core('ConfigMap', configMap.name), `${path}.configMap`, configMap, 'name');
  if (secret?.secretName !== undefined)
    keyed(found, found.core('Secret', secret.secretName), `${path}.secret`, secret, 'secretName');
  for (const [index, source] of (projected?.sources ?? []).entries()) {
    const at = `${path}.projected.sources[${index}]`;
    if (source.configMap?.name !== undefined)
      keyed(found, found.core('ConfigMap', source.configMap.name), `${at}.configMap`, source.configMap, 'name');
    if (source.secret?.name !== undefined)
      keyed(found, found.core('Secret', source.secret.name), `${at}.secret`, source.secret, 'name');
  }
  if (persistentVolumeClaim !== undefined) {
    const to = found.core('PersistentVolumeClaim', persistentVolumeClaim.claimName);
    found.needed(`${path}.persistentVolumeClaim.claimName`, to);
  }
};

const none: readonly never[] = [];

const keyFields = [
  ['configMapKeyRef', 'ConfigMap'],
  ['secretKeyRef', 'Secret'],
] as const;

/** Lists of containers of a Pod's spec. */
const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const;

const ofContainer = (
  found: Collector,
  { env, envFrom }: Container | EphemeralContainer,
  pod: string,
  list: string,
  container: number,
): void => {
  for (const [index, { configMapRef, secretRef }] of envFrom?.entries() ?? none) {
    const at = `${pod}.${list}[${container}].envFrom[${index}]`;
    if (configMapRef?.name !== undefined) {
      const to = found.core('ConfigMap', configMapRef.name);
      found.needed(`${at}.configMapRef.name`, to, undefined, configMapRef.optional);
    }
    if (secretRef?.name !== undefined)
      found.needed(`${at}.secretRef.name`, found.core('Secret', secretRef.name), undefined, secretRef.optional);
  }
  if (env === undefined) return;
  for (let variable = 0; variable < env.length; variable++) {
    const from = env[variable]?.valueFrom;
    if (from === undefined) continue;
    for (const [source, kind] of keyFields) {
      const ref = from[source];
      if (ref?.name === undefined) continue;
      const to = found.core(kind, ref.name);
      found.needed({ pod, list, container, variable, source, leaf: 'name' }, to, undefined, ref.optional);
      found.needed({ pod, list, container, variable, source, leaf: 'key' }, to, ref.key, ref.optional);
    }
  }
};

const ofPod = (found: Collector, spec: PodSpec, path: string, claims: ReadonlySet<string>): void => {
  for (const [index, volume] of spec.volumes?.entries() ?? none) {
    // A StatefulSet's claim templates take the place of a volume of that name.
    if (!claims.has(volume.name)) ofVolume(found, volume, `${path}.volumes[${index}]`);
  }
  for (const list of containerLists) {
    const containers = spec[list];
    if (containers === undefined) continue;
    for (let index = 0; index < containers.length; index++) {
      const container = containers[index];
      if (container !== undefined) ofContainer(found, container, path, list, index);
    }
  }
  const account = spec.serviceAccountName ?? spec.serviceAccount;
  if (account !== undefined && account !== '') found.needed(`${path}.serviceAccountName`, found.core('ServiceAccount', account));
  for (const [index, { name }] of spec.imagePullSecrets?.entries() ?? none) {
    // The kubelet goes on without it, and a private image then cannot be pulled.
    if (name !== undefined) found.silent(`${path}.imagePullSecrets[${index}].name`, found.core('Secret', name));
  }
  if (spec.priorityClassName !== undefined && spec.priorityClassName !== '') {
    const to = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', name: spec.priorityClassName };
    found.needed(`${path}.priorityClassName`, to);
  }
  if (spec.runtimeClassName !== undefined) {
    const to = { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', name: spec.runtimeClassName };
    found.needed(`${path}.runtimeClassName`, to);
  }
};

const noClaims: ReadonlySet<string> = new Set();

const ofWorkload = (found: Collector, object: KubeObject, claims = noClaims): void => {
  const template = podTemplateOf(object);
  if (template !== undefined) ofPod(found, template.spec, template.path, claims);
};

const ofStatefulSet = (found: Collector, object: KubeObject): void => {
  const { serviceName, volumeClaimTemplates = [] } = (object as StatefulSet).spec ?? {};
  ofWorkload(found, object, new Set(volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? '')));
  if (serviceName !== undefined && serviceName !== '') found.silent('spec.serviceName', found.core('Service', serviceName));
};

const ofIngress = (found: Collector, object: KubeObject): void => {
  const { spec } = object as Ingress;
  const backend = (at: IngressBackend | undefined, path: string): void => {
    if (at?.service === undefined) return;
    const to = found.core('Service', at.service.name);
    found.silent(`${path}.service.name`, to);
    const port = at.service.port?.name ?? at.service.port?.number;
    if (port !== undefined) found.silent(`${path}.service.port`, to, port);
  };
  backend(spec?.defaultBackend, 'spec.defaultBackend');
  for (const [index, { http }] of (spec?.rules ?? []).entries()) {
    for (const [at, path] of (http?.paths ?? []).entries())
      backend(path.backend, `spec.rules[${index}].http.paths[${at}].backend`);
  }
  for (const [index, { secretName }] of (spec?.tls ?? []).entries()) {
    if (secretName !== undefined) found.silent(`spec.tls[${index}].secretName`, found.core('Secret', secretName));
  }
  if (spec?.ingressClassName !== undefined) {
    const to = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', name: spec.ingressClassName };
    found.silent('spec.ingressClassName', to);
  }
};

const ofBinding = (found: Collector, object: KubeObject): void => {
  const binding = object as unknown as RoleBinding | ClusterRoleBinding;
  // Required by the server, which says so after decoding.
  const roleRef: RoleRef | undefined = binding.roleRef;
  if (roleRef === undefined) return;
  found.silent('roleRef.name', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: roleRef.kind,
    namespace: roleRef.kind === 'Role' ? found.namespace : undefined,
    name: roleRef.name,
  });
  for (const [index, { kind, namespace = found.namespace, name }] of (binding.subjects ?? []).entries()) {
    if (kind === 'ServiceAccount') found.silent(`subjects[${index}].name`, { apiVersion: 'v1', kind, namespace, name });
  }
};

const ofAutoscaler = (found: Collector, object: KubeObject): void => {
  const target = (object as unknown as HorizontalPodAutoscaler).spec?.scaleTargetRef;
  if (target === undefined) return;
  const { apiVersion = '', kind, name } = target;
  found.silent('spec.scaleTargetRef.name', { apiVersion, kind, namespace: found.namespace, name });
};

interface ServiceReference {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
}

/** A program that the API server calls: webhooks, conversion, aggregated APIs. Without it the server's own requests fail. */
const called = (found: Collector, service: ServiceReference | undefined, path: string): void => {
  if (service?.name === undefined) return;
  const { namespace = 'default', name } = service;
  found.silent(`${path}.name`, { apiVersion: 'v1', kind: 'Service', namespace, name });
};

const ofWebhooks = (found: Collector, object: KubeObject): void => {
  const { webhooks = [] } = object as {
    readonly webhooks?: readonly { readonly clientConfig?: { readonly service?: ServiceReference } }[];
  };
  for (const [index, { clientConfig }] of webhooks.entries())
    called(found, clientConfig?.service, `webhooks[${index}].clientConfig.service`);
};

const ofApiService = (found: Collector, { spec }: KubeObject): void =>
  called(found, (spec as { readonly service?: ServiceReference } | undefined)?.service, 'spec.service');

const ofDefinition = (found: Collector, object: KubeObject): void => {
  const conversion = (object as unknown as CustomResourceDefinition).spec?.conversion;
  called(found, conversion?.webhook?.clientConfig?.service, 'spec.conversion.webhook.clientConfig.service');
};

/** The policy that a binding puts in force. */
const ofPolicyBinding =
  (kind: string) =>
  (found: Collector, { apiVersion, spec }: KubeObject): void => {
    const name = (spec as { readonly policyName?: string } | undefined)?.policyName;
    if (name !== undefined) found.silent('spec.policyName', { apiVersion, kind, name });
  };

const ofClaim = (found: Collector, object: KubeObject): void => {
  const name = (object as PersistentVolumeClaim).spec?.storageClassName;
  if (name !== undefined && name !== '')
    found.needed('spec.storageClassName', { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name });
};

/** Kinds that name other objects; most objects are of none of them. */
const collectors: ReadonlyMap<string, (found: Collector, object: KubeObject) => void> = new Map([
  ...['Pod', 'Deployment', 'ReplicaSet', 'ReplicationController', 'DaemonSet', 'Job', 'CronJob'].map(
    (kind) => [kind, ofWorkload] as const,
  ),
  ['StatefulSet', ofStatefulSet],
  ['Ingress', ofIngress],
  ['RoleBinding', ofBinding],
  ['ClusterRoleBinding', ofBinding],
  ['HorizontalPodAutoscaler', ofAutoscaler],
  ['ValidatingWebhookConfiguration', ofWebhooks],
  ['MutatingWebhookConfiguration', ofWebhooks],
  ['APIService', ofApiService],
  ['CustomResourceDefinition', ofDefinition],
  ['ValidatingAdmissionPolicyBinding', ofPolicyBinding('ValidatingAdmissionPolicy')],
  ['MutatingAdmissionPolicyBinding', ofPolicyBinding('MutatingAdmissionPolicy')],
  ['PersistentVolumeClaim', ofClaim],
]);

/** Adds every reference of one object to another one, in the order of its fields. */
export const collectReferences = (object: KubeObject, from: ObjectRef, into: Reference[]): void =>
  collectors.get(object.kind)?.(new Collector(from, into), object);
