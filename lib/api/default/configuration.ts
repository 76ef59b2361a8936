import type { LimitRange, LimitRangeItem, Namespace, Node, NodeSpec, PriorityClass, Secret } from '../generated/types.js';
import { at, each, fill } from './fill.js';

const encode = (text: string): string => {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
};

/** `stringData` is for writing only: it becomes base64 under `data`. */
export const secret = (value: Secret): Secret => {
  const filled = fill(value, { type: 'Opaque' });
  const { stringData, ...rest } = filled;
  if (stringData === undefined) return filled;
  return {
    ...rest,
    data: { ...rest.data, ...Object.fromEntries(Object.entries(stringData).map(([key, text]) => [key, encode(text)])) },
  };
};

export const namespace = (value: Namespace): Namespace => {
  const name = value.metadata?.name;
  const label = 'kubernetes.io/metadata.name';
  const phased = at(fill(value, { status: {} }), 'status', (status) => fill(status, { phase: 'Active' }));
  if (name === undefined || phased.metadata?.labels?.[label] === name) return phased;
  return { ...phased, metadata: { ...phased.metadata, labels: { ...phased.metadata?.labels, [label]: name } } };
};

/** A node's range is written both as one and as a list, in step. */
const podRanges = (spec: NodeSpec): NodeSpec => {
  const { podCIDR, podCIDRs = [] } = spec;
  const ranges = podCIDR !== undefined && podCIDRs[0] !== podCIDR ? [podCIDR] : podCIDRs;
  const [first] = ranges;
  return first === undefined || (podCIDR === first && podCIDRs === ranges) ? spec : { ...spec, podCIDR: first, podCIDRs: ranges };
};

export const node = (value: Node): Node =>
  at(at(value, 'spec', podRanges), 'status', (status) =>
    status.capacity === undefined ? status : fill(status, { allocatable: status.capacity }),
  );

export const priorityClass = (value: PriorityClass): PriorityClass => fill(value, { preemptionPolicy: 'PreemptLowerPriority' });

/** A container's default limit is its maximum, its default request the default limit, else the minimum. */
const limitRangeItem = (item: LimitRangeItem): LimitRangeItem => {
  if (item.type !== 'Container') return item;
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  return {
    ...item,
    ...(Object.keys(limits).length > 0 ? { default: limits } : {}),
    ...(Object.keys(requests).length > 0 ? { defaultRequest: requests } : {}),
  };
};

export const limitRange = (value: LimitRange): LimitRange =>
  at(value, 'spec', (spec) => at(spec, 'limits', each(limitRangeItem)));
