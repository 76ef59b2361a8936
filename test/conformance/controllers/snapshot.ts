import type { Pod } from '../../../lib/api/generated/types.js';
import type { Admitted } from '../../../lib/api/object.js';
import { targetNode } from '../../../lib/controllers/daemonset/node-fit.js';
import type { Names } from './names.js';
import type { Replay } from './replay.js';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

const conditionsOf = (conditions: readonly Condition[] | undefined, names: Names, withMessage = true) =>
  (conditions ?? [])
    .map(({ type, status, reason, message }) => ({
      type,
      status,
      ...(reason && { reason }),
      ...(withMessage && message && { message: names.text(message) }),
    }))
    .sort((a, b) => (a.type < b.type ? -1 : 1));

const nonZero = (fields: Readonly<Record<string, number | undefined>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value));

const containersOf = (pod: Pod): readonly object[] =>
  (pod.status?.containerStatuses ?? []).flatMap(({ name, state }): readonly object[] => {
    if (state?.waiting !== undefined) return [{ container: name, waiting: state.waiting.reason }];
    return state?.terminated === undefined
      ? []
      : [{ container: name, terminated: state.terminated.reason, exitCode: state.terminated.exitCode }];
  });

const podOf = (pod: Admitted<Pod>, before: ReadonlySet<string> | undefined, replay: Replay, names: Names) => {
  const owners = replay.ownersOf(pod);
  const [owner] = owners;
  const condition = (type: string) => pod.status?.conditions?.find((one) => one.type === type);
  const ready = condition('Ready');
  const scheduled = condition('PodScheduled');
  const target = condition('DisruptionTarget');
  const phase = pod.status?.phase;
  const containers = containersOf(pod);
  const hash = pod.metadata.labels?.['controller-revision-hash'];
  const revised = owner?.kind === 'StatefulSet' || owner?.kind === 'DaemonSet';
  return {
    name: owner?.kind === 'DaemonSet' ? `${owner.metadata.name}@${targetNode(pod.spec) ?? ''}` : names.pod(pod),
    owner: owners.map((one) => names.owner(one)),
    ...(revised && { revision: names.revision(owner.kind, owner.metadata.name, hash) }),
    phase,
    ready: ready?.status === 'True',
    node: pod.spec?.nodeName ?? null,
    ...(pod.metadata.deletionTimestamp && { terminating: true }),
    ...(before?.has(pod.metadata.uid) && { kept: true }),
    ...(scheduled?.status === 'False' && {
      unscheduled: { reason: scheduled.reason, message: names.text(scheduled.message ?? '') },
    }),
    ...(ready?.status === 'False' && phase !== 'Running' && { readyReason: ready.reason }),
    ...(target !== undefined && { disruptionTarget: { reason: target.reason, message: names.text(target.message ?? '') } }),
    ...(containers.length > 0 && { containers }),
    ...(pod.spec?.tolerations && { tolerations: pod.spec.tolerations }),
    ...(pod.metadata.finalizers?.length && { finalizers: pod.metadata.finalizers }),
  };
};

