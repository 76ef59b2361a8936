import { applyDefaults } from '../../lib/api/default/index.js';
import type { Node, NodeSpec, NodeStatus, Pod, PodSpec, PodStatus } from '../../lib/api/generated/types.js';
import type { Admitted } from '../../lib/api/object.js';
import type { Decision } from '../../lib/scheduler/decision.js';
import { createScheduler, type Scheduler } from '../../lib/scheduler/index.js';

type Labels = Readonly<Record<string, string>>;

/** Any object, defaulted, in namespace `default` unless it says otherwise. */
export const object = (
  apiVersion: string,
  kind: string,
  name: string,
  fields: object = {},
  metadata: object = { namespace: 'default' },
): Admitted =>
  applyDefaults({ apiVersion, kind, metadata: { name, uid: `${kind}/${name}`, ...metadata }, ...fields } as never) as Admitted;

export const node = (name: string, labels: Labels = {}, fields: { spec?: NodeSpec; status?: NodeStatus } = {}): Admitted<Node> =>
  object(
    'v1',
    'Node',
    name,
    {
      spec: fields.spec ?? {},
      status: { allocatable: { cpu: '4', memory: '16Gi', pods: '110' }, ...fields.status },
    },
    { labels: { 'kubernetes.io/hostname': name, ...labels } },
  ) as Admitted<Node>;

export interface PodFields {
  readonly labels?: Labels;
  readonly namespace?: string;
  readonly metadata?: object;
  readonly requests?: Readonly<Record<string, string | number>>;
  readonly spec?: Partial<PodSpec>;
  readonly status?: PodStatus;
}

export const pod = (name: string, fields: PodFields = {}): Admitted<Pod> => {
  const { labels = {}, namespace = 'default', metadata = {}, requests = {}, spec = {}, status } = fields;
  return object(
    'v1',
    'Pod',
    name,
    {
      spec: { priority: 0, containers: [{ name: 'main', image: 'nginx', resources: { requests } }], ...spec },
      ...(status && { status }),
    },
    { namespace, labels, ...metadata },
  ) as Admitted<Pod>;
};

/** The Pod as it stands once it is bound. */
export const bound = (one: Admitted<Pod>, nodeName: string): Admitted<Pod> => ({
  ...one,
  spec: { ...one.spec, containers: one.spec?.containers ?? [], nodeName },
});

export const withStatus = (one: Admitted<Pod>, status: PodStatus): Admitted<Pod> => ({ ...one, status });

export const schedulerWith = (...objects: readonly Admitted[]): Scheduler => {
  const scheduler = createScheduler();
  for (const one of objects) scheduler.upsert(one);
  return scheduler;
};

/** Schedules Pods one after the other, binding each; returns their nodes (undefined for those that fit nowhere). */
export const placeAll = (scheduler: Scheduler, pods: readonly Admitted<Pod>[]): readonly (string | undefined)[] =>
  pods.map((one) => {
    const { outcome, node: chosen } = scheduler.schedule(one);
    if (outcome === 'scheduled' && chosen !== undefined) scheduler.upsert(bound(one, chosen));
    return outcome === 'scheduled' ? chosen : undefined;
  });

/** Who refused the node and why, as one text; `ok` when nobody did. */
export const verdictOf = ({ filter }: Decision, name: string): string | undefined => {
  const result = filter?.get(name);
  return result === undefined || result === 'ok' ? result : `${result.plugin}: ${result.reasons.join(', ')}`;
};
