import { amountOf } from '../../api/amount.js';
import type { Container, Pod, PodAffinityTerm, PodSpec } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { aggregateLimits, aggregateRequests } from '../../api/pod-requests.js';
import { podLevelResources, qosClass } from '../../api/qos.js';
import { type Quantity, quantitySign } from '../../api/quantity.js';
import { isExtended, isHugePages, isNative } from '../../api/validate/resource-names.js';
import type { Stored } from '../kinds.js';
import type { Evaluator } from './evaluator.js';
import { selectsClass } from './scopes.js';
import { one, plus, type Usage, usageOf } from './usage.js';

/** Resources of which both requests and limits are counted; a request also under its plain name. */
const computed = ['cpu', 'memory', 'ephemeral-storage'];
const names: ReadonlySet<string> = new Set([
  'count/pods',
  'pods',
  ...computed.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
]);

/** A Pod in a namespace with a quota on one of these must ask for it in each container. */
const mandatory = ['cpu', 'limits.cpu', 'limits.memory', 'memory', 'requests.cpu', 'requests.memory'];

/** Resources that a DeviceClass stands behind without naming one (KEP-5004). */
const implicitDevices = 'deviceclass.resource.kubernetes.io/';

const counts = (resource: string): boolean => {
  if (names.has(resource) || isHugePages(resource) || resource.startsWith('requests.hugepages-')) return true;
  return resource.startsWith('requests.') && (!isNative(resource) || resource.startsWith(`requests.${implicitDevices}`));
};

const computeUsage = (requests: Iterable<readonly [string, Quantity]>, limits: Usage): Map<string, Quantity> => {
  const used = new Map([['pods', one]]);
  for (const [name, amount] of requests) {
    const isPlain = computed.includes(name) || isHugePages(name);
    if (isPlain) used.set(name, amount);
    if (isPlain || isExtended(name) || name.startsWith(implicitDevices)) used.set(`requests.${name}`, amount);
  }
  for (const name of computed) {
    const amount = limits.get(name);
    if (amount !== undefined) used.set(`limits.${name}`, amount);
  }
  return used;
};

/** Resources that a Pod may ask for as a whole (KEP-2837). */
const isPodLevel = (name: string): boolean => name === 'cpu' || name === 'memory' || isHugePages(name);

const podLevel = (spec: PodSpec, list: 'requests' | 'limits'): readonly (readonly [string, Quantity])[] =>
  Object.entries(spec.resources?.[list] ?? {}).flatMap(([name, json]) => (isPodLevel(name) ? [[name, amountOf(json)]] : []));

const withOverhead = (totals: ReadonlyMap<string, Quantity>, spec: PodSpec, list: 'requests' | 'limits'): Usage => {
  const overhead = Object.entries(spec.overhead ?? {}).filter(([name]) => {
    const limit = totals.get(name);
    return list === 'requests' || (limit !== undefined && quantitySign(limit) !== 0);
  });
  return overhead.length === 0 ? totals : plus(totals, usageOf(Object.fromEntries(overhead)));
};

/** All that the Pod takes while it runs. */
const runningUsage = (spec: PodSpec): Usage => {
  const totals = (list: 'requests' | 'limits'): Usage => {
    const containers = list === 'requests' ? aggregateRequests(spec) : aggregateLimits(spec);
    return withOverhead(new Map([...containers, ...podLevel(spec, list)]), spec, list);
  };
  return new Map([['count/pods', one], ...computeUsage(totals('requests'), totals('limits'))]);
};

