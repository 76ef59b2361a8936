import type { Pod } from '../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey, refOf, refText } from '../api/object.js';
import type { ClusterEvent } from '../apiserver/event.js';
import type { Stored } from '../apiserver/kinds.js';

/** The seven steps from a request to a running Pod. */
type StepName = 'accepted' | 'told' | 'created' | 'scheduled' | 'assigned' | 'started' | 'reported';

const order: readonly StepName[] = ['accepted', 'told', 'created', 'scheduled', 'assigned', 'started', 'reported'];

/** One step of the way: which component did what with which object. */
export interface Step {
  readonly step: StepName;
  /** `kube-apiserver`, `deployment-controller`, `default-scheduler`, `kubelet`, ... */
  readonly component: string;
  readonly object: ObjectRef;
  readonly text: string;
  /** Simulated time, milliseconds since 1970. */
  readonly time: number;
}

const stepsOfEvents: Readonly<Record<string, StepName>> = {
  ScalingReplicaSet: 'told',
  SuccessfulCreate: 'created',
  Scheduled: 'scheduled',
  Started: 'started',
};

const stepOf = (event: ClusterEvent): Step | undefined => {
  const step = Object.hasOwn(stepsOfEvents, event.reason) ? stepsOfEvents[event.reason] : undefined;
  return step && { step, component: event.component, object: event.object, text: event.message, time: event.time };
};

/** What the node's kubelet was told and what it reported back, of one Pod. */
const nodeSteps = (pod: Admitted<Pod>): readonly Step[] => {
  const time = (type: string): number | undefined => {
    const condition = pod.status?.conditions?.find((candidate) => candidate.type === type && candidate.status === 'True');
    return condition && Date.parse(condition.lastTransitionTime ?? '');
  };
  const [assigned, ready] = [time('PodScheduled'), time('Ready')];
  const object = refOf(pod);
  const node = pod.spec?.nodeName ?? '';
  return [
    ...(assigned === undefined
      ? []
      : [{ step: 'assigned', component: 'kubelet', object, text: `kubelet of ${node} takes the Pod`, time: assigned } as const]),
    ...(ready === undefined
      ? []
      : [
          {
            step: 'reported',
            component: 'kubelet',
            object,
            text: `Pod is ready at ${pod.status?.podIP ?? ''}`,
            time: ready,
          } as const,
        ]),
  ];
};

/** The way of a workload's Pods, from the events and the Pods' own conditions, step by step. */
export const traceOf = (
  object: Stored,
  acceptedAt: number,
  pods: readonly Admitted<Pod>[],
  events: readonly ClusterEvent[],
): readonly Step[] => {
  const own = refOf(object);
  const family = new Set([refKey(own), ...pods.map((pod) => refKey(refOf(pod)))]);
  for (const pod of pods) {
    for (const owner of pod.metadata.ownerReferences ?? []) family.add(refKey({ ...owner, namespace: pod.metadata.namespace }));
  }
  const accepted: Step = {
    step: 'accepted',
    component: 'kube-apiserver',
    object: own,
    text: `${refText(own)} accepted`,
    time: acceptedAt,
  };
  const told = events.flatMap((event) => (family.has(refKey(event.object)) ? (stepOf(event) ?? []) : []));
  const steps = [accepted, ...told, ...pods.flatMap(nodeSteps)];
  return steps
    .map((step, index) => ({ step, index }))
    .sort((a, b) => a.step.time - b.step.time || order.indexOf(a.step.step) - order.indexOf(b.step.step) || a.index - b.index)
    .map(({ step }) => step);
};
