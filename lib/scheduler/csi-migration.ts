import type { PersistentVolumeSpec, Volume } from '../api/generated/types.js';

/** A volume as its CSI driver knows it. */
export interface CSIVolume {
  readonly driver: string;
  readonly handle: string;
}

const ebs = 'ebs.csi.aws.com';
const gcePersistentDisk = 'pd.csi.storage.gke.io';
const azureDisk = 'disk.csi.azure.com';
const cinder = 'cinder.csi.openstack.org';

/** Provisioners of the in-tree plugins that CSI drivers have replaced. https://kep.k8s.io/625 */
const migratedProvisioners: ReadonlyMap<string, string> = new Map([
  ['kubernetes.io/aws-ebs', ebs],
  ['kubernetes.io/gce-pd', gcePersistentDisk],
  ['kubernetes.io/azure-disk', azureDisk],
  ['kubernetes.io/cinder', cinder],
]);

export const driverOf = (provisioner: string): string => migratedProvisioners.get(provisioner) ?? provisioner;

/** An EBS volume can be named by its id or by a URL that ends in it. */
const ebsVolumeID = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** The CSI volume behind a Pod's in-line disk or behind a PersistentVolume; undefined for volumes without driver. */
export const csiVolumeOf = (source: Volume | PersistentVolumeSpec): CSIVolume | undefined => {
  if (source.awsElasticBlockStore) return { driver: ebs, handle: ebsVolumeID(source.awsElasticBlockStore.volumeID) };
  if (source.gcePersistentDisk) return { driver: gcePersistentDisk, handle: source.gcePersistentDisk.pdName };
  if (source.azureDisk) return { driver: azureDisk, handle: source.azureDisk.diskURI };
  if (source.cinder) return { driver: cinder, handle: source.cinder.volumeID };
  // An in-line CSI volume lives and dies with its Pod and is not attached.
  if (!source.csi || !('volumeHandle' in source.csi)) return undefined;
  return { driver: source.csi.driver, handle: source.csi.volumeHandle };
};
