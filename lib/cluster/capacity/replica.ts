import type { CronJob, Job, Pod, PodTemplateSpec, ReplicaSet, StatefulSet } from '../../api/generated/types.js';
import { type Admitted, groupOf, type KubeObject, type ObjectRef, refOf } from '../../api/object.js';
import type { Stored } from '../../apiserver/kinds.js';
import { podOf } from '../../controllers/pods.js';
import { ordinalOf, replicaOf } from '../../controllers/statefulset/replica.js';
import type { Cluster } from '../cluster.js';
import { unbound } from './inventory.js';
import type { Trial } from './trial.js';

/** Makes the `index`th further replica of a workload as its controller would, with its claims; a text says why the server refuses it. */
export type MakeReplica = (index: number, trial: Trial) => Admitted<Pod> | string;

const revision = 'deployment.kubernetes.io/revision';

/** The object that makes the Pods, and their template: of a Deployment its newest ReplicaSet, of a CronJob its last Job. */
const makerOf = (cluster: Cluster, object: Stored): readonly [owner: Stored, template: PodTemplateSpec | undefined] => {
  const made = (kind: string): readonly Stored[] => cluster.dependents(refOf(object)).filter((one) => one.kind === kind);
  if (object.kind === 'Deployment') {
    const age = ({ metadata }: Stored): number => Number(metadata.annotations?.[revision] ?? 0);
    const newest = made('ReplicaSet').toSorted((a, b) => age(b) - age(a))[0];
    if (newest !== undefined) return [newest, (newest as Admitted as Admitted<ReplicaSet>).spec?.template];
  }
  if (object.kind === 'CronJob') {
    const last = made('Job').at(-1);
    if (last !== undefined) return [last, (last as Admitted as Admitted<Job>).spec?.template];
    return [object, (object as Admitted as Admitted<CronJob>).spec?.jobTemplate.spec?.template];
  }
  return [object, (object.spec as { readonly template?: PodTemplateSpec } | undefined)?.template];
};

const admit = (cluster: Cluster, pod: KubeObject): Admitted<Pod> | string => {
  const verdict = cluster.tryCreate(pod);
  return verdict.ok ? (verdict.value as Admitted as Admitted<Pod>) : verdict.message;
};

/** Replicas that differ in nothing but their names: what the server makes of them is asked once. */
const alike = (first: Admitted<Pod> | string): MakeReplica => {
  if (typeof first === 'string') return () => first;
  const { name, uid } = first.metadata;
  return (index) => ({
    ...first,
    metadata: { ...first.metadata, name: `${name}-${index + 1}`, uid: `${uid}-${index + 1}` },
  });
};

/** Replicas of a StatefulSet have their names, labels and claims to themselves. */
const numbered = (cluster: Cluster, set: Admitted<StatefulSet>, template: PodTemplateSpec): MakeReplica => {
  const taken = cluster.podsOf(refOf(set)).map((pod) => ordinalOf(pod, set) ?? -1);
  const from = Math.max(set.spec?.ordinals?.start ?? 0, ...taken.map((ordinal) => ordinal + 1));
  const make = (ordinal: number): KubeObject => replicaOf(set, template, set.status?.updateRevision ?? '', ordinal);
  if (hasOwnClaims(set)) return (index, trial) => trial.volumes.claim(set, from + index) ?? admit(cluster, make(from + index));
  const first = admit(cluster, make(from));
  if (typeof first === 'string') return () => first;
  return (index) => {
    const { metadata } = make(from + index);
    return { ...first, metadata: { ...metadata, name: metadata.name ?? '', uid: `${set.metadata.uid}-${from + index}` } };
  };
};

/** Whether each replica has claims of its own. */
export const hasOwnClaims = (object: Admitted): boolean =>
  object.kind === 'StatefulSet' && ((object as Admitted<StatefulSet>).spec?.volumeClaimTemplates ?? []).length > 0;

/** What makes further replicas of a workload. */
export const replicasOf = (cluster: Cluster, object: Stored): MakeReplica => {
  const name = `${object.metadata.name}-more`;
  if (object.kind === 'Pod') {
    const pod = unbound(object as Admitted as Admitted<Pod>);
    return alike({ ...pod, metadata: { ...pod.metadata, name } });
  }
  const [owner, template] = makerOf(cluster, object);
  if (template === undefined) {
    // What a custom controller makes is known by what it has made.
    const made = cluster.podsOf(refOf(object)).at(-1);
    return made === undefined ? () => 'it makes no Pods' : alike(unbound({ ...made, metadata: { ...made.metadata, name } }));
  }
  if (object.kind === 'StatefulSet' && groupOf(object.apiVersion) === 'apps')
    return numbered(cluster, object as Admitted as Admitted<StatefulSet>, template);
  return alike(admit(cluster, podOf(template, owner, { name })));
};

/** The replicas that a workload has: Pods that have not ended and are not being deleted. */
export const replicasNow = (cluster: Cluster, workload: ObjectRef): readonly Admitted<Pod>[] =>
  cluster
    .podsOf(workload)
    .filter(
      ({ metadata, status }) =>
        metadata.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
    );
