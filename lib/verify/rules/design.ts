import type { PodSpec, Volume } from '../../api/generated/types.js';
import { type ObjectRef, refText } from '../../api/object.js';
import type { Cluster } from '../../cluster/cluster.js';
import { amountOf } from '../../scheduler/amount.js';
import { requestsOf } from '../../scheduler/pod-requests.js';
import { allocatableOf } from '../../scheduler/resource.js';
import type { Draft, Rule } from '../rule.js';

/** S36: questions to ask before containers share a Pod. */
const manyContainers = (object: ObjectRef, spec: PodSpec, path: string): Draft => ({
  code: 'design/many-containers',
  severity: 'advice',
  object,
  field: `${path}.containers`,
  message: `${refText(object)} has ${spec.containers.length} main containers: do they share one life cycle, scale together, and does their sum still fit nodes well? If not, give them Pods of their own`,
});

/** Volumes whose data ends with the Pod or stays on one node. */
const isVolatile = (volume: Volume): boolean => volume.emptyDir !== undefined || volume.hostPath !== undefined;

/** Where well-known databases keep what must not be lost. */
const dataPaths =
  /^\/(?:var\/lib\/(?:postgresql|mysql|mariadb|mongodb|redis|elasticsearch|cassandra|rabbitmq|etcd|kafka|clickhouse|influxdb)|data\/db|bitnami\/(?:postgresql|mysql|mariadb|mongodb|redis))(?:\/|$)/;

/** S42: data that must outlive Pods does not belong in emptyDir or hostPath. */
const volatileData = (object: ObjectRef, spec: PodSpec, volumes: readonly Volume[], path: string): readonly Draft[] => {
  const volatile = new Map(volumes.filter(isVolatile).map((volume) => [volume.name, volume]));
  return spec.containers.flatMap((container, at) =>
    (container.volumeMounts ?? []).flatMap((mount, index): readonly Draft[] => {
      const volume = volatile.get(mount.name);
      if (volume === undefined || mount.readOnly === true || !dataPaths.test(mount.mountPath)) return [];
      const kind = volume.emptyDir === undefined ? 'hostPath (data stays on one node)' : 'emptyDir (data is gone with the Pod)';
      return [
        {
          code: 'design/volatile-data',
          severity: 'advice',
          object,
          field: `${path}.containers[${at}].volumeMounts[${index}]`,
          message: `container ${container.name} of ${refText(object)} keeps its data at ${mount.mountPath} on an ${kind}; use a PersistentVolumeClaim if it must outlive the Pod`,
        },
      ];
    }),
  );
};

/** More than half of the largest node; what fits on none is an error of its own. */
const isLarge = (asks: number, largest: number): boolean => asks > largest / 2 && asks <= largest;

/** A Pod that asks for more than half of the largest node leaves nodes that nothing else fits on. */
const largePod = (object: ObjectRef, path: string, resource: string, asks: number, largest: number): Draft => ({
  code: 'design/large-pod',
  severity: 'advice',
  object,
  field: `${path}.containers`,
  message: `a Pod of ${refText(object)} asks for ${Math.round((asks / largest) * 100)}% of the ${resource} of the largest node; smaller Pods fit nodes better`,
});

/** The most that one node offers of a resource, empty. */
const largestNode = (cluster: Cluster, resource: string): number =>
  Math.max(0, ...cluster.list('Node').map((node) => amountOf(allocatableOf(node.status?.allocatable ?? {}), resource)));

/** A Pod without a controller. */
const barePod = (object: ObjectRef): Draft => ({
  code: 'design/bare-pod',
  severity: 'advice',
  object,
  message: `${refText(object)} is a bare Pod: nothing replaces it when its node is lost, and its address changes; a Deployment (and a Service) would heal`,
});

/** Advice: what a cluster accepts and experience regrets. */
export const designRule: Rule = (run) => {
  const largestCpu = largestNode(run.cluster, 'cpu');
  const largestMemory = largestNode(run.cluster, 'memory');
  const drafts: Draft[] = [];
  for (const template of run.templates) {
    const { object, spec, path } = template;
    if (object.kind === 'Pod' && (spec.restartPolicy ?? 'Always') === 'Always') drafts.push(barePod(run.refOf(template)));
    if (spec.containers.length >= 3) drafts.push(manyContainers(run.refOf(template), spec, path));
    if (spec.volumes?.some(isVolatile)) drafts.push(...volatileData(run.refOf(template), spec, spec.volumes, path));
    const requests = requestsOf(spec);
    const cpu = amountOf(requests, 'cpu');
    const memory = amountOf(requests, 'memory');
    if (isLarge(cpu, largestCpu)) drafts.push(largePod(run.refOf(template), path, 'cpu', cpu, largestCpu));
    if (isLarge(memory, largestMemory)) drafts.push(largePod(run.refOf(template), path, 'memory', memory, largestMemory));
  }
  return drafts;
};
