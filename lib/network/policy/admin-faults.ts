import { parseCidr } from '../address.js';
import { type AdminPeer, type AdminPolicy, type AdminPort, type AdminRule, actionOf } from './admin.js';

const portSorts = ['portNumber', 'portRange', 'namedPort'] as const;
const peerSorts = ['namespaces', 'pods', 'networks', 'nodes'] as const;

const isOneOf = (value: object, sorts: readonly string[]): boolean => {
  const set = Object.entries(value).filter(([, each]) => each !== undefined && each !== null);
  return set.length === 1 && set.every(([sort]) => sorts.includes(sort));
};

const portFaults = (path: string, port: AdminPort): readonly string[] => {
  if (!isOneOf(port, portSorts)) return [`${path}: exactly one of ${portSorts.join(', ')} must be set`];
  const { portNumber, portRange } = port;
  const [first, last] = portNumber ? [portNumber.port, portNumber.port] : [portRange?.start ?? 1, portRange?.end ?? 1];
  return first < 1 || last > 65_535 || last < first ? [`${path}: ${first}-${last} is no range of ports`] : [];
};

const peerFaults = (path: string, peer: AdminPeer, sorts: readonly string[]): readonly string[] => {
  if (!isOneOf(peer, sorts)) return [`${path}: exactly one of ${sorts.join(', ')} must be set`];
  return (peer.networks ?? []).flatMap((cidr) =>
    cidr.includes('/') && parseCidr(cidr) !== undefined ? [] : [`${path}.networks: ${cidr} is not a valid CIDR`],
  );
};

const ruleFaults = (path: string, rule: AdminRule, isBaseline: boolean, peers: 'from' | 'to'): readonly string[] => {
  const { action, ports } = rule;
  const known = actionOf(action) !== undefined && !(isBaseline && action === 'Pass');
  const sorts = peers === 'to' ? peerSorts : peerSorts.slice(0, 2);
  const listed = rule[peers] ?? [];
  return [
    ...(known ? [] : [`${path}.action: ${action ?? 'none'} is not one of ${isBaseline ? 'Allow, Deny' : 'Allow, Deny, Pass'}`]),
    ...(listed.length === 0 ? [`${path}.${peers}: must have at least one peer`] : []),
    ...listed.flatMap((peer, index) => peerFaults(`${path}.${peers}[${index}]`, peer, sorts)),
    ...(ports ?? []).flatMap((port, index) => portFaults(`${path}.ports[${index}]`, port)),
  ];
};

/** What the CustomResourceDefinitions of policy.networking.k8s.io/v1alpha1 refuse in one policy; none: it is accepted. */
export const adminFaults = ({ kind, metadata, spec = {} }: AdminPolicy): readonly string[] => {
  const isBaseline = kind === 'BaselineAdminNetworkPolicy';
  const { priority, subject, ingress, egress } = spec;
  const outOfRange = priority === undefined || priority < 0 || priority > 1000;
  return [
    ...(isBaseline && metadata.name !== 'default' ? ['metadata.name: a BaselineAdminNetworkPolicy is named default'] : []),
    ...(!isBaseline && outOfRange ? [`spec.priority: ${priority ?? 'none'} is not between 0 and 1000`] : []),
    ...peerFaults('spec.subject', subject ?? {}, peerSorts.slice(0, 2)),
    ...(ingress ?? []).flatMap((rule, index) => ruleFaults(`spec.ingress[${index}]`, rule, isBaseline, 'from')),
    ...(egress ?? []).flatMap((rule, index) => ruleFaults(`spec.egress[${index}]`, rule, isBaseline, 'to')),
  ];
};

/** Policies whose order is open, because they have one priority: `a, b`. */
export const samePriority = (policies: readonly AdminPolicy[]): readonly string[] => {
  const byPriority = new Map<number, string[]>();
  for (const { kind, metadata, spec } of policies) {
    if (kind !== 'AdminNetworkPolicy' || spec?.priority === undefined) continue;
    const names = byPriority.get(spec.priority) ?? [];
    byPriority.set(spec.priority, [...names, metadata.name ?? '']);
  }
  return [...byPriority.values()].filter((names) => names.length > 1).map((names) => names.join(', '));
};
