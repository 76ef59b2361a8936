import type { Pod } from '../../api/generated/types.js';
import { type Admitted, refOf } from '../../api/object.js';
import { runPreFilter } from '../cycle.js';
import { selectVictims, type Victims } from '../plugins/default-preemption.js';
import { PodInfo } from '../pod-info.js';
import { defaultProfile } from '../profile.js';
import type { Edit, Remedy } from './explanation.js';
import { controllerOf, once } from './question.js';
import type { Attempt, Sandbox } from './sandbox.js';
import { type Template, unplaced } from './trial.js';

/** For more Pods than this, evicting others is no small change. */
const mostPods = 5;
const mostNodes = 200;
/** Pods of this priority or more keep the cluster itself alive. */
const criticalPriority = 2_000_000_000;

/** The node where the fewest Pods would have to go, whatever their priorities. */
const cheapestEviction = (
  sandbox: Sandbox,
  pod: Admitted<Pod>,
  maySpare: (other: Admitted<Pod>) => boolean,
): readonly Admitted<Pod>[] | undefined => {
  const { cache } = sandbox;
  const info = new PodInfo(pod, undefined, undefined, Number.POSITIVE_INFINITY);
  const profile = sandbox.profiles.of(pod) ?? defaultProfile;
  const { cycle, nodeNames } = runPreFilter(profile.plugins, info, cache);
  if (cycle.refusal !== undefined) return undefined;
  let best: { readonly victims: Victims; readonly pods: readonly Admitted<Pod>[] } | undefined;
  let looked = 0;
  for (const node of cache.nodes) {
    if (nodeNames?.has(node.name) === false || cycle.filter(node)?.code !== 'Unschedulable') continue;
    if (++looked > mostNodes) break;
    const victims = selectVictims(cycle, node);
    if ('code' in victims) continue;
    const pods = victims.pods.map((victim) => victim.pod);
    if (!pods.every(maySpare)) continue;
    if (best === undefined || pods.length < best.pods.length) best = { victims, pods };
  }
  return best?.pods;
};

/** Make room by taking Pods of others away. `nameOf` names a victim to the reader. */
export const evictions = (
  sandbox: Sandbox,
  { waiting }: Template,
  nameOf: (victim: Admitted<Pod>) => string,
): readonly Remedy[] => {
  const [first] = waiting;
  if (first === undefined || waiting.length > mostPods) return [];
  const own = controllerOf(first)?.uid;
  const maySpare = (other: Admitted<Pod>): boolean => {
    const owner = controllerOf(other);
    const isSibling = own !== undefined && owner?.uid === own;
    return !isSibling && owner?.kind !== 'DaemonSet' && (other.spec?.priority ?? 0) < criticalPriority;
  };
  const place = (attempt: Attempt, pod: Admitted<Pod>): readonly Admitted<Pod>[] | undefined => {
    const decision = sandbox.decide(pod);
    if (decision.outcome === 'scheduled') {
      sandbox.bind(attempt, pod, decision);
      return [];
    }
    const victims = cheapestEviction(sandbox, pod, maySpare);
    for (const victim of victims ?? []) attempt.remove(refOf(victim));
    const after = victims === undefined ? decision : sandbox.decide(pod);
    if (after.outcome !== 'scheduled') return undefined;
    sandbox.bind(attempt, pod, after);
    return victims;
  };
  const victims = sandbox.attempt((attempt) => {
    const all: Admitted<Pod>[] = [];
    for (const pod of waiting.map(unplaced)) {
      const some = place(attempt, pod);
      if (some === undefined) return [];
      all.push(...some);
    }
    return all;
  });
  if (victims.length === 0) return [];
  const nodes = [...new Set(victims.flatMap(({ spec }) => spec?.nodeName ?? []))];
  const edit: Edit = {
    kind: 'evict',
    text: `make room on ${nodes.length === 1 ? 'node' : 'nodes'} ${nodes.join(', ')}: without ${victims.map(nameOf).join(', ')}`,
    nodes,
    pods: victims.map(refOf),
  };
  return [once(8 + victims.length, edit)];
};
