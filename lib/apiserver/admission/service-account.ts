import type { Container, Volume } from '../../api/generated/types.js';
import { hash32, suffixOf } from '../identity.js';
import type { AdmissionPlugin, PodDraft } from './plugin.js';

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
    ],
    defaultMode: 420,
  },
});

const withToken = (container: Container, volume: string): Container =>
  container.volumeMounts?.some((mount) => mount.mountPath === tokenPath)
    ? container
    : { ...container, volumeMounts: [...(container.volumeMounts ?? []), { name: volume, readOnly: true, mountPath: tokenPath }] };

const mountsToken = (container: Container): boolean =>
  container.volumeMounts?.some((mount) => mount.mountPath === tokenPath) ?? false;

const mountToken = (spec: PodDraft, namespace: string): void => {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  if (containers.every(mountsToken)) return;
  // Drawn at random for each Pod in a cluster; here Pods of one template share their spec, this name included.
  const seed = containers.map((container) => `${container.name}=${container.image}`).join();
  const name = `kube-api-access-${suffixOf(`${namespace}/${hash32(seed)}`)}`;
  spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
  spec.containers = spec.containers.map((container) => withToken(container, name));
  if (spec.initContainers) spec.initContainers = spec.initContainers.map((container) => withToken(container, name));
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
    return undefined;
  },
};
