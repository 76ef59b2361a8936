import type { StorageClass } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { quantityValue } from '../../api/quantity.js';
import type { Cache } from '../cache.js';
import type { NodeRefusal, VolumeDecision } from '../decision.js';
import { type Plugin, unresolvable } from '../framework.js';
import { compileSelector } from '../label-selector.js';
import { labelOf } from '../labels.js';
import type { NodeInfo } from '../node-info.js';
import { compileNodeSelector } from '../node-selector.js';
import type { PodInfo } from '../pod-info.js';
import { type Claim, claimKey, claimNameOf, isOwnedBy, type PersistentDisk, storageClassNameOf } from '../volumes.js';

const name = 'VolumeBinding';
const nodeConflict = "node(s) didn't match PersistentVolume's node affinity";
const bindConflict = "node(s) didn't find available persistent volumes to bind";
const notEnoughSpace = 'node(s) did not have enough free storage';
const volumeNotExist = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

const bindCompleted = 'pv.kubernetes.io/bind-completed';
const selectedNode = 'volume.kubernetes.io/selected-node';
const noProvisioner = 'kubernetes.io/no-provisioner';

/** The Pod's claims, or why it has to wait for one. */
const claimsOf = (pod: PodInfo, { lists }: Cache): readonly Claim[] | string => {
  const claims: Claim[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    const claimName = claimNameOf(volume, pod);
    if (claimName === undefined) continue;
    const claim = lists['/PersistentVolumeClaim'].get(`${pod.namespace}/${claimName}`);
    const isEphemeral = volume.ephemeral !== undefined;
    if (claim === undefined) {
      if (isEphemeral) return `waiting for ephemeral volume controller to create the persistentvolumeclaim "${claimName}"`;
      return `persistentvolumeclaim "${claimName}" not found`;
    }
    if (claim.status?.phase === 'Lost') {
      return `persistentvolumeclaim "${claimName}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`;
    }
    if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${claimName}" is being deleted`;
    if (isEphemeral && !isOwnedBy(claim, pod)) {
      return `PVC ${claimKey(claim)} was not created for pod ${pod.text} (pod is not owner)`;
    }
    claims.push(claim);
  }
  return claims;
};

export const isBound = (claim: Claim): boolean =>
  Boolean(claim.spec?.volumeName) && claim.metadata.annotations?.[bindCompleted] !== undefined;

export const matchesNode = (volume: PersistentDisk, node: NodeInfo): boolean => {
  const required = volume.spec?.nodeAffinity?.required;
  return required === undefined || compileNodeSelector(required)({ name: '', labels: node.labels });
};

const isReservedFor = (volume: PersistentDisk, claim: Claim): boolean => {
  const reference = volume.spec?.claimRef;
  return (
    reference?.name === claim.metadata.name &&
    reference.namespace === claim.metadata.namespace &&
    (!reference.uid || reference.uid === claim.metadata.uid)
  );
};

export const storageOf = (quantities: { readonly [resource: string]: string | number } | undefined): number =>
  quantityValue(quantities?.storage);

