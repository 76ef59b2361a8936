import type { LabelSelector } from '../../lib/api/generated/types.js';
import type { Described } from '../../lib/network/policy/described.js';
import { describedPeers, exposureOf } from '../../lib/network/policy/exposure.js';
import { difference, isEmpty, type PortSet, portSetText } from '../../lib/network/policy/port-set.js';
import type { Direction } from '../../lib/network/policy/rule.js';
import { type Directory, type Focus, focusPorts, isInFocus, type Line } from './netpol-peers.js';

/** Exposure as np-guard lists it. */
interface ExposureLine {
  readonly workload: string;
  readonly peer: string;
  readonly conns: string;
}

export interface ExposureLists {
  readonly egress: readonly ExposureLine[];
  readonly ingress: readonly ExposureLine[];
  readonly unprotected: readonly { readonly workload: string; readonly direction: string }[];
}

const selectorText = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string => {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(
    ({ key, operator, values = [] }) => `{Key:${key},Operator:${operator},Values:[${values.join(' ')}],}`,
  );
  return [...labels.sort(), ...expressions.sort()].join(',');
};

const nameLabel = 'kubernetes.io/metadata.name';

/** `shop/[pod with {app=web}]`, `[namespace with {env=prod}]/[all pods]`. */
const describedText = ({ namespaces, pods }: Described): string => {
  const { matchLabels = {}, matchExpressions = [] } = namespaces;
  const [outer, inner] = [selectorText(namespaces), selectorText(pods)];
  const named = Object.keys(matchLabels).length === 1 && matchExpressions.length === 0 ? matchLabels[nameLabel] : undefined;
  const place = named ?? (outer === '' ? '[all namespaces]' : `[namespace with {${outer}}]`);
  return `${place}/${inner === '' ? '[all pods]' : `[pod with {${inner}}]`}`;
};

const isOutside = (peer: string): boolean => peer.endsWith('[External]');

/** The exposure of a directory's workloads; `connections` are the allowed ones, of which those from and to outside belong to it. */
export const exposuresOf = ({ policies, workloads }: Directory, connections: readonly Line[], options: Focus): ExposureLists => {
  const peers = options.focusWorkloadPeers === undefined ? describedPeers(policies, [...workloads.values()]) : [];
  const focus = focusPorts(options);
  const lists = { egress: [] as ExposureLine[], ingress: [] as ExposureLine[] };
  const unprotected: { readonly workload: string; readonly direction: string }[] = [];
  const listed = new Set<string>();
  const focused = (ports: PortSet): PortSet | undefined => {
    if (options.focusConn === undefined) return ports;
    return isEmpty(difference(focus, ports)) ? focus : undefined;
  };
  for (const [workload, pod] of workloads) {
    for (const direction of ['egress', 'ingress'] as readonly Direction[]) {
      const [src, dst] = direction === 'egress' ? [workload, ''] : ['', workload];
      const alone = { ...options, focusWorkloadPeers: [src === '' ? src : dst] };
      if (!isInFocus(src, dst, alone)) continue;
      const { isProtected, entireCluster, described } = exposureOf(policies, direction, { pod }, peers);
      const add = (peer: string, ports: PortSet | undefined): void => {
        if (ports === undefined) return;
        lists[direction].push({ workload, peer, conns: portSetText(ports) });
        listed.add(workload);
      };
      if (!isProtected && options.focusConn === undefined) {
        unprotected.push({ workload, direction });
      }
      if (!isEmpty(entireCluster)) add('entire-cluster', focused(entireCluster));
      for (const { peer, ports } of described) add(describedText(peer), focused(ports));
    }
  }
  // A workload with nothing open to the cluster is not listed by np-guard, whatever is open to the outside.
  for (const { src, dst, conns } of connections) {
    if (isOutside(dst) && listed.has(src)) lists.egress.push({ workload: src, peer: dst, conns });
    if (isOutside(src) && listed.has(dst)) lists.ingress.push({ workload: dst, peer: src, conns });
  }
  return { ...lists, unprotected };
};

/** Exposure in the place of connections: who is exposed, to whom, on what. */
export const exposureLines = ({ egress, ingress, unprotected }: ExposureLists): readonly Line[] => [
  ...egress.map(({ workload, peer, conns }) => ({ src: workload, dst: peer, conns })),
  ...ingress.map(({ workload, peer, conns }) => ({ src: peer, dst: workload, conns })),
  ...unprotected.map(({ workload, direction }) => ({ src: workload, dst: 'anyone', conns: `not protected on ${direction}` })),
];
