import type { Ingress, IngressBackend, Namespace, NetworkPolicy, Pod, Service } from '../../lib/api/generated/types.js';
import { matcherOfLabels } from '../../lib/api/label-selector.js';
import type { Admitted, KubeObject } from '../../lib/api/object.js';
import { type Cidr, formatAddress, parseAddress, parseCidr } from '../../lib/network/address.js';
import type { AdminPolicy } from '../../lib/network/policy/admin.js';
import { declaredPorts, type End, namespaceLabels, type PodEnd, podEnd } from '../../lib/network/policy/end.js';
import { createPolicies, type Policies } from '../../lib/network/policy/policies.js';
import { allPorts, intersection, isEmpty, type PortSet, portSetText, portsOf, union } from '../../lib/network/policy/port-set.js';
import { protocolOf } from '../../lib/network/protocol.js';

/** Connections as np-guard lists them: from, to, ports. */
export interface Line {
  readonly src: string;
  readonly dst: string;
  readonly conns: string;
}

export const ofKind = <T>(objects: readonly KubeObject[], kind: string): readonly Admitted<T>[] =>
  objects.filter((object) => object.kind === kind) as readonly KubeObject[] as readonly Admitted<T>[];

export const ingressController = '{ingress-controller}';

/** A Pod in a cluster that no object describes. */
export const anyPod: PodEnd = { namespace: 'ingress-controller-ns', labels: {}, namespaceLabels: {}, spec: undefined };

type Template = { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> }; readonly spec?: Pod['spec'] };

const templateOf = ({ spec }: KubeObject): Template | undefined => {
  const { template, jobTemplate } = (spec ?? {}) as { template?: Template; jobTemplate?: { spec?: { template?: Template } } };
  return jobTemplate?.spec?.template ?? template;
};

/** A Pod stands for its owner, so that the Pods of one controller are one peer; a static Pod for itself. */
const peerName = ({ metadata }: Pod): string => {
  const owner = metadata?.ownerReferences?.[0];
  const own = owner === undefined || owner.kind === 'Node';
  return `${metadata?.namespace ?? 'default'}/${own ? metadata?.name : owner.name}[${own ? 'Pod' : (owner.kind ?? 'Pod')}]`;
};

const workloadsOf = (objects: readonly KubeObject[]): ReadonlyMap<string, PodEnd> => {
  const labelsOf = namespaceLabels(ofKind<Namespace>(objects, 'Namespace'));
  const peers = new Map<string, PodEnd>();
  for (const object of objects) {
    const { namespace = 'default', name } = object.metadata;
    const template = templateOf(object);
    const pod =
      object.kind === 'Pod'
        ? (object as Pod)
        : template && { metadata: { namespace, labels: template.metadata?.labels }, spec: template.spec };
    const key = object.kind === 'Pod' ? peerName(object as Pod) : `${namespace}/${name}[${object.kind}]`;
    if (pod !== undefined && !peers.has(key)) peers.set(key, podEnd(pod, labelsOf));
  }
  return peers;
};

/** External IPv4 addresses, split where an ipBlock or a network begins or ends. */
const externalRanges = ({ network, admin }: Policies): readonly Cidr[] => {
  const starts = new Set([0n]);
  for (const { ingress = [], egress = [] } of [...network, ...admin]) {
    const blocks = [...ingress, ...egress].flatMap(({ peers = [] }) => peers.flatMap(({ block }) => block ?? []));
    for (const text of blocks.flatMap(({ cidr, except = [] }) => [cidr, ...except])) {
      const cidr = parseCidr(text);
      if (cidr?.family === 4) starts.add(cidr.first).add(cidr.last + 1n);
    }
  }
  const end = 2n ** 32n;
  const sorted = [...starts].filter((start) => start < end).sort((a, b) => (a < b ? -1 : 1));
  return sorted.map((first, index) => ({ family: 4, first, last: (sorted[index + 1] ?? end) - 1n }));
};

const rangeText = ({ first, last }: Cidr): string =>
  `${formatAddress({ family: 4, value: first })}-${formatAddress({ family: 4, value: last })}[External]`;

/** A workload that an Ingress leads to. */
export interface Backend {
  readonly workload: string;
  readonly ingress: string;
  readonly service: string;
  readonly ports: PortSet;
}

