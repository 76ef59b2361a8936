import type { Ingress, PersistentVolumeClaim } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import type { AdmissionPlugin } from './plugin.js';

/** The class that an annotation marks as default; of several the newest, of equally new ones the first by name. */
const defaultOf = (classes: readonly Admitted[], ...annotations: readonly string[]): string | undefined =>
  classes
    .filter((candidate) => annotations.some((name) => candidate.metadata.annotations?.[name] === 'true'))
    .map((candidate) => candidate.metadata)
    .sort((a, b) => {
      const [newer, older] = [b.creationTimestamp ?? '', a.creationTimestamp ?? ''];
      return newer === older ? (a.name < b.name ? -1 : 1) : newer < older ? -1 : 1;
    })[0]?.name;

/** DefaultStorageClass: a claim that names no class gets the default one, if there is one. */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  kinds: [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }],
  admit: (object, { store }) => {
    const claim = object as PersistentVolumeClaim;
    const named =
      claim.spec?.storageClassName !== undefined ||
      claim.metadata?.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined;
    const name = named
      ? undefined
      : defaultOf(
          store.list('StorageClass'),
          'storageclass.kubernetes.io/is-default-class',
          'storageclass.beta.kubernetes.io/is-default-class',
        );
    return name === undefined ? object : { ...object, spec: { ...claim.spec, storageClassName: name } };
  },
};

/** DefaultIngressClass: an Ingress that names no class gets the default one, if there is one. */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  kinds: [{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' }],
  admit: (object, { store }) => {
    const ingress = object as Ingress;
    const named =
      ingress.spec?.ingressClassName !== undefined ||
      ingress.metadata?.annotations?.['kubernetes.io/ingress.class'] !== undefined;
    const name = named ? undefined : defaultOf(store.list('IngressClass'), 'ingressclass.kubernetes.io/is-default-class');
    return name === undefined ? object : { ...object, spec: { ...ingress.spec, ingressClassName: name } };
  },
};
