import type { Labels } from '../../api/selector.js';
import type { NodeRefusal } from '../decision.js';
import { type Plugin, unresolvable } from '../framework.js';
import { labelOf } from '../labels.js';
import { storageClassNameOf } from '../volumes.js';

const name = 'VolumeZone';
const refusal = unresolvable(name, 'node(s) had no available volume zone');

const zone = 'topology.kubernetes.io/zone';
const region = 'topology.kubernetes.io/region';
/** Labels that bind a volume to a place, and the current name of each. */
const topologyLabels: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': zone,
  'failure-domain.beta.kubernetes.io/region': region,
  [zone]: zone,
  [region]: region,
};

interface Place {
  readonly key: string;
  readonly values: ReadonlySet<string>;
}

/** Where a volume is. One label can name several zones, joined by `__`; a label with an empty one says nothing. */
export const placesOf = (labels: Labels | undefined): readonly Place[] => {
  const places: Place[] = [];
  for (const key of Object.keys(topologyLabels)) {
    const values = labelOf(labels, key)
      ?.split('__')
      .map((value) => value.trim());
    if (values !== undefined && !values.includes('')) places.push({ key, values: new Set(values) });
  }
  return places;
};

/** Keeps Pods in the zones and regions of the volumes that their claims are bound to. */
export const volumeZone: Plugin = {
  name,
  preFilter(pod, { lists }) {
    const places: Place[] = [];
    for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
      if (persistentVolumeClaim === undefined) continue;
      const refuse = (reason: string): NodeRefusal => unresolvable(name, reason);
      const claim = lists['/PersistentVolumeClaim'].get(`${pod.namespace}/${persistentVolumeClaim.claimName}`);
      if (claim === undefined) return refuse(`persistentvolumeclaim "${persistentVolumeClaim.claimName}" not found`);
      const volumeName = claim.spec?.volumeName;
      if (!volumeName) {
        const className = storageClassNameOf(claim);
        if (className === '') return refuse('PersistentVolumeClaim had no pv name and storageClass name');
        const storageClass = lists['storage.k8s.io/StorageClass'].get(className);
        if (storageClass === undefined) return refuse(`storageclass.storage.k8s.io "${className}" not found`);
        if (storageClass.volumeBindingMode === 'WaitForFirstConsumer') continue;
        return refuse('PersistentVolume had no name');
      }
      const volume = lists['/PersistentVolume'].get(volumeName);
      if (volume === undefined) return refuse(`persistentvolume "${volumeName}" not found`);
      places.push(...placesOf(volume.metadata.labels));
    }
    if (places.length === 0) return undefined;
    return {
      filter: ({ labels }) => {
        // A node without any such label is one of a cluster without zones.
        if (!Object.keys(topologyLabels).some((key) => labelOf(labels, key) !== undefined)) return undefined;
        for (const { key, values } of places) {
          const value = labelOf(labels, key) ?? labelOf(labels, topologyLabels[key] ?? key);
          if (value === undefined || !values.has(value)) return refusal;
        }
        return undefined;
      },
    };
  },
};