const backendsOf = (objects: readonly KubeObject[], workloads: ReadonlyMap<string, PodEnd>): readonly Backend[] => {
  const services = ofKind<Service>(objects, 'Service');
  const found: Backend[] = [];
  for (const { metadata, spec } of ofKind<Ingress>(objects, 'Ingress')) {
    const namespace = metadata.namespace ?? 'default';
    const backends: readonly (IngressBackend | undefined)[] = [
      spec?.defaultBackend,
      ...(spec?.rules ?? []).flatMap(({ http }) => (http?.paths ?? []).map(({ backend }) => backend)),
    ];
    for (const backend of backends) {
      const target = services.find(
        (each) => each.metadata.name === backend?.service?.name && (each.metadata.namespace ?? 'default') === namespace,
      );
      const { name, number } = backend?.service?.port ?? {};
      // np-guard takes the number of a backend for the Service's port or for the port that it leads to.
      const port = target?.spec?.ports?.find((each) =>
        name === undefined ? each.port === number || each.targetPort === number : each.name === name,
      );
      if (target?.spec?.selector === undefined || port === undefined) continue;
      const matches = matcherOfLabels(target.spec.selector);
      const wanted = port.targetPort ?? port.port;
      for (const [workload, pod] of workloads) {
        if (pod.namespace !== namespace || !matches(pod.labels)) continue;
        const declared = declaredPorts(pod.spec).find((each) => each.name === wanted)?.port;
        const resolved = typeof wanted === 'number' ? wanted : declared;
        if (resolved === undefined) continue;
        const ports = portsOf([{ protocol: protocolOf(port.protocol), first: resolved, last: resolved }]);
        found.push({ workload, ingress: `${namespace}/${metadata.name}`, service: target.metadata.name, ports });
      }
    }
  }
  return found;
};

/** The objects of one directory, in np-guard's terms. */
export interface Directory {
  readonly policies: Policies;
  /** Workloads by name. */
  readonly workloads: ReadonlyMap<string, PodEnd>;
  /** Every pair of which np-guard speaks, Ingresses aside. */
  readonly pairs: readonly { readonly src: string; readonly dst: string; readonly from: End; readonly to: End }[];
  readonly backends: readonly Backend[];
}

const policiesOf = (objects: readonly KubeObject[]): Policies =>
  createPolicies(ofKind<NetworkPolicy>(objects, 'NetworkPolicy'), [
    ...ofKind<AdminPolicy>(objects, 'AdminNetworkPolicy'),
    ...ofKind<AdminPolicy>(objects, 'BaselineAdminNetworkPolicy'),
  ]);

/** External ranges are split at the ipBlocks of `split` too. */
export const directoryOf = (objects: readonly KubeObject[], split: readonly KubeObject[] = []): Directory => {
  const policies = policiesOf(objects);
  const workloads = workloadsOf(objects);
  // No address on a Pod: here ipBlocks hold addresses outside only.
  const ends = [...workloads].map(([name, pod]): readonly [string, End] => [name, { pod }]);
  const outside = externalRanges(split.length === 0 ? policies : policiesOf([...objects, ...split])).map(
    (range): readonly [string, End] => [rangeText(range), { address: { family: 4, value: range.first } }],
  );
  const all = [...ends, ...outside];
  const pairs = all.flatMap(([src, from]) =>
    all.flatMap(([dst, to]) => (src === dst || (from.pod === undefined && to.pod === undefined) ? [] : [{ src, dst, from, to }])),
  );
  return { policies, workloads, pairs, backends: backendsOf(objects, workloads) };
};

/** Every connection that the policies of a directory allow, as far as `within` goes. */
export const connectionsOf = (
  { policies, workloads, pairs, backends }: Directory,
  within: PortSet = allPorts,
): readonly Line[] => {
  const lines: Line[] = [];
  const add = (src: string, dst: string, all: PortSet): void => {
    const ports = intersection(all, within);
    if (!isEmpty(ports)) lines.push({ src, dst, conns: portSetText(ports) });
  };
  for (const { src, dst, from, to } of pairs) add(src, dst, policies.portsBetween(from, to));
  for (const dst of new Set(backends.map(({ workload }) => workload))) {
    const ports = union(backends.filter(({ workload }) => workload === dst).map((backend) => backend.ports));
    const pod = workloads.get(dst);
    add(ingressController, dst, intersection(ports, policies.portsBetween({ pod: anyPod }, { pod })));
  }
  return lines;
};

export interface Focus {
  readonly focusWorkloads?: readonly string[];
  readonly focusDirection?: string;
  readonly focusWorkloadPeers?: readonly string[];
  readonly focusConn?: string;
}

