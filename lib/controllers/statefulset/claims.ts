import type { OwnerReference, PersistentVolumeClaim, Pod, StatefulSet } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { equal } from '../../apiserver/equal.js';
import type { Stored } from '../../apiserver/kinds.js';
import { withOwners } from '../claim.js';
import type { ControllerContext } from '../controller.js';
import { controllerReference } from '../pods.js';

export const claimName = (template: string, set: string, ordinal: number): string => `${template}-${set}-${ordinal}`;

const claimTemplates = (set: StatefulSet): readonly PersistentVolumeClaim[] => set.spec?.volumeClaimTemplates ?? [];

/** Creates the claims of a Pod that are missing; returns why one could not be. */
export const createClaims = (set: Admitted<StatefulSet>, ordinal: number, context: ControllerContext): string | undefined => {
  const { api, store } = context;
  const pod = `${set.metadata.name}-${ordinal}`;
  for (const template of claimTemplates(set)) {
    const name = claimName(template.metadata?.name ?? '', set.metadata.name, ordinal);
    if (store.find('PersistentVolumeClaim', set.metadata.namespace, name) !== undefined) continue;
    const labels = { ...template.metadata?.labels, ...set.spec?.selector.matchLabels };
    const metadata = { ...template.metadata, name, namespace: set.metadata.namespace, labels };
    const created = api.create(
      { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec: template.spec },
      { trusted: true },
    );
    const told = `create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name}`;
    if (!created.ok) {
      context.event('Warning', 'FailedCreate', `${told} failed error: ${created.message}`, set);
      return created.message;
    }
    context.event('Normal', 'SuccessfulCreate', `${told} success`, set);
  }
  return undefined;
};

/** Who takes a claim along when it goes, by `persistentVolumeClaimRetentionPolicy`. */
const wantedOwners = (set: Admitted<StatefulSet>, pod: Admitted<Pod>, isCondemned: boolean): readonly OwnerReference[] => {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec?.persistentVolumeClaimRetentionPolicy ?? {};
  if (whenScaled === 'Delete' && isCondemned) {
    return [{ apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid }];
  }
  return whenDeleted === 'Delete' ? [controllerReference(set)] : [];
};

/** Makes the claims of a Pod belong to whom the retention policy says. */
export const retainClaims = (
  set: Admitted<StatefulSet>,
  pod: Admitted<Pod>,
  ordinal: number,
  isCondemned: boolean,
  context: ControllerContext,
): void => {
  for (const template of claimTemplates(set)) {
    const name = claimName(template.metadata?.name ?? '', set.metadata.name, ordinal);
    const claim = context.store.find('PersistentVolumeClaim', set.metadata.namespace, name);
    if (claim === undefined) continue;
    const ours = new Set(['StatefulSet', 'Pod']);
    const others = (claim.metadata.ownerReferences ?? []).filter((owner) => !ours.has(owner.kind));
    const owners = [...others, ...wantedOwners(set, pod, isCondemned)];
    if (!equal(owners, claim.metadata.ownerReferences ?? []))
      context.api.update(withOwners(claim as Admitted as Stored, owners), { trusted: true });
  }
};
