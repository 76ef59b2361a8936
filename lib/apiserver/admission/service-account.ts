import { extended } from '../../api/extended.js';
import type { Container, ServiceAccount, Volume, VolumeMount } from '../../api/generated/types.js';
import { hash32, suffixOf } from '../identity.js';
import type { AdmissionPlugin, PodDraft } from './plugin.js';

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

const projected: Volume['projected'] = {
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
  ],
  defaultMode: 420,
};

/** What is added to a Pod and to its containers. */
interface Token {
  /** Of what it was made. */
  readonly namespace: string;
  readonly containers: string;
  readonly volumes: readonly [Volume];
  readonly mounts: readonly [VolumeMount];
}

const newToken = (namespace: string, containers: string): Token => {
  const name = `kube-api-access-${suffixOf(`${namespace}/${hash32(containers)}`)}`;
  return {
    namespace,
    containers,
    volumes: [{ name, projected }],
    mounts: [{ name, readOnly: true, mountPath: tokenPath }],
  };
};

/** The last that was made: workloads of one image come in rows. */
let token = newToken('', '');

const withToken = (container: Container, mounts: Token['mounts']): Container => {
  if (mountsToken(container)) return container;
  return extended(container, { volumeMounts: container.volumeMounts ? [...container.volumeMounts, ...mounts] : mounts });
};

const mountsToken = (container: Container): boolean =>
  container.volumeMounts?.some((mount) => mount.mountPath === tokenPath) ?? false;

const mountToken = (spec: PodDraft, namespace: string): void => {
  const containers = spec.initContainers ? [...spec.initContainers, ...spec.containers] : spec.containers;
  if (containers.every(mountsToken)) return;
  // Drawn at random for each Pod in a cluster; here Pods of one template share their spec, this name included.
  let seed = '';
  for (const { name, image } of containers) seed += `${seed === '' ? '' : ','}${name}=${image}`;
  if (token.containers !== seed || token.namespace !== namespace) token = newToken(namespace, seed);
  const { volumes, mounts } = token;
  spec.volumes = spec.volumes ? [...spec.volumes, ...volumes] : volumes;
  spec.containers = spec.containers.map((container) => withToken(container, mounts));
  if (spec.initContainers) spec.initContainers = spec.initContainers.map((container) => withToken(container, mounts));
};

const enforceMountable = 'kubernetes.io/enforce-mountable-secrets';
/** What Go reads as true. */
const truths = ['1', 't', 'T', 'TRUE', 'true', 'True'];

const secretsOf = ({ env = [], envFrom = [] }: Container): readonly (readonly [via: string, secret: string])[] => [
  ...env.flatMap(({ name, valueFrom }): [string, string][] =>
    valueFrom?.secretKeyRef === undefined ? [] : [[`envVar ${name}`, valueFrom.secretKeyRef.name ?? '']],
  ),
  ...envFrom.flatMap(({ secretRef }): [string, string][] => (secretRef === undefined ? [] : [['envFrom', secretRef.name ?? '']])),
];

/** Why an account that restricts its Pods to its own secrets does not let them have those of `spec`. */
const secretNotAllowed = (
  spec: PodDraft,
  account: ServiceAccount & { readonly metadata: { readonly name: string } },
): string | undefined => {
  const { name } = account.metadata;
  const mountable = new Set(account.secrets?.map((secret) => secret.name));
  const refusal = (what: string) => `${what} is not allowed because service account ${name} does not reference that secret`;
  for (const { secret } of spec.volumes ?? []) {
    const secretName = secret?.secretName ?? '';
    if (secret !== undefined && !mountable.has(secretName)) return refusal(`volume with secret.secretName="${secretName}"`);
  }
  const containers = [
    ...(spec.initContainers ?? []).map((container) => ['init container', container] as const),
    ...spec.containers.map((container) => ['container', container] as const),
  ];
  for (const [kind, container] of containers) {
    const found = secretsOf(container).find(([, secret]) => !mountable.has(secret));
    if (found !== undefined)
      return refusal(`${kind} ${container.name} with ${found[0]} referencing secret.secretName="${found[1]}"`);
  }
  const pullable = new Set(account.imagePullSecrets?.map((secret) => secret.name));
  for (const [index, { name: secret }] of (spec.imagePullSecrets ?? []).entries()) {
    if (pullable.has(secret)) continue;
    return `imagePullSecrets[${index}].name="${secret}" is not allowed because service account ${name} does not reference that imagePullSecret`;
  }
  return undefined;
};

/** ServiceAccount: every Pod runs as an account that exists, with its token mounted. */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  admitPod: (spec, namespace, context) => {
    const name = spec.serviceAccountName || 'default';
    const account = context.store.find('ServiceAccount', namespace, name);
    if (account === undefined) {
      if (context.world === 'closed')
        return `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
      const object = { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name };
      context.assume({ code: 'exists', text: `ServiceAccount ${namespace}/${name} exists`, object });
    }
    spec.serviceAccountName = name;
    spec.serviceAccount = name;
    if (spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true) mountToken(spec, namespace);
    if (!spec.imagePullSecrets?.length && account?.imagePullSecrets?.length) spec.imagePullSecrets = account.imagePullSecrets;
    const restricts = truths.includes(account?.metadata.annotations?.[enforceMountable] ?? '');
    return account !== undefined && restricts ? secretNotAllowed(spec, account) : undefined;
  },
};
