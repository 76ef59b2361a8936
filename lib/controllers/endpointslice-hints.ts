import type { Endpoint, Node, Service } from '../api/generated/types.js';
import { milliValue } from '../api/quantity.js';
import { conditionOf } from './conditions.js';

type Hinted = (endpoint: Endpoint) => Endpoint;

const zoneLabel = 'topology.kubernetes.io/zone';
const overloadThreshold = 0.2;

const isReady = (endpoint: Endpoint): boolean => endpoint.conditions?.ready === true;
const unhinted: Hinted = (endpoint) => endpoint;
const forZone = (endpoint: Endpoint, name: string): Endpoint => ({ ...endpoint, hints: { forZones: [{ name }] } });

/** Hints of `trafficDistribution` (KEP-4444, KEP-3015): ready endpoints serve their own zone, or their own node first. */
export const distributionHints = ({ spec }: Service): Hinted | undefined => {
  const wanted = spec?.trafficDistribution;
  if (wanted !== 'PreferClose' && wanted !== 'PreferSameZone' && wanted !== 'PreferSameNode') return undefined;
  return (endpoint) => {
    const { zone, nodeName } = endpoint;
    const forZones = zone === undefined ? undefined : [{ name: zone }];
    const forNodes = nodeName === undefined || wanted !== 'PreferSameNode' ? undefined : [{ name: nodeName }];
    if (!isReady(endpoint) || (forZones === undefined && forNodes === undefined)) return endpoint;
    return { ...endpoint, hints: { ...(forZones && { forZones }), ...(forNodes && { forNodes }) } };
  };
};

export const asksForTopology = ({ metadata }: Service): boolean => {
  const annotations = metadata?.annotations;
  if (annotations === undefined) return false;
  const mode = annotations['service.kubernetes.io/topology-aware-hints'] ?? annotations['service.kubernetes.io/topology-mode'];
  return mode === 'Auto' || mode === 'auto';
};

/** The share of the cluster's CPU that each zone has; undefined when it is not known of every node that counts. */
const cpuRatios = (nodes: Iterable<Node>): ReadonlyMap<string, number> | undefined => {
  const cpuByZone = new Map<string, number>();
  let total = 0;
  for (const { metadata, status } of nodes) {
    const labels = metadata?.labels ?? {};
    if ('node-role.kubernetes.io/control-plane' in labels || 'node-role.kubernetes.io/master' in labels) continue;
    if (conditionOf(status?.conditions, 'Ready')?.status !== 'True') continue;
    const zone = labels[zoneLabel];
    const cpu = milliValue(status?.allocatable?.cpu ?? 0);
    if (!zone || cpu === 0) return undefined;
    cpuByZone.set(zone, (cpuByZone.get(zone) ?? 0) + cpu);
    total += cpu;
  }
  if (cpuByZone.size < 2) return undefined;
  return new Map([...cpuByZone].sort(([a], [b]) => (a < b ? -1 : 1)).map(([zone, cpu]) => [zone, cpu / total]));
};

/** Endpoints that each zone shall have; undefined when a zone would be overloaded whatever is done. */
const desiredByZone = (ratios: ReadonlyMap<string, number>, endpoints: number): ReadonlyMap<string, number> | undefined => {
  if (ratios.size > endpoints) return undefined;
  const desired = new Map<string, number>();
  let remaining = endpoints;
  for (const [zone, ratio] of ratios) {
    const minimum = Math.ceil((ratio * endpoints) / (1 + overloadThreshold));
    desired.set(zone, Math.max(ratio * endpoints, minimum));
    remaining -= minimum;
  }
  return remaining < 0 ? undefined : desired;
};

const most = (zones: ReadonlyMap<string, number>): readonly [zone: string, count: number] =>
  [...zones].reduce<readonly [string, number]>((best, each) => (each[1] > best[1] ? each : best), ['', 0]);

const add = (counts: Map<string, number>, zone: string, count: number): void => {
  counts.set(zone, (counts.get(zone) ?? 0) + count);
};

/** Which zones give how many endpoints to others, and which receive them. */
const exchange = (desired: ReadonlyMap<string, number>, actual: ReadonlyMap<string, number>) => {
  const surplus = new Map<string, number>();
  const need = new Map<string, number>();
  for (const [zone, target] of desired) {
    const count = actual.get(zone) ?? 0;
    if (count > target) surplus.set(zone, count - target);
    else if (count < target) need.set(zone, target - count);
  }
  const giving = new Map<string, number>();
  const receiving = new Map<string, number>();
  for (;;) {
    const [giver, toGive] = most(surplus);
    const [receiver, toReceive] = most(need);
    if ((toGive < 1 && toReceive < 1) || toGive < 0.5 || toReceive < 0.5) return { giving, receiving };
    add(giving, giver, 1);
    add(surplus, giver, -1);
    add(receiving, receiver, 1);
    add(need, receiver, -1);
  }
};

/**
 * Hints of `service.kubernetes.io/topology-mode: Auto` (KEP-2433): endpoints are shared out by the CPU of the zones.
 * None when they cannot be given safely.
 */
export const topologyHints = (endpoints: readonly Endpoint[], nodes: { values(): Iterable<Node> }): Hinted => {
  const ready = endpoints.filter(isReady);
  const ratios = cpuRatios(nodes.values());
  const desired = ratios && desiredByZone(ratios, ready.length);
  if (desired === undefined) return unhinted;
  const zones = new Map<Endpoint, string>();
  const actual = new Map<string, number>();
  for (const endpoint of ready) {
    if (endpoint.zone === undefined) return unhinted;
    zones.set(endpoint, endpoint.zone);
    add(actual, endpoint.zone, 1);
  }
  const { giving, receiving } = exchange(desired, actual);
  for (const [endpoint, zone] of zones) {
    const [receiver] = [...receiving].find(([, count]) => count > 0) ?? [];
    if (receiver === undefined || (giving.get(zone) ?? 0) === 0) continue;
    zones.set(endpoint, receiver);
    add(giving, zone, -1);
    add(receiving, receiver, -1);
  }
  return (endpoint) => {
    const zone = zones.get(endpoint);
    return zone === undefined ? endpoint : forZone(endpoint, zone);
  };
};