/** Why the volume cannot serve the claim, whatever the node. */
export const unfitness = (
  volume: PersistentDisk,
  claim: Claim,
): 'deleted' | 'claimed' | 'small' | 'mode' | 'attributes' | 'phase' | 'selector' | 'access' | undefined => {
  const { spec, metadata, status } = volume;
  if (metadata.deletionTimestamp !== undefined) return 'deleted';
  if (spec?.claimRef !== undefined && !isReservedFor(volume, claim)) return 'claimed';
  if (storageOf(spec?.capacity) < storageOf(claim.spec?.resources?.requests)) return 'small';
  if ((spec?.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem')) return 'mode';
  if ((spec?.volumeAttributesClassName ?? '') !== (claim.spec?.volumeAttributesClassName ?? '')) return 'attributes';
  if (isReservedFor(volume, claim)) return undefined;
  if (status?.phase !== 'Available') return 'phase';
  if (claim.spec?.selector && !compileSelector(claim.spec.selector).matches(metadata.labels ?? {})) return 'selector';
  return (claim.spec?.accessModes ?? []).every((mode) => spec?.accessModes?.includes(mode)) ? undefined : 'access';
};

/** The smallest volume that serves the claim on the node, or the one reserved for it if that can be reached from there. */
const findVolume = (
  claim: Claim,
  volumes: readonly PersistentDisk[],
  node: NodeInfo,
  taken: ReadonlySet<string>,
): PersistentDisk | undefined => {
  let smallest: PersistentDisk | undefined;
  for (const volume of volumes) {
    if (taken.has(volume.metadata.name) || unfitness(volume, claim) !== undefined) continue;
    if (isReservedFor(volume, claim)) return matchesNode(volume, node) ? volume : undefined;
    if (smallest !== undefined && storageOf(smallest.spec?.capacity) <= storageOf(volume.spec?.capacity)) continue;
    if (matchesNode(volume, node)) smallest = volume;
  }
  return smallest;
};

const allowsNode = ({ allowedTopologies = [] }: Admitted<StorageClass>, { labels }: NodeInfo): boolean =>
  allowedTopologies.length === 0 ||
  allowedTopologies.some(
    ({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.length > 0 &&
      matchLabelExpressions.every(({ key, values }) => values.includes(labelOf(labels, key) ?? '\0')),
  );

/** Whether a driver that tells its capacities (CSIStorageCapacity) has room for the claim where the node is. */
const hasCapacity = (claim: Claim, storageClass: Admitted<StorageClass>, node: NodeInfo, { lists }: Cache): boolean => {
  const requests = claim.spec?.resources?.requests;
  if (requests?.storage === undefined) return true;
  if (lists['storage.k8s.io/CSIDriver'].get(storageClass.provisioner)?.spec.storageCapacity !== true) return true;
  const asked = storageOf(requests);
  for (const { storageClassName, capacity, maximumVolumeSize, nodeTopology } of lists[
    'storage.k8s.io/CSIStorageCapacity'
  ].values()) {
    const limit = maximumVolumeSize ?? capacity;
    if (storageClassName !== storageClass.metadata.name || limit === undefined || quantityValue(limit) < asked) continue;
    if (nodeTopology !== undefined && compileSelector(nodeTopology).matches(node.labels)) return true;
  }
  return false;
};

interface UnboundClaim {
  readonly claim: Claim;
  /** What it may be bound to, and what provisions a volume for it otherwise. */
  readonly volumes: readonly PersistentDisk[];
  readonly storageClass: Admitted<StorageClass> | undefined;
}

export const selectedNodeOf = (claim: Claim): string | undefined => claim.metadata.annotations?.[selectedNode];

/** Whether the class has volumes made for claims. */
export const provisions = (storageClass: Admitted<StorageClass> | undefined): storageClass is Admitted<StorageClass> =>
  storageClass !== undefined && storageClass.provisioner !== '' && storageClass.provisioner !== noProvisioner;

/** What a node offers the Pod's claims: volumes to bind and claims to provision for, or why not. */
const volumesFor = (
  bound: readonly (PersistentDisk | undefined)[],
  unbound: readonly UnboundClaim[],
  node: NodeInfo,
  cache: Cache,
): VolumeDecision | readonly string[] => {
  const reasons: string[] = [];
  for (const volume of bound) {
    if (volume === undefined) {
      reasons.push(volumeNotExist);
      break;
    }
    if (!matchesNode(volume, node)) {
      reasons.push(nodeConflict);
      break;
    }
  }
  const toProvision: UnboundClaim[] = [];
  const toMatch: UnboundClaim[] = [];
  for (const one of unbound) {
    const chosen = selectedNodeOf(one.claim);
    if (chosen === undefined) toMatch.push(one);
    else if (chosen === node.name) toProvision.push(one);
    else return [...reasons, bindConflict];
  }
  const bind: { claim: string; volume: string }[] = [];
  const taken = new Set<string>();
  for (const one of toMatch) {
    const { claim, volumes } = one;
    const volume = findVolume(claim, volumes, node, taken);
    if (volume === undefined) toProvision.push(one);
    else {
      taken.add(volume.metadata.name);
      bind.push({ claim: claimKey(claim), volume: volume.metadata.name });
    }
  }
  for (const { claim, storageClass } of toProvision) {
    if (!provisions(storageClass) || !allowsNode(storageClass, node)) return [...reasons, bindConflict];
    if (!hasCapacity(claim, storageClass, node, cache)) return [...reasons, notEnoughSpace];
  }
  return reasons.length > 0 ? reasons : { bind, provision: toProvision.map(({ claim }) => claimKey(claim)) };
};

const isRefusal = (result: VolumeDecision | readonly string[]): result is readonly string[] => Array.isArray(result);

/** Binds claims that wait for their first consumer: to volumes that exist, or to ones to be provisioned where the Pod goes. */
export const volumeBinding: Plugin = {
  name,
  preFilter(pod, cache) {
    const claims = claimsOf(pod, cache);
    if (typeof claims === 'string') return unresolvable(name, claims);
    if (claims.length === 0) return undefined;
    const bound = claims.filter(isBound).map(({ spec }) => cache.lists['/PersistentVolume'].get(spec?.volumeName ?? ''));
    const unbound = claims.filter((claim) => !isBound(claim));
    const waits = (claim: Claim): boolean =>
      !claim.spec?.volumeName &&
      cache.lists['storage.k8s.io/StorageClass'].get(storageClassNameOf(claim))?.volumeBindingMode === 'WaitForFirstConsumer';
    if (!unbound.every(waits)) return unresolvable(name, 'pod has unbound immediate PersistentVolumeClaims');
    // The smallest first, so that each finds the smallest volume that serves it.
    unbound.sort((a, b) => storageOf(a.spec?.resources?.requests) - storageOf(b.spec?.resources?.requests));
    const unboundClaims = unbound.map((claim) => {
      const storageClass = cache.lists['storage.k8s.io/StorageClass'].get(storageClassNameOf(claim));
      return { claim, volumes: cache.volumes.for(claim), storageClass };
    });
    const found = new Map<string, VolumeDecision>();
    return {
      filter: (node): NodeRefusal | undefined => {
        const result = volumesFor(bound, unboundClaims, node, cache);
        if (isRefusal(result)) return unresolvable(name, ...result);
        found.set(node.name, result);
        return undefined;
      },
      reserve: (node) => found.get(node.name),
    };
  },
};
