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
  /** The same for all Pods of one template, as far as they share the parts of their specs. */
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

const compiledFrom = [
  'containers',
  'initContainers',
  'overhead',
  'resources',
  'tolerations',
  'nodeSelector',
  'affinity',
] as const;

interface Compiled {
  readonly spec: PodSpec;
  readonly namespace: string;
  readonly info: SpecInfo;
}

const compiled = new WeakMap<PodSpec['containers'], Compiled[]>();

/**
 * Pods of one template share the parts of their specs, though not the specs as a whole, which differ in the node. So nearly all of the
 * work is done once a template.
 */
const specInfo = (spec: PodSpec, namespace: string): SpecInfo => {
  const variants = getOrInsert(compiled, spec.containers, (): Compiled[] => []);
  const known = variants.find(
    (variant) => variant.namespace === namespace && compiledFrom.every((field) => variant.spec[field] === spec[field]),
  );
  if (known !== undefined) return known.info;
  const info = compileSpec(spec, namespace);
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
