import type { LabelSelector, Pod } from '../../api/generated/types.js';
import type { Admitted, ObjectRef } from '../../api/object.js';
import { parseAddress } from '../address.js';
import { entry } from '../entry.js';
import { declaredPorts, type End, namespaceLabels, podEnd } from '../policy/end.js';
import type { Policies } from '../policy/policies.js';
import type { CompiledRule } from '../policy/rule.js';
import type { NetworkView } from '../view.js';
import { createCells } from './cells.js';

/** The object that Pods are replicas of; a Pod without a controller is its own. */
interface Workload {
  readonly ref: ObjectRef;
  readonly pods: number;
}

/** Pods that no policy and no Service tells apart: same namespace, same labels as far as anybody asks, same ports by name. */
export interface PodClass {
  readonly id: number;
  readonly namespace: string;
  readonly workloads: readonly Workload[];
  readonly pods: number;
  /** One of them. */
  readonly sample: Admitted<Pod>;
  /** Any of them, as policies see it. */
  readonly end: End;
  /** They use the network of their node: policies that select them are assumed not to bind them, and others see the node. */
  readonly hostNetwork: boolean;
}

const templateHash = 'pod-template-hash';

/** The controller of a Pod; a Deployment stands behind a ReplicaSet whose name ends in the hash of its template. */
export const workloadOf = ({ apiVersion, kind, metadata }: Admitted<Pod>): ObjectRef => {
  const { namespace, name, labels } = metadata;
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true) ?? metadata.ownerReferences?.[0];
  if (owner === undefined || owner.kind === 'Node') return { apiVersion, kind, namespace, name };
  const suffix = `-${labels?.[templateHash] ?? ''}`;
  if (owner.kind === 'ReplicaSet' && suffix.length > 1 && owner.name.endsWith(suffix)) {
    return { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: owner.name.slice(0, -suffix.length) };
  }
  return { apiVersion: owner.apiVersion, kind: owner.kind, namespace, name: owner.name };
};

const keysOf = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): readonly string[] => [
  ...Object.keys(matchLabels),
  ...matchExpressions.map(({ key }) => key),
];

const rulesOf = ({ network, admin }: Policies): readonly CompiledRule[] =>
  [...network, ...admin].flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress]);

/** The keys of Pod labels that any selector asks for. */
const askedKeys = (view: NetworkView, policies: Policies): readonly string[] => {
  const selectors = rulesOf(policies).flatMap(({ peers = [] }) => peers.flatMap(({ described }) => described?.pods ?? []));
  return [
    ...new Set([
      ...selectors.flatMap(keysOf),
      ...policies.network.flatMap(({ policy }) => keysOf(policy.spec?.podSelector ?? {})),
      ...policies.admin.flatMap(({ policy }) => keysOf(policy.spec?.subject?.pods?.podSelector ?? {})),
      ...view.services.flatMap(({ spec }) => Object.keys(spec?.selector ?? {})),
    ]),
  ].sort();
};

interface Growing {
  readonly sample: Admitted<Pod>;
  pods: number;
  readonly workloads: Map<string, { ref: ObjectRef; pods: number }>;
}

/** The Pods of a view by classes. */
export interface PodClasses {
  /** In the order of their first Pods. */
  readonly all: readonly PodClass[];
  of(pod: Admitted<Pod>): PodClass | undefined;
  /** The keys of Pod labels that any selector asks for. */
  readonly labelKeys: readonly string[];
}

/** What it costs besides a look at each Pod grows with the classes. */
export const classesOf = (view: NetworkView, policies: Policies): PodClasses => {
  const keys = askedKeys(view, policies);
  const names = new Set(rulesOf(policies).flatMap(({ ports = [] }) => ports.flatMap(({ name }) => name ?? [])));
  const cells = createCells(rulesOf(policies));
  const portKeys = new WeakMap<object, string>();
  const portKey = (spec: Pod['spec']): string =>
    spec === undefined
      ? ''
      : entry(portKeys, spec, () =>
          declaredPorts(spec)
            .map(({ name, port, protocol }) => `${name !== undefined && names.has(name) ? name : ''}:${protocol}:${port}`)
            .join(),
        );
  const keyOf = (pod: Admitted<Pod>): string => {
    const { namespace = 'default', labels = {} } = pod.metadata;
    const values = keys.map((key) => (Object.hasOwn(labels, key) ? `=${labels[key]}` : ''));
    const host = pod.spec?.hostNetwork === true ? 'host' : '';
    return [namespace, host, cells.of(pod.status?.podIP), portKey(pod.spec), ...values].join('\n');
  };
  const growing = new Map<string, Growing>();
  for (const pod of view.pods) {
    const found = entry(growing, keyOf(pod), (): Growing => ({ sample: pod, pods: 0, workloads: new Map() }));
    found.pods++;
    const ref = workloadOf(pod);
    entry(found.workloads, `${ref.kind} ${ref.name}`, () => ({ ref, pods: 0 })).pods++;
  }
  const labelsOf = namespaceLabels(view.namespaces);
  const made = new Map<string, PodClass>();
  for (const [key, { sample, pods, workloads }] of growing) {
    const hostNetwork = sample.spec?.hostNetwork === true;
    const address = parseAddress(sample.status?.podIP ?? '');
    made.set(key, {
      id: made.size,
      namespace: sample.metadata.namespace ?? 'default',
      workloads: [...workloads.values()],
      pods,
      sample,
      end: hostNetwork ? { address } : { address, pod: podEnd(sample, labelsOf) },
      hostNetwork,
    });
  }
  return { all: [...made.values()], of: (pod) => made.get(keyOf(pod)), labelKeys: keys };
};
