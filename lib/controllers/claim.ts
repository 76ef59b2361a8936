import type { LabelSelector, Pod, PodTemplateSpec } from '../api/generated/types.js';
import { matcherOf } from '../api/label-selector.js';
import type { Admitted, KubeObject } from '../api/object.js';
import type { Stored } from '../apiserver/kinds.js';
import { controllerRefOf } from '../apiserver/store.js';
import type { ControllerContext } from './controller.js';
import { controllerReference, isActive } from './pods.js';

interface PodOwner {
  readonly spec?: { readonly template?: PodTemplateSpec | undefined } | undefined;
}

/** Pods of the owner's namespace that no controller manages and its selector matches, looked up by the selector's labels. */
const orphansFor = (owner: Admitted, selector: LabelSelector, { store }: ControllerContext): readonly Admitted<Pod>[] => {
  const namespace = owner.metadata.namespace ?? '';
  const orphans = store.uncontrolled('Pod', namespace);
  const labels = selector.matchLabels;
  if (orphans.length === 0 || labels === undefined || Object.keys(labels).length === 0) return orphans;
  return store.podsWith(namespace, labels).filter((pod) => controllerRefOf(pod) === undefined);
};

const isOf = ({ spec }: Admitted<PodOwner>, selector: LabelSelector, { metadata }: Admitted): boolean => {
  // The server saw to it that the labels of the template match.
  const labels = spec?.template?.metadata?.labels;
  return (labels !== undefined && metadata.labels === labels) || matcherOf(selector)(metadata.labels);
};

const keepsAll = (pods: readonly Admitted<Pod>[], owner: Admitted<PodOwner>, selector: LabelSelector): boolean => {
  for (const pod of pods) if (pod.metadata.deletionTimestamp === undefined && !isOf(owner, selector, pod)) return false;
  return true;
};

/**
 * The Pods that `owner` controls after it adopted the orphans that its selector matches and released the Pods of its own
 * that it no longer matches.
 */
export const claimPods = (
  owner: Admitted<PodOwner>,
  selector: LabelSelector,
  context: ControllerContext,
): readonly Admitted<Pod>[] => {
  const { store, api } = context;
  const own = store.controlledBy('Pod', owner.metadata.uid);
  if (keepsAll(own, owner, selector) && store.uncontrolled('Pod', owner.metadata.namespace ?? '').length === 0) return own;
  const claimed: Admitted<Pod>[] = [];
  for (const pod of own) {
    if (isOf(owner, selector, pod) || pod.metadata.deletionTimestamp !== undefined) claimed.push(pod);
    else
      api.update(
        withOwners(
          pod,
          (pod.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid),
        ),
        { trusted: true },
      );
  }
  if (owner.metadata.deletionTimestamp !== undefined) return claimed;
  for (const pod of orphansFor(owner, selector, context)) {
    if (!isActive(pod) || !isOf(owner, selector, pod)) continue;
    const adopted = api.update(withOwners(pod, [...(pod.metadata.ownerReferences ?? []), controllerReference(owner)]), {
      trusted: true,
    });
    if (adopted.ok) claimed.push(adopted.value as Admitted as Admitted<Pod>);
  }
  return claimed;
};

/** The object with these owners. */
export const withOwners = (object: Admitted, owners: readonly ReturnType<typeof controllerReference>[]): KubeObject => {
  const { ownerReferences: _before, ...metadata } = object.metadata;
  return { ...(object as Stored), metadata: { ...metadata, ...(owners.length > 0 && { ownerReferences: owners }) } };
};
