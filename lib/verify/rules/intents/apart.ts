import type { Pod } from '../../../api/generated/types.js';
import { type Admitted, refKey, refOf, refText } from '../../../api/object.js';
import { termMatches } from '../../../scheduler/pod-affinity-term.js';
import { PodInfo } from '../../../scheduler/pod-info.js';
import { withField } from '../../edit.js';
import type { IntentOf } from '../../intent.js';
import { ownLabels } from '../../policy-peers.js';
import type { Candidate, Draft, DryRun } from '../../rule.js';
import { podTemplateOf } from '../../template.js';
import { broken, nobody, unproven } from './draft.js';
import { mayMeet } from './possible-nodes.js';

const hostname = 'kubernetes.io/hostname';

type Pods = readonly Admitted<Pod>[];

/** Required anti-affinity of a Pod that means another one, over labels that every node has. */
const repels = ({ cluster }: DryRun, from: Admitted<Pod>, to: Admitted<Pod>): boolean => {
  const { labels, namespace } = new PodInfo(to);
  const namespaceLabels = cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace })?.metadata.labels ?? {};
  return new PodInfo(from).affinity.requiredAntiAffinity.some(
    (term) =>
      termMatches(term, { namespace, labels }, namespaceLabels) &&
      cluster.list('Node').every(({ metadata }) => metadata.labels?.[term.topologyKey] !== undefined),
  );
};

const byNode = (pods: Pods): ReadonlyMap<string, Pods> => {
  const found = new Map<string, Admitted<Pod>[]>();
  for (const pod of pods) {
    const node = pod.spec?.nodeName;
    if (node === undefined) continue;
    const there = found.get(node);
    if (there === undefined) found.set(node, [pod]);
    else there.push(pod);
  }
  return found;
};

interface Meeting {
  readonly node: string;
  readonly pod: Admitted<Pod>;
  readonly other: Admitted<Pod>;
}

const meetings = (pods: Pods, others: Pods): readonly Meeting[] => {
  const there = byNode(others);
  return [...byNode(pods)].flatMap(([node, here]) =>
    here.flatMap((pod, index) => {
      const other = (there.get(node) ?? []).find((each) => !here.slice(0, index + 1).includes(each));
      return other === undefined ? [] : [{ node, pod, other }];
    }),
  );
};

const keepApart = (run: DryRun, { workload, other }: IntentOf<'neverSharesNodeWith'>, others: Pods): readonly Candidate[] => {
  const object = run.manifestOf(workload)?.object;
  const path = object === undefined ? undefined : podTemplateOf(object)?.path;
  const labels = others[0] === undefined ? {} : ownLabels(others[0]);
  if (path === undefined || Object.keys(labels).length === 0) return [];
  const term = {
    labelSelector: { matchLabels: labels },
    ...(other.namespace === workload.namespace || other.namespace === undefined ? {} : { namespaces: [other.namespace] }),
    topologyKey: hostname,
  };
  const field = `${path}.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution`;
  return [
    {
      text: `add required anti-affinity over ${hostname} with ${refText(other)} to ${refText(workload)}`,
      change: { edit: workload, to: withField(field, (old: unknown) => [...(Array.isArray(old) ? old : []), term]) },
    },
  ];
};

/** `neverSharesNodeWith`: proven by required anti-affinity of either side, or by nodes that only one of them may use. */
export const apart = (run: DryRun, intent: IntentOf<'neverSharesNodeWith'>): readonly Draft[] => {
  const { workload, other } = intent;
  const itself = refKey(workload) === refKey(other);
  const [pods, others] = [run.cluster.podsOf(workload), run.cluster.podsOf(other)];
  const [one, another] = [pods[0], others[itself ? 1 : 0]];
  if (one === undefined) return nobody(run, intent, workload);
  if (others[0] === undefined) return nobody(run, intent, other);
  const names = itself ? 'each other' : refText(other);
  const shared = meetings(pods, others);
  const [first] = shared;
  if (first !== undefined) {
    const more = shared.length > 1 ? `; ${shared.length} of its Pods share a node so` : '';
    return [
      broken(run, intent, workload, {
        code: 'intent/shares-node',
        message: `Pods of ${refText(workload)} must never share a node with ${names}, but ${first.pod.metadata.name} and ${first.other.metadata.name} are both on ${first.node}${more}`,
        evidence: shared.slice(0, 5).map(({ node, pod, other: there }) => ({
          kind: 'object',
          object: refOf(pod),
          text: `shares node ${node} with ${refText(refOf(there))}`,
        })),
        fixes: () => keepApart(run, intent, others),
      }),
    ];
  }
  if (another === undefined) return [];
  if (repels(run, one, another) || repels(run, another, one)) return [];
  if (workload.kind === 'DaemonSet' && itself) return [];
  if (!itself && !mayMeet(run, { ref: workload, pods }, { ref: other, pods: others })) return [];
  const why = `no required anti-affinity keeps them apart: add it over ${hostname}`;
  return [unproven(intent, workload, `${refText(workload)} shares no node with ${names} here, but ${why}`)];
};
