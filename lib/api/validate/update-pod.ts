import { sameValue } from '../equal.js';
import type { Container, NodeAffinity, Pod, PodSpec } from '../generated/types.js';
import type { Faults } from './faults.js';
import { Path } from './path.js';

const at = Path.of('spec');
const mostSeconds = 2 ** 31 - 1;

const updatable =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** Containers of the new spec with the images of the old one: all that may change in them. */
const withImages = (next: readonly Container[], old: readonly Container[]): readonly Container[] =>
  next.map((container, index) => {
    const image = old[index]?.image;
    return image === undefined ? container : { ...container, image };
  });

const validateDeadline = (next: PodSpec, old: PodSpec, faults: Faults): boolean => {
  const place = at.child('activeDeadlineSeconds');
  const [seconds, before] = [next.activeDeadlineSeconds, old.activeDeadlineSeconds];
  if (seconds === undefined) {
    if (before !== undefined) faults.invalid(place, undefined, 'must not update from a positive integer to nil value');
    return true;
  }
  if (seconds < 0 || seconds > mostSeconds) {
    faults.invalid(place, seconds, `must be between 0 and ${mostSeconds}, inclusive`);
    return false;
  }
  if (before === undefined || before >= seconds) return true;
  faults.invalid(place, seconds, 'must be less than or equal to previous value');
  return false;
};

const validateTolerations = (next: PodSpec, old: PodSpec, faults: Faults): void => {
  const kept = (old.tolerations ?? []).every((before) =>
    (next.tolerations ?? []).some(({ tolerationSeconds: _, ...toleration }) => {
      const { tolerationSeconds, ...same } = before;
      return sameValue(toleration, same);
    }),
  );
  if (!kept) faults.forbidden(at.child('tolerations'), 'existing toleration can not be modified except its tolerationSeconds');
};

const validateGates = (next: PodSpec, old: PodSpec, faults: Faults): void => {
  const before = new Set((old.schedulingGates ?? []).map((gate) => gate.name));
  for (const [index, { name }] of (next.schedulingGates ?? []).entries()) {
    if (before.has(name)) continue;
    const place = at.child('schedulingGates').index(index).child('name');
    faults.forbidden(place, `only deletion is allowed, but found new scheduling gate '${name}'`);
  }
};

const required = 'requiredDuringSchedulingIgnoredDuringExecution';

const validateNodeAffinity = (next: NodeAffinity | undefined, old: NodeAffinity | undefined, faults: Faults): void => {
  const before = old?.[required]?.nodeSelectorTerms ?? [];
  if (before.length === 0) return;
  const terms = next?.[required]?.nodeSelectorTerms ?? [];
  const place = at.child('affinity').child('nodeAffinity').child(required).child('nodeSelectorTerms');
  if (terms.length !== before.length) {
    faults.invalid(place, terms, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed');
    return;
  }
  for (const [index, term] of terms.entries()) {
    const was = before[index] ?? {};
    const isEmpty = (was.matchExpressions ?? []).length + (was.matchFields ?? []).length === 0;
    const onlyAdds = (['matchExpressions', 'matchFields'] as const).every((field) => {
      const list = was[field] ?? [];
      return isEmpty ? (term[field] ?? []).length === 0 : sameValue((term[field] ?? []).slice(0, list.length), list);
    });
    if (!onlyAdds) faults.invalid(place.index(index), term, 'only additions are allowed (no mutations or deletions)');
  }
};

/** While a Pod is held back by gates, where it may run can still be narrowed. */
const withGatedChanges = (next: PodSpec, old: PodSpec, faults: Faults): PodSpec => {
  if ((old.schedulingGates ?? []).length === 0) return next;
  const selector = next.nodeSelector ?? {};
  if (Object.entries(old.nodeSelector ?? {}).some(([key, value]) => selector[key] !== value)) {
    faults.invalid(
      at.child('nodeSelector'),
      selector,
      'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    );
  }
  validateNodeAffinity(next.affinity?.nodeAffinity, old.affinity?.nodeAffinity, faults);
  return {
    ...next,
    nodeSelector: old.nodeSelector,
    affinity: { ...next.affinity, nodeAffinity: old.affinity?.nodeAffinity },
  };
};

export const podUpdate = (next: Pod, current: Pod, faults: Faults): void => {
  const [spec, old] = [next.spec, current.spec];
  if (spec === undefined || old === undefined) return;
  for (const field of ['containers', 'initContainers'] as const) {
    if ((spec[field] ?? []).length === (old[field] ?? []).length) continue;
    faults.forbidden(at.child(field), 'pod updates may not add or remove containers');
    return;
  }
  if (!validateDeadline(spec, old, faults)) return;
  validateTolerations(spec, old, faults);
  validateGates(spec, old, faults);
  const grace = (old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1;
  const same: PodSpec = {
    ...withGatedChanges(spec, old, faults),
    containers: withImages(spec.containers ?? [], old.containers ?? []),
    initContainers: withImages(spec.initContainers ?? [], old.initContainers ?? []),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    schedulingGates: old.schedulingGates,
    tolerations: old.tolerations,
    ...(grace ? { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds } : {}),
  };
  if (!sameValue(same, old)) faults.forbidden(at, updatable);
};