const reachesOtherNamespaces = ({ affinity }: PodSpec): boolean => {
  const terms = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((rules): readonly PodAffinityTerm[] => [
    ...(rules?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(rules?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
  return terms.some(({ namespaces, namespaceSelector }) => namespaces?.length || namespaceSelector !== undefined);
};

/** What matters of a Pod's spec. */
interface Facts {
  readonly running: Usage;
  readonly bestEffort: boolean;
  readonly crossNamespace: boolean;
}

interface Compiled {
  readonly spec: PodSpec;
  readonly facts: Facts;
}

const compiled = new WeakMap<PodSpec['containers'], Compiled[]>();
const compiledFrom = ['initContainers', 'resources', 'overhead', 'affinity'] as const;

/** Pods of one template share the parts of their specs, not the specs as a whole, which differ in the node. */
const factsOf = (spec: PodSpec): Facts => {
  const variants = compiled.get(spec.containers) ?? [];
  const known = variants.find((variant) => compiledFrom.every((field) => variant.spec[field] === spec[field]));
  if (known !== undefined) return known.facts;
  const facts: Facts = {
    running: runningUsage(spec),
    bestEffort: qosClass(spec) === 'BestEffort',
    crossNamespace: reachesOtherNamespaces(spec),
  };
  compiled.set(spec.containers, [...variants, { spec, facts }]);
  return facts;
};

const noSpec: PodSpec = { containers: [] };
const asPod = (object: Stored): Admitted<Pod> => object as Admitted as Admitted<Pod>;
const specOf = (object: Stored): PodSpec => asPod(object).spec ?? noSpec;

const isFinished = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

const ended: Usage = new Map([['count/pods', one]]);

/**
 * When a Pod that is being deleted no longer counts, although it is still there (its node is lost): milliseconds since 1970, undefined for
 * a Pod that nobody deletes.
 */
export const releasedAt = ({ metadata }: Pod): number | undefined => {
  if (metadata?.deletionTimestamp === undefined || metadata.deletionGracePeriodSeconds === undefined) return undefined;
  return Date.parse(metadata.deletionTimestamp) + metadata.deletionGracePeriodSeconds * 1000;
};

const hasDeadline = (object: Stored): boolean => (specOf(object).activeDeadlineSeconds ?? -1) >= 0;

const missingIn = ({ resources }: Container, required: readonly string[]): readonly string[] => {
  const amounts = (list: 'requests' | 'limits') =>
    new Map(Object.entries(resources?.[list] ?? {}).map(([name, json]) => [name, amountOf(json)]));
  const given = computeUsage(amounts('requests'), amounts('limits'));
  return required.filter((name) => !given.has(name));
};

export const pods: Evaluator = {
  counts,
  usage: (object, now) => {
    const pod = asPod(object);
    if (isFinished(pod) || now > (releasedAt(pod) ?? Number.POSITIVE_INFINITY)) return ended;
    return factsOf(specOf(object)).running;
  },
  matches: (scope, object) => {
    const spec = specOf(object);
    switch (scope.scopeName) {
      case 'Terminating':
        return hasDeadline(object);
      case 'NotTerminating':
        return !hasDeadline(object);
      case 'BestEffort':
        return factsOf(spec).bestEffort;
      case 'NotBestEffort':
        return !factsOf(spec).bestEffort;
      case 'PriorityClass':
        return selectsClass(scope, spec.priorityClassName ? [spec.priorityClassName] : []);
      case 'CrossNamespacePodAffinity':
        return factsOf(spec).crossNamespace;
      default:
        return false;
    }
  },
  constraint: (resources, object) => {
    const spec = specOf(object);
    const required = mandatory.filter((name) => resources.includes(name));
    if (required.length === 0 || podLevelResources(spec) !== undefined) return undefined;
    const missing = new Map<string, Set<string>>();
    for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
      for (const name of missingIn(container, required)) missing.set(name, (missing.get(name) ?? new Set()).add(container.name));
    }
    if (missing.size === 0) return undefined;
    const texts = required.flatMap((name) => {
      const containers = missing.get(name);
      return containers === undefined ? [] : [`${name} for: ${[...containers].sort().join()}`];
    });
    return `must specify ${texts.join('; ')}`;
  },
  judgesUpdate: (object, previous) => hasDeadline(object) !== hasDeadline(previous),
  altered: (object, previous) => {
    const [pod, before] = [asPod(object), asPod(previous)];
    return (
      pod.spec?.containers !== before.spec?.containers ||
      hasDeadline(object) !== hasDeadline(previous) ||
      isFinished(pod) !== isFinished(before) ||
      pod.metadata.deletionTimestamp !== before.metadata.deletionTimestamp
    );
  },
};
