import type {
  ClusterRoleBinding,
  ConfigMapKeySelector,
  Container,
  CustomResourceDefinition,
  EnvFromSource,
  EphemeralContainer,
  HorizontalPodAutoscaler,
  Ingress,
  IngressBackend,
  LocalObjectReference,
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
  readonly at: string;
  /** Field that holds the key. */
  readonly keyAt: string;
  readonly to: ObjectRef;
  /** Key of a ConfigMap or Secret, port of a Service. */
  readonly key?: string | number | undefined;
  /** The author said that it may be missing. */
  readonly optional: boolean;
  /** What a missing object does: the Pod does not start, or nothing happens and nothing says so. */
  readonly without: 'not starting' | 'silent';
}

/** What a variable is set from: nearly every reference is such a one, and nearly none is ever spoken of. */
class VariableReference implements Reference {
  readonly from: ObjectRef;
  readonly #kind: 'ConfigMap' | 'Secret';
  readonly #selector: ConfigMapKeySelector;
  readonly #pod: string;
  readonly #list: string;
  readonly #container: number;
  readonly #variable: number;

  constructor(
    from: ObjectRef,
    kind: 'ConfigMap' | 'Secret',
    selector: ConfigMapKeySelector,
    pod: string,
    list: string,
    container: number,
    variable: number,
  ) {
    this.from = from;
    this.#kind = kind;
    this.#selector = selector;
    this.#pod = pod;
    this.#list = list;
    this.#container = container;
    this.#variable = variable;
  }

  get without(): 'not starting' {
    return 'not starting';
  }

  get to(): ObjectRef {
    return { apiVersion: 'v1', kind: this.#kind, namespace: this.from.namespace, name: this.#selector.name ?? '' };
  }

  get key(): string {
    return this.#selector.key;
  }

  get optional(): boolean {
    return this.#selector.optional ?? false;
  }

  get at(): string {
    return `${this.#source}.name`;
  }

  get keyAt(): string {
    return `${this.#source}.key`;
  }

  get #source(): string {
    const field = this.#kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef';
    return `${this.#pod}.${this.#list}[${this.#container}].env[${this.#variable}].valueFrom.${field}`;
  }
}

/** A name that the server requires may be missing in what was only decoded. */
const isNamed = (name: unknown): boolean => typeof name === 'string' && name !== '';

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
  needed(at: string, to: ObjectRef, key?: string | number, optional = false): void {
    this.#add(at, to, key, optional, 'not starting');
  }

  /** What a variable is set from. */
  variable(
    kind: 'ConfigMap' | 'Secret',
    of: ConfigMapKeySelector,
    pod: string,
    list: string,
    container: number,
    at: number,
  ): void {
    if (isNamed(of.name)) this.#into.push(new VariableReference(this.#from, kind, of, pod, list, container, at));
  }

  /** One whose absence nobody tells of. */
  silent(at: string, to: ObjectRef, key?: string | number): void {
    this.#add(at, to, key, false, 'silent');
  }

  /** An object of the core group in the namespace of this one. */
  core(kind: string, name: string): ObjectRef {
    return { apiVersion: 'v1', kind, namespace: this.#from.namespace, name };
  }

  #add(at: string, to: ObjectRef, key: string | number | undefined, optional: boolean, without: Reference['without']): void {
    if (isNamed(to.name)) this.#into.push({ from: this.#from, at, keyAt: at, to, key, optional, without });
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

const ofEnvFrom = (found: Collector, envFrom: readonly EnvFromSource[], container: string): void => {
  for (const [index, { configMapRef, secretRef }] of envFrom.entries()) {
    const at = `${container}.envFrom[${index}]`;
    if (configMapRef?.name !== undefined) {
      const to = found.core('ConfigMap', configMapRef.name);
      found.needed(`${at}.configMapRef.name`, to, undefined, configMapRef.optional);
    }
    if (secretRef?.name !== undefined)
      found.needed(`${at}.secretRef.name`, found.core('Secret', secretRef.name), undefined, secretRef.optional);
  }
};

const ofContainer = (
  found: Collector,
  { env, envFrom }: Container | EphemeralContainer,
  pod: string,
  list: string,
  container: number,
): void => {
  if (envFrom !== undefined) ofEnvFrom(found, envFrom, `${pod}.${list}[${container}]`);
  if (env === undefined) return;
  for (let variable = 0; variable < env.length; variable++) {
    const from = env[variable]?.valueFrom;
    if (from === undefined) continue;
    const { configMapKeyRef: map, secretKeyRef: secret } = from;
    if (map?.name !== undefined) found.variable('ConfigMap', map, pod, list, container, variable);
    if (secret?.name !== undefined) found.variable('Secret', secret, pod, list, container, variable);
  }
};

const ofContainers = (
  found: Collector,
  containers: readonly (Container | EphemeralContainer)[],
  pod: string,
  list: string,
): void => {
  for (let index = 0; index < containers.length; index++) {
    const container = containers[index];
    if (container !== undefined) ofContainer(found, container, pod, list, index);
  }
};

const ofVolumes = (found: Collector, volumes: readonly Volume[], path: string, claims: ReadonlySet<string>): void => {
  for (const [index, volume] of volumes.entries()) {
    // A StatefulSet's claim templates take the place of a volume of that name.
    if (!claims.has(volume.name)) ofVolume(found, volume, `${path}.volumes[${index}]`);
  }
};

const ofPullSecrets = (found: Collector, secrets: readonly LocalObjectReference[], path: string): void => {
  for (const [index, { name }] of secrets.entries()) {
    // The kubelet goes on without it, and a private image then cannot be pulled.
    if (name !== undefined) found.silent(`${path}.imagePullSecrets[${index}].name`, found.core('Secret', name));
  }
};

const ofPod = (found: Collector, spec: PodSpec, path: string, claims: ReadonlySet<string>): void => {
  if (spec.volumes !== undefined) ofVolumes(found, spec.volumes, path, claims);
  if (spec.initContainers !== undefined) ofContainers(found, spec.initContainers, path, 'initContainers');
  if (spec.containers !== undefined) ofContainers(found, spec.containers, path, 'containers');
  if (spec.ephemeralContainers !== undefined) ofContainers(found, spec.ephemeralContainers, path, 'ephemeralContainers');
  const account = spec.serviceAccountName ?? spec.serviceAccount;
  if (account !== undefined && account !== '') found.needed(`${path}.serviceAccountName`, found.core('ServiceAccount', account));
  if (spec.imagePullSecrets !== undefined) ofPullSecrets(found, spec.imagePullSecrets, path);
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
