import type { Pod, PodSpec, Toleration } from '../api/generated/types.js';
import { type Admitted, refKey } from '../api/object.js';
import type { Labels } from '../api/selector.js';
import { type HostPort, hostPortsOf } from './host-ports.js';
import { areAlike, isAlike, isPlain, specText } from './likeness.js';
import { compileRequiredNodeAffinity, type NodeView } from './node-selector.js';
import { compilePodAffinity, type PodAffinityTerms } from './pod-affinity-term.js';
import { heldBy, type PodResource, requestsOf } from './pod-requests.js';

const noLabels: Labels = {};

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

/** What is known of specs with one list of containers. */
interface Compiled {
  readonly spec: PodSpec;
  readonly namespace: string;
  readonly info: SpecInfo;
  /** There are others where Pods share a template, but not all else. */
  readonly next: Compiled | undefined;
}

/** Of specs that say more than most. */
const compiled = new WeakMap<PodSpec['containers'], Compiled>();
/** A Pod is asked about again at once, when it is bound, and Pods that are alike mostly follow each other. */
let last: { spec: PodSpec; readonly namespace: string; readonly info: SpecInfo } | undefined;
const byText = new Map<string, SpecInfo>();
const mostTexts = 2000;

/**
 * Pods of one template share the parts of their specs, though not the specs as a whole, which differ in the node; other Pods and templates
 * mostly ask for the same. So nearly all of the work is done once for many templates.
 */
const specInfo = (spec: PodSpec, namespace: string): SpecInfo => {
  if (last?.namespace === namespace && isAlike(last.spec, spec) && areAlike(last.spec.containers, spec.containers)) {
    last.spec = spec;
    return last.info;
  }
  const plain = isPlain(spec);
  const first = plain ? undefined : compiled.get(spec.containers);
  for (let known = first; known !== undefined; known = known.next) {
    if (known.namespace === namespace && isAlike(known.spec, spec)) return known.info;
  }
  const text = specText(spec, namespace, plain);
  let info = byText.get(text);
  if (info === undefined) {
    if (byText.size === mostTexts) byText.clear();
    info = compileSpec(spec, namespace);
    byText.set(text, info);
  }
  last = { spec, namespace, info };
  if (!plain) compiled.set(spec.containers, { spec, namespace, info, next: first });
  return info;
};

const noSpec: PodSpec = { containers: [] };

export const podKey = ({ metadata: { namespace = 'default', name } }: Admitted<Pod>): string =>
  refKey({ apiVersion: 'v1', kind: 'Pod', namespace, name });

/** A Pod with what plugins need of it. */
export class PodInfo implements SpecInfo {
  /** Computed once a spec: the same for all Pods between which plugins see no difference but in labels, names and claims. */
  readonly shared: SpecInfo;
  /** As it is now: its status changes without consequence for all the rest. */
  pod: Admitted<Pod>;
  readonly spec: PodSpec;
  /** Its `refKey`. */
  readonly key: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly priority: number;
  readonly terminating: boolean;
  /** What it takes of a node: what it requests, or what a resize has left it with when that is more. */
  readonly held: PodResource;

  /** `before`: of the same Pod, where the caller has it; `key`: its key. */
  constructor(pod: Admitted<Pod>, before?: PodInfo, key = podKey(pod), priority = pod.spec?.priority ?? 0) {
    const { namespace = 'default', labels = noLabels, deletionTimestamp } = pod.metadata;
    const spec = pod.spec ?? noSpec;
    const shared = before?.spec === spec ? before.shared : specInfo(spec, namespace);
    this.shared = shared;
    this.pod = pod;
    this.spec = spec;
    this.key = key;
    this.namespace = namespace;
    this.labels = labels;
    this.priority = priority;
    this.terminating = deletionTimestamp !== undefined;
    this.held = heldBy(pod, shared.requests);
  }

  get name(): string {
    return this.pod.metadata.name;
  }

  /** `namespace/name`. */
  get text(): string {
    return `${this.namespace}/${this.name}`;
  }

  get requests(): PodResource {
    return this.shared.requests;
  }

  get tolerations(): readonly Toleration[] {
    return this.shared.tolerations;
  }

  get requiredNodeAffinity(): SpecInfo['requiredNodeAffinity'] {
    return this.shared.requiredNodeAffinity;
  }

  get hostPorts(): readonly HostPort[] {
    return this.shared.hostPorts;
  }

  get hasPodAffinity(): boolean {
    return this.shared.hasPodAffinity;
  }

  get affinity(): PodAffinityTerms {
    return this.shared.affinity;
  }
}

/** Whether all that is known of a Pod but its status holds for what it is now. */
export const isStill = (known: PodInfo, pod: Admitted<Pod>): boolean =>
  known.spec === pod.spec &&
  known.labels === (pod.metadata.labels ?? noLabels) &&
  known.terminating === (pod.metadata.deletionTimestamp !== undefined) &&
  known.held === heldBy(pod, known.shared.requests);

/** Whether the Pod counts on its node as it did before: what changed, if anything, is its status. */
export const countsAlike = (a: PodInfo, b: PodInfo): boolean =>
  a.labels === b.labels && a.terminating === b.terminating && a.held === b.held && a.shared.affinity === b.shared.affinity;
