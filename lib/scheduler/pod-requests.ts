import type { Container, ContainerStatus, Pod, PodSpec, PodStatus } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import {
  differenceOf,
  maxOf,
  noResources,
  parseResources,
  type Resource,
  type ResourceList,
  sumOf,
  toResource,
} from './resource.js';

/** What a Pod takes, and what it counts as where a container that requests nothing counts with a default. */
export interface PodResource extends Resource {
  /** In the sums that a node's score starts from. */
  readonly nonZeroMilliCPU: number;
  readonly nonZeroMemory: number;
  /** As the Pod that is being scored. */
  readonly scoredMilliCPU: number;
  readonly scoredMemory: number;
  readonly scoredScalars: ReadonlyMap<string, number>;
}

/** A container that requests no CPU or memory counts as this much in scores, or else all of them would go to one node. */
const nonZeroRequests = parseResources({ cpu: '100m', memory: '200Mi' });

const isPodLevel = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

const pick = (list: ResourceList, keep: (name: string) => boolean): ResourceList =>
  new Map([...list].filter(([name]) => keep(name)));

/** Requests of the Pod as a whole, which stand in place of the containers' sum. */
const podLevelRequests = (spec: PodSpec, status: PodStatus | undefined): ResourceList => {
  const requests = pick(parseResources(spec.resources?.requests), isPodLevel);
  if (requests.size === 0 || (status?.resources === undefined && status?.allocatedResources === undefined)) return requests;
  // The status counts overhead in, which is added later.
  const overhead = parseResources(spec.overhead);
  const held = [parseResources(status.resources?.requests), parseResources(status.allocatedResources)].map((list) =>
    pick(differenceOf(list, overhead), isPodLevel),
  );
  return isResizeInfeasible(status) ? maxOf(...held) : maxOf(requests, ...held);
};

const isResizeInfeasible = ({ conditions = [] }: PodStatus): boolean =>
  conditions.find(({ type }) => type === 'PodResizePending')?.reason === 'Infeasible';

/** A container that is being resized holds the most of what it has, was granted and wants. */
const containerRequests = (container: Container, status: ContainerStatus | undefined, infeasible: boolean): ResourceList => {
  const wanted = parseResources(container.resources?.requests);
  if (status?.resources === undefined) return wanted;
  const held = maxOf(parseResources(status.resources.requests), parseResources(status.allocatedResources));
  return infeasible ? held : maxOf(wanted, held);
};

/**
 * The sum over containers and restartable init containers, or the most that initialization takes at one time if that is
 * more. `missing` is what containers without a request count as.
 * https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
const containersRequests = (spec: PodSpec, status: PodStatus | undefined, missing: ResourceList): ResourceList => {
  const statuses = new Map(
    [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].map((one) => [one.name, one]),
  );
  const infeasible = status !== undefined && isResizeInfeasible(status);
  const requestsOfContainer = (container: Container, resizable: boolean): ResourceList => {
    const requests = containerRequests(container, resizable ? statuses.get(container.name) : undefined, infeasible);
    return missing.size === 0 ? requests : new Map([...missing, ...requests]);
  };
  let running = sumOf(...spec.containers.map((container) => requestsOfContainer(container, true)));
  let sidecars = noResources;
  let initialization = noResources;
  for (const container of spec.initContainers ?? []) {
    const isSidecar = container.restartPolicy === 'Always';
    const requests = sumOf(sidecars, requestsOfContainer(container, isSidecar));
    if (isSidecar) {
      running = sumOf(running, requestsOfContainer(container, true));
      sidecars = requests;
    }
    initialization = maxOf(initialization, requests);
  }
  return maxOf(running, initialization);
};

const podRequests = (spec: PodSpec, status: PodStatus | undefined, missing: ResourceList): ResourceList =>
  sumOf(
    new Map([...containersRequests(spec, status, missing), ...podLevelRequests(spec, status)]),
    parseResources(spec.overhead),
  );

const compute = (spec: PodSpec, status: PodStatus | undefined): PodResource => {
  const requests = podRequests(spec, status, noResources);
  // NodeResourcesFit scores a Pod by its containers even where the Pod as a whole has requests.
  const scored = toResource(sumOf(containersRequests(spec, status, nonZeroRequests), parseResources(spec.overhead)));
  const isWhole = podLevelRequests(spec, undefined).size > 0;
  // On a node, too, it counts as a whole; then only a resource that nobody requests counts with a default.
  const missing = pick(nonZeroRequests, (name) => !requests.has(name));
  const nonZero = isWhole ? toResource(podRequests(spec, status, missing)) : scored;
  return {
    ...toResource(requests),
    nonZeroMilliCPU: nonZero.milliCPU,
    nonZeroMemory: nonZero.memory,
    scoredMilliCPU: scored.milliCPU,
    scoredMemory: scored.memory,
    scoredScalars: scored.scalars,
  };
};

const remembered = new Map<string, PodResource>();
const mostRemembered = 10_000;

/** What a Pod of this spec asks for. Thousands of templates ask for the same: they share one answer. */
export const requestsOf = (spec: PodSpec): PodResource => {
  if (spec.initContainers !== undefined || spec.overhead !== undefined || spec.resources !== undefined)
    return compute(spec, undefined);
  let key = '';
  for (const { resources } of spec.containers)
    key += resources?.requests === undefined ? ';' : JSON.stringify(resources.requests);
  const known = remembered.get(key);
  if (known !== undefined) return known;
  if (remembered.size === mostRemembered) remembered.clear();
  const requests = compute(spec, undefined);
  remembered.set(key, requests);
  return requests;
};

/** What a Pod holds on its node. `requests` are those of its spec. */
export const heldBy = ({ spec, status }: Admitted<Pod>, requests: PodResource): PodResource => {
  if (status === undefined || spec === undefined) return requests;
  const isResized =
    status.resources !== undefined ||
    status.allocatedResources !== undefined ||
    (status.containerStatuses !== undefined && isAnyResized(status.containerStatuses)) ||
    (status.initContainerStatuses !== undefined && isAnyResized(status.initContainerStatuses));
  return isResized ? compute(spec, status) : requests;
};

const isAnyResized = (statuses: readonly ContainerStatus[]): boolean => {
  for (let index = 0; index < statuses.length; index++) if (statuses[index]?.resources !== undefined) return true;
  return false;
};
