import { extended } from '../api/extended.js';
import type { OwnerReference, Pod, PodTemplateSpec } from '../api/generated/types.js';
import type { Admitted, KubeObject } from '../api/object.js';
import { conditionOf } from './conditions.js';

export const isFinished = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

export const isTerminating = (pod: Admitted<Pod>): boolean => pod.metadata.deletionTimestamp !== undefined;

/** Counts as one of its controller's replicas. */
export const isActive = (pod: Admitted<Pod>): boolean => !isFinished(pod) && !isTerminating(pod);

export const isReady = (pod: Pod): boolean => conditionOf(pod.status?.conditions, 'Ready')?.status === 'True';

/** Milliseconds since 1970 when the Pod became ready, if it is. */
export const readySince = (pod: Pod): number | undefined => {
  const ready = conditionOf(pod.status?.conditions, 'Ready');
  return ready?.status === 'True' ? Date.parse(ready.lastTransitionTime ?? '') || 0 : undefined;
};

/** Ready for at least `minReadySeconds`. */
export const isAvailable = (pod: Pod, minReadySeconds: number, now: number): boolean => {
  if (minReadySeconds === 0) return isReady(pod);
  const since = readySince(pod);
  return since !== undefined && since + minReadySeconds * 1000 <= now;
};

/** Seconds until the next of the Pods that are ready becomes available; undefined when none will by waiting. */
export const nextAvailability = (pods: readonly Pod[], minReadySeconds: number, now: number): number | undefined => {
  if (minReadySeconds === 0) return undefined;
  let next: number | undefined;
  for (const pod of pods) {
    const since = readySince(pod);
    const wait = since === undefined ? 0 : (since + minReadySeconds * 1000 - now) / 1000;
    if (wait > 0 && (next === undefined || wait < next)) next = wait;
  }
  return next;
};

/** The reference by which a controller owns what it makes. */
export const controllerReference = (owner: Admitted): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** A Pod of an admitted template. It shares the template's spec, so that engines judge a template once. */
export const podOf = (
  template: PodTemplateSpec,
  owner: Admitted,
  name: { readonly name: string } | { readonly generateName: string },
): KubeObject => {
  const { namespace } = owner.metadata;
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const ownerReferences = [controllerReference(owner)];
  const hasMore = !labels || annotations || finalizers;
  const fields = hasMore
    ? {
        namespace,
        ...(labels && { labels }),
        ...(annotations && { annotations }),
        ...(finalizers && { finalizers }),
        ownerReferences,
      }
    : { namespace, labels, ownerReferences };
  return { apiVersion: 'v1', kind: 'Pod', metadata: extended(name, fields), spec: template.spec };
};
