import type { Pod, TopologySpreadConstraint } from '../../../api/generated/types.js';
import { matcherOf } from '../../../api/label-selector.js';
import { type Admitted, refOf, refText } from '../../../api/object.js';
import { termMatches } from '../../../scheduler/pod-affinity-term.js';
import { PodInfo } from '../../../scheduler/pod-info.js';
import { fieldOf, withField } from '../../edit.js';
import type { Evidence } from '../../finding.js';
import type { IntentOf } from '../../intent.js';
import { ownLabels } from '../../policy-peers.js';
import type { Candidate, Draft, DryRun } from '../../rule.js';
import { podTemplateOf } from '../../template.js';
import { broken, nobody, unproven } from './draft.js';

type SpreadsOver = IntentOf<'spreadsOver'>;

const isHard = ({ whenUnsatisfiable }: TopologySpreadConstraint): boolean => whenUnsatisfiable === 'DoNotSchedule';

/** Whether constraints make so many Pods run in so many domains, wherever the scheduler would rather have them. */
const isForced = ({ topologyKey, atLeast, workload }: SpreadsOver, pod: Admitted<Pod>, replicas: number): boolean => {
  if (workload.kind === 'DaemonSet') return true;
  const { spec, metadata } = pod;
  // While a domain is empty no other one may hold more than maxSkew Pods.
  const spread = (spec?.topologySpreadConstraints ?? []).some(
    (constraint) =>
      constraint.topologyKey === topologyKey &&
      isHard(constraint) &&
      constraint.labelSelector !== undefined &&
      matcherOf(constraint.labelSelector)(metadata.labels) &&
      Math.ceil(replicas / constraint.maxSkew) >= atLeast,
  );
  const { affinity, namespace, labels } = new PodInfo(pod);
  const onePer = affinity.requiredAntiAffinity.some(
    (term) => term.topologyKey === topologyKey && termMatches(term, { namespace, labels }, {}),
  );
  return spread || onePer;
};

/** A constraint more, or the one that is there made a condition; or as many replicas as domains are wanted. */
const spreadMore = (run: DryRun, { workload, topologyKey, atLeast }: SpreadsOver, pod: Admitted<Pod>): readonly Candidate[] => {
  const object = run.manifestOf(workload)?.object;
  const path = object === undefined ? undefined : podTemplateOf(object)?.path;
  if (object === undefined || path === undefined) return [];
  const replicas = fieldOf(object, 'spec.replicas') ?? 1;
  const hasReplicas = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'].includes(workload.kind);
  if (hasReplicas && Number(replicas) < atLeast) {
    return [{ text: `set spec.replicas to ${atLeast}`, change: { edit: workload, to: withField('spec.replicas', atLeast) } }];
  }
  const field = `${path}.topologySpreadConstraints`;
  const written = fieldOf(object, field);
  const constraints: readonly TopologySpreadConstraint[] = Array.isArray(written) ? written : [];
  const soft = constraints.findIndex((constraint) => constraint.topologyKey === topologyKey && !isHard(constraint));
  const labels = ownLabels(pod);
  const constraint = {
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: labels },
  };
  return [
    ...(soft < 0
      ? []
      : [
          {
            text: `set ${field}[${soft}].whenUnsatisfiable to DoNotSchedule`,
            change: { edit: workload, to: withField(`${field}[${soft}].whenUnsatisfiable`, 'DoNotSchedule') },
          },
        ]),
    ...(Object.keys(labels).length === 0
      ? []
      : [
          {
            text: `add a topology spread constraint over ${topologyKey} with maxSkew 1 and whenUnsatisfiable DoNotSchedule`,
            change: { edit: workload, to: withField(field, [...constraints, constraint]) },
          },
        ]),
  ];
};

/** `spreadsOver`: proven where a constraint of the Pods leaves the scheduler no choice. */
export const spreads = (run: DryRun, intent: SpreadsOver): readonly Draft[] => {
  const { workload, topologyKey, atLeast } = intent;
  const pods = run.cluster.podsOf(workload);
  const [sample] = pods;
  if (sample === undefined) return nobody(run, intent, workload);
  const nodes = run.cluster.list('Node');
  const domainOf = new Map(nodes.map(({ metadata }) => [metadata.name, metadata.labels?.[topologyKey]]));
  const domains = new Map<string, Admitted<Pod>[]>();
  const nowhere: Admitted<Pod>[] = [];
  let waiting = 0;
  for (const pod of pods) {
    const { nodeName } = pod.spec ?? {};
    const domain = nodeName === undefined ? undefined : domainOf.get(nodeName);
    if (nodeName === undefined) waiting++;
    if (domain === undefined) {
      if (nodeName !== undefined) nowhere.push(pod);
      continue;
    }
    const there = domains.get(domain);
    if (there === undefined) domains.set(domain, [pod]);
    else there.push(pod);
  }
  if (domains.size >= atLeast) {
    if (isForced(intent, sample, pods.length)) return [];
    const why = `nothing requires it: a topology spread constraint with whenUnsatisfiable DoNotSchedule does`;
    const message = `${refText(workload)} runs in ${domains.size} domains of ${topologyKey} here, but ${why}`;
    return [unproven(intent, workload, message)];
  }
  // Pods that find no node are told of already, and may be all that is missing.
  if (run.blamed(workload) && domains.size + waiting >= atLeast) return [];
  const all = new Set([...domainOf.values()].filter((domain) => domain !== undefined));
  const inDomains = [...domains].map(
    ([domain, [first, ...more]]): Evidence => ({
      kind: 'object',
      object: refOf(first ?? sample),
      text: `${more.length === 0 ? 'is' : `and ${more.length} more are`} in ${domain}`,
    }),
  );
  const elsewhere = nowhere.slice(0, 3).map(
    (pod): Evidence => ({
      kind: 'object',
      object: refOf(pod),
      text: `is on ${pod.spec?.nodeName}, which has no label ${topologyKey}`,
    }),
  );
  return [
    broken(run, intent, workload, {
      code: 'intent/spreads-over',
      message: `${refText(workload)} is meant to run in at least ${atLeast} domains of ${topologyKey}, but its ${pods.length} ${pods.length === 1 ? 'Pod runs' : 'Pods run'} in ${domains.size} of the ${all.size} that the nodes have`,
      evidence: [...inDomains, ...elsewhere],
      fixes: () =>
        all.size < atLeast
          ? [{ text: `declare nodes in ${atLeast} domains of ${topologyKey}` }]
          : spreadMore(run, intent, sample),
    }),
  ];
};