/** The parts of a snapshot that this reads from the store; what else a recording has counts as not reproduced. */
export const snapshotOf = (replay: Replay, names: Names, before: ReadonlySet<string> | undefined) => {
  const { store } = replay.plane.api;
  const ns = 'default';
  const pods = store.list('Pod', ns);
  return {
    pods: pods.map((pod) => podOf(pod, before, replay, names)),
    deployments: store.list('Deployment', ns).map(({ metadata, spec, status = {} }) => ({
      name: metadata.name,
      revision: metadata.annotations?.['deployment.kubernetes.io/revision'],
      specReplicas: spec?.replicas,
      ...nonZero({
        replicas: status.replicas,
        updatedReplicas: status.updatedReplicas,
        readyReplicas: status.readyReplicas,
        availableReplicas: status.availableReplicas,
        unavailableReplicas: status.unavailableReplicas,
      }),
      terminatingReplicas: status.terminatingReplicas,
      conditions: conditionsOf(status.conditions, names),
    })),
    replicaSets: store.list('ReplicaSet', ns).map((set) => {
      const { metadata, spec, status } = set;
      const [owner] = replay.ownersOf(set);
      const history = metadata.annotations?.['deployment.kubernetes.io/revision-history'];
      return {
        name: names.set(set),
        ...(owner && { owner: names.owner(owner) }),
        revision: metadata.annotations?.['deployment.kubernetes.io/revision'],
        ...(history && { revisionHistory: history }),
        specReplicas: spec?.replicas,
        replicas: status?.replicas,
        ...nonZero({
          fullyLabeledReplicas: status?.fullyLabeledReplicas,
          readyReplicas: status?.readyReplicas,
          availableReplicas: status?.availableReplicas,
        }),
        terminatingReplicas: status?.terminatingReplicas,
        ...(status?.conditions?.length && { conditions: conditionsOf(status.conditions, names) }),
      };
    }),
    statefulSets: store.list('StatefulSet', ns).map(({ metadata, spec, status }) => ({
      name: metadata.name,
      specReplicas: spec?.replicas,
      replicas: status?.replicas,
      ...nonZero({
        readyReplicas: status?.readyReplicas,
        currentReplicas: status?.currentReplicas,
        updatedReplicas: status?.updatedReplicas,
      }),
      availableReplicas: status?.availableReplicas,
      currentRevision: names.revision('StatefulSet', metadata.name, status?.currentRevision),
      updateRevision: names.revision('StatefulSet', metadata.name, status?.updateRevision),
    })),
    daemonSets: store.list('DaemonSet', ns).map(({ metadata, status }) => ({
      name: metadata.name,
      desiredNumberScheduled: status?.desiredNumberScheduled,
      currentNumberScheduled: status?.currentNumberScheduled,
      numberReady: status?.numberReady,
      numberMisscheduled: status?.numberMisscheduled,
      ...nonZero({
        updatedNumberScheduled: status?.updatedNumberScheduled,
        numberAvailable: status?.numberAvailable,
        numberUnavailable: status?.numberUnavailable,
      }),
    })),
    jobs: store.list('Job', ns).map((job) => {
      const { metadata, status = {} } = job;
      const [owner] = replay.ownersOf(job);
      return {
        name: metadata.name,
        ...(owner && { owner: names.owner(owner) }),
        ...nonZero({ active: status.active, succeeded: status.succeeded, failed: status.failed }),
        ready: status.ready,
        terminating: status.terminating,
        ...(status.completedIndexes && { completedIndexes: status.completedIndexes }),
        ...(status.failedIndexes !== undefined && { failedIndexes: status.failedIndexes }),
        hasStartTime: status.startTime !== undefined,
        hasCompletionTime: status.completionTime !== undefined,
        conditions: conditionsOf(status.conditions, names),
      };
    }),
    pdbs: store.list('PodDisruptionBudget', ns).map(({ metadata, status }) => ({
      name: metadata.name,
      currentHealthy: status?.currentHealthy,
      desiredHealthy: status?.desiredHealthy,
      disruptionsAllowed: status?.disruptionsAllowed,
      expectedPods: status?.expectedPods,
      conditions: conditionsOf(status?.conditions, names, false),
    })),
    quotas: store.list('ResourceQuota', ns).map(({ metadata, status }) => ({
      name: metadata.name,
      hard: status?.hard,
      used: status?.used,
    })),
    pvcs: store.list('PersistentVolumeClaim', ns).map(({ metadata, status }) => ({
      name: metadata.name,
      phase: status?.phase,
      ...(metadata.ownerReferences?.length && { owners: metadata.ownerReferences.map(({ kind, name }) => `${kind}/${name}`) }),
    })),
    controllerRevisions: store.list('ControllerRevision', ns).map((one) => {
      const [owner] = replay.ownersOf(one);
      const hash = one.metadata.labels?.['controller-revision-hash'];
      return {
        owner: owner && names.owner(owner),
        revision: one.revision,
        hash: owner && names.revision(owner.kind, owner.metadata.name, hash),
      };
    }),
    replicationControllers: store.list('ReplicationController', ns).map(({ metadata, spec, status }) => ({
      name: metadata.name,
      specReplicas: spec?.replicas,
      replicas: status?.replicas,
      ...nonZero({ readyReplicas: status?.readyReplicas, availableReplicas: status?.availableReplicas }),
    })),
    nodes: store.list('Node').map(({ metadata, spec, status }) => {
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      return {
        name: metadata.name,
        ...(spec?.unschedulable && { unschedulable: true }),
        taints: (spec?.taints ?? [])
          .map(({ key, value, effect }) => ({ key, ...(value !== undefined && { value }), effect }))
          .sort((a, b) => (`${a.key} ${a.effect}` < `${b.key} ${b.effect}` ? -1 : 1)),
        ready: ready?.status,
        readyReason: ready?.reason,
      };
    }),
    endpointSlices: store
      .list('EndpointSlice', ns)
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] !== 'kubernetes')
      .map((slice) => ({
        service: slice.metadata.labels?.['kubernetes.io/service-name'],
        ports: slice.ports?.map(({ name, port, protocol }) => ({ name, port, protocol })) ?? [],
        endpoints: (slice.endpoints ?? []).map(({ targetRef, conditions, nodeName }) => {
          const pod = store.find('Pod', ns, targetRef?.name ?? '');
          return {
            target: pod && names.pod(pod),
            ready: conditions?.ready,
            serving: conditions?.serving,
            terminating: conditions?.terminating,
            node: nodeName,
          };
        }),
      })),
  };
};
