import type { Namespace, Pod } from '../../../api/generated/types.js';
import type { Admitted } from '../../../api/object.js';
import { controllerRefOf, type Store } from '../../store.js';
import { violationsOf } from './evaluate.js';
import { type LevelVersion, policyOf, strictness, textOf } from './policy.js';

/** Pods that are looked at when a namespace gets a stricter level. */
const mostPods = 3000;

/** One Pod of each controller first. */
const prioritized = (pods: readonly Admitted<Pod>[]): readonly Admitted<Pod>[] => {
  const seen = new Set<string>();
  const replicas: Admitted<Pod>[] = [];
  const first = pods.filter((pod) => {
    const owner = controllerRefOf(pod)?.uid;
    if (owner === undefined || !seen.has(owner)) {
      if (owner !== undefined) seen.add(owner);
      return true;
    }
    replicas.push(pod);
    return false;
  });
  return [...first, ...replicas];
};

const othersText = (count: number): string => (count === 0 ? '' : ` (and ${count} other ${count === 1 ? 'pod' : 'pods'})`);

const violators = (namespace: string, policy: LevelVersion, store: Store): readonly string[] => {
  const all = store.list('Pod', namespace);
  const pods = prioritized(all).slice(0, mostPods);
  const byReasons = new Map<string, string[]>();
  for (const pod of pods) {
    const violations = pod.spec === undefined ? [] : violationsOf(policy, pod.metadata, pod.spec);
    if (violations.length === 0) continue;
    const reasons = violations.map(({ reason }) => reason).join(', ');
    const names = byReasons.get(reasons) ?? [];
    names.push(pod.metadata.name);
    byReasons.set(reasons, names);
  }
  const lines = Array.from(byReasons, ([reasons, names]) => `${names.sort()[0]}${othersText(names.length - 1)}: ${reasons}`);
  return [
    ...(pods.length < all.length
      ? [`new PodSecurity enforce level only checked against the first ${pods.length} of ${all.length} existing pods`]
      : []),
    ...(lines.length > 0
      ? [`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${textOf(policy)}"`]
      : []),
    ...lines.sort(),
  ];
};

/** Pods that stay although a change of their namespace's labels forbids them. */
export const warningsOfChange = (
  namespace: Admitted<Namespace>,
  previous: Admitted<Namespace>,
  store: Store,
): readonly string[] => {
  const { enforce } = policyOf(namespace.metadata.labels);
  const before = policyOf(previous.metadata.labels).enforce;
  const isRelaxed = enforce.version === before.version && strictness(enforce.level) <= strictness(before.level);
  return isRelaxed || enforce.level === 'privileged' ? [] : violators(namespace.metadata.name, enforce, store);
};
