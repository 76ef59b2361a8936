import type { Pod, PodSpec, Toleration } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import type { Labels } from '../api/selector.js';
import { getOrInsert } from './get-or-insert.js';
import { type HostPort, hostPortsOf } from './host-ports.js';
import { compileRequiredNodeAffinity, type NodeView } from './node-selector.js';
import { compilePodAffinity, type PodAffinityTerms } from './pod-affinity-term.js';
import { heldBy, type PodResource, requestsOf } from './pod-requests.js';

const noLabels: Labels = {};

/** A Pod with what plugins need of it, computed once a spec. */
export interface PodInfo extends SpecInfo {
  /** The same for all Pods between which plugins see no difference but in labels, names and claims. */
  readonly shared: SpecInfo;
  readonly pod: Admitted<Pod>;
  readonly spec: PodSpec;
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly priority: number;
  readonly terminating: boolean;
  /** What it takes of a node: what it requests, or what a resize has left it with when that is more. */
  readonly held: PodResource;
}

/** What depends on the spec and namespace alone. */
export interface SpecInfo {
  readonly requests: PodResource;
  readonly tolerations: readonly Toleration[];
  /** `nodeSelector` and required node affinity; undefined when there is neither. */
  readonly requiredNodeAffinity: ((node: NodeView) => boolean) | undefined;
  readonly hostPorts: readonly HostPort[];
  readonly hasPodAffinity: boolean;
  readonly affinity: PodAffinityTerms;
}

const compileSpec = (spec: PodSpec, namespace: string): SpecInfo => ({
  requests: requestsOf(spec),
  tolerations: spec.tolerations ?? [],
  requiredNodeAffinity: compileRequiredNodeAffinity(spec),
  hostPorts: hostPortsOf(spec),
  hasPodAffinity: spec.affinity?.podAffinity !== undefined || spec.affinity?.podAntiAffinity !== undefined,
  affinity: compilePodAffinity(spec, namespace),
});

const imagesOf = ({ volumes = [] }: PodSpec): readonly unknown[] => volumes.flatMap(({ image }) => image ?? []);

/** Whether plugins see no difference, apart from the containers and from claims. Field by field: in a loop over names it costs ten times as much. */
const isAlike = (a: PodSpec, b: PodSpec): boolean =>
  a.initContainers === b.initContainers &&
  a.overhead === b.overhead &&
  a.resources === b.resources &&
  a.tolerations === b.tolerations &&
  a.nodeSelector === b.nodeSelector &&
  a.affinity === b.affinity &&
  a.topologySpreadConstraints === b.topologySpreadConstraints &&
  a.hostNetwork === b.hostNetwork &&
  a.hostUsers === b.hostUsers &&
  a.priority === b.priority &&
  a.preemptionPolicy === b.preemptionPolicy &&
  (a.volumes === b.volumes || imagesOf(a).length + imagesOf(b).length === 0);

/** All that `isAlike` compares, as text. */
const textOf = (spec: PodSpec, namespace: string): string =>
  JSON.stringify([
    namespace,
    spec.containers,
    spec.initContainers,
    spec.overhead,
    spec.resources,
    spec.tolerations,
    spec.nodeSelector,
    spec.affinity,
    spec.topologySpreadConstraints,
    spec.hostNetwork,
    spec.hostUsers,
    spec.priority,
    spec.preemptionPolicy,
    imagesOf(spec),
  ]);

interface Compiled {
  readonly spec: PodSpec;
  readonly namespace: string;
  readonly info: SpecInfo;
}

const compiled = new WeakMap<PodSpec['containers'], Compiled[]>();
const byText = new Map<string, SpecInfo>();
const mostTexts = 2000;

/**
 * Pods of one template share the parts of their specs, though not the specs as a whole, which differ in the node; Pods that were read say the
 * same in the same words. So nearly all of the work is done once a template.
 */
const specInfo = (spec: PodSpec, namespace: string): SpecInfo => {
  const variants = getOrInsert(compiled, spec.containers, (): Compiled[] => []);
  for (const variant of variants) if (variant.namespace === namespace && isAlike(variant.spec, spec)) return variant.info;
  if (byText.size === mostTexts) byText.clear();
  const info = getOrInsert(byText, textOf(spec, namespace), () => compileSpec(spec, namespace));
  variants.push({ spec, namespace, info });
  return info;
};

const noSpec: PodSpec = { containers: [] };

export const podInfo = (pod: Admitted<Pod>): PodInfo => {
  const namespace = pod.metadata.namespace ?? 'default';
  const spec = pod.spec ?? noSpec;
  const shared = specInfo(spec, namespace);
  // Field by field: made by spreading, an object costs ten times as much.
  return {
    shared,
    requests: shared.requests,
    tolerations: shared.tolerations,
    requiredNodeAffinity: shared.requiredNodeAffinity,
    hostPorts: shared.hostPorts,
    hasPodAffinity: shared.hasPodAffinity,
    affinity: shared.affinity,
    pod,
    spec,
    key: `${namespace}/${pod.metadata.name}`,
    namespace,
    name: pod.metadata.name,
    labels: pod.metadata.labels ?? noLabels,
    priority: spec.priority ?? 0,
    terminating: pod.metadata.deletionTimestamp !== undefined,
    held: heldBy(pod, shared.requests),
  };
};

/** Whether the Pod counts on its node as it did before: what changed, if anything, is its status. */
export const countsAlike = (a: PodInfo, b: PodInfo): boolean =>
  a.labels === b.labels && a.terminating === b.terminating && a.held === b.held && a.affinity === b.affinity;