/** `NAME` or `NAMESPACE/NAME` means the peer `NAMESPACE/NAME[KIND]`. */
const isNamed = (peer: string, names: readonly string[] | undefined): boolean =>
  names === undefined ||
  names.some(
    (name) =>
      peer === name || peer === `{${name}}` || peer.replace(/\[.*$/, '') === name || peer.replace(/^[^/]*\/|\[.*$/g, '') === name,
  );

export const isInFocus = (src: string, dst: string, { focusWorkloads, focusDirection, focusWorkloadPeers }: Focus): boolean => {
  const [out, into] = [isNamed(src, focusWorkloads), isNamed(dst, focusWorkloads)];
  if ((focusDirection === 'ingress' && !into) || (focusDirection === 'egress' && !out)) return false;
  return (out && isNamed(dst, focusWorkloadPeers)) || (into && isNamed(src, focusWorkloadPeers));
};

/** The port of `tcp-80`. */
export const focusPorts = ({ focusConn }: Focus): PortSet => {
  if (focusConn === undefined) return allPorts;
  const [protocol = '', port] = focusConn.split('-');
  return portsOf([{ protocol: protocolOf(protocol.toUpperCase()), first: Number(port), last: Number(port) }]);
};

const external = /^([\d.]+)-([\d.]+)\[External\]$/;

const ipValue = (text: string | undefined): bigint => parseAddress(text ?? '')?.value ?? 0n;

/** Lines in one order, neighbouring external ranges with equal connections as one. */
export const normalized = (lines: readonly Line[]): readonly string[] => {
  const texts: string[] = [];
  const ranges = new Map<string, Cidr[]>();
  for (const { src, dst, conns } of lines) {
    const [from, to] = [external.exec(src), external.exec(dst)];
    const range = from ?? to;
    if (range === null) {
      texts.push(`${src} => ${dst} : ${conns}`);
      continue;
    }
    const key = from === null ? `${src} => * : ${conns}` : `* => ${dst} : ${conns}`;
    ranges.set(key, [...(ranges.get(key) ?? []), { family: 4, first: ipValue(range[1]), last: ipValue(range[2]) }]);
  }
  for (const [key, parts] of ranges) {
    const merged: Cidr[] = [];
    for (const part of parts.sort((a, b) => (a.first < b.first ? -1 : 1))) {
      const before = merged.at(-1);
      if (before?.last === part.first - 1n) merged[merged.length - 1] = { ...before, last: part.last };
      else merged.push(part);
    }
    for (const range of merged) texts.push(key.replace('*', rangeText(range)));
  }
  return texts.sort();
};

const nothing = 'No Connections';

/** What of the two ends is in one directory only: `workload default/a[Deployment] and default/b[Pod] added`. */
const lifeOf = (ends: readonly string[], before: ReadonlyMap<string, PodEnd>, after: ReadonlyMap<string, PodEnd>): string => {
  const added = ends.filter((end) => after.has(end) && !before.has(end));
  const removed = ends.filter((end) => before.has(end) && !after.has(end));
  return [
    ...(added.length > 0 ? [`workload ${added.join(' and ')} added`] : []),
    ...(removed.length > 0 ? [`workload ${removed.join(' and ')} removed`] : []),
  ].join(', ');
};

/** The changes from one directory to another, each in the place of its connections. */
export const changesOf = (before: readonly KubeObject[], after: readonly KubeObject[]): readonly Line[] => {
  const pair = ({ src, dst }: Line): string => `${src}\n${dst}`;
  const [earlier, later] = [directoryOf(before, after), directoryOf(after, before)];
  const old = new Map(connectionsOf(earlier).map((line) => [pair(line), line]));
  const now = new Map(connectionsOf(later).map((line) => [pair(line), line]));
  const [oldPeers, newPeers] = [earlier.workloads, later.workloads];
  const lines: Line[] = [];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [from, to] = [old.get(key), now.get(key)];
    const { src = '', dst = '' } = from ?? to ?? {};
    if (from?.conns === to?.conns) continue;
    const type = from === undefined ? 'added' : to === undefined ? 'removed' : 'changed';
    lines.push({
      src,
      dst,
      conns: changeText({
        type,
        from: from?.conns ?? nothing,
        to: to?.conns ?? nothing,
        workloads: lifeOf([src, dst], oldPeers, newPeers),
      }),
    });
  }
  return lines;
};

export interface Change {
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly workloads?: string;
}

export const changeText = ({ type, from, to, workloads }: Change): string => `${type} ${from} -> ${to} ${workloads ?? ''}`.trim();
