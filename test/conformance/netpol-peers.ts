import type { Ingress, IngressBackend, Namespace, NetworkPolicy, Pod, Service } from '../../lib/api/generated/types.js';
import { matcherOfLabels } from '../../lib/api/label-selector.js';
import type { Admitted, KubeObject } from '../../lib/api/object.js';
import { type Cidr, formatAddress, parseAddress, parseCidr } from '../../lib/network/address.js';
import { declaredPorts, type End, namespaceLabels, type PodEnd, podEnd } from '../../lib/network/policy/end.js';
import { createPolicies } from '../../lib/network/policy/policies.js';
import { intersection, isEmpty, type PortSet, portSetText, portsOf, union } from '../../lib/network/policy/port-set.js';
import { protocolOf } from '../../lib/network/protocol.js';

/** Connections as np-guard lists them: from, to, ports. */
export interface Line {
  readonly src: string;
  readonly dst: string;
  readonly conns: string;
}

export const ofKind = <T>(objects: readonly KubeObject[], kind: string): readonly Admitted<T>[] =>
  objects.filter((object) => object.kind === kind) as readonly KubeObject[] as readonly Admitted<T>[];

const controller = '{ingress-controller}';

/** A Pod in a cluster that no object describes. */
const anyPod: PodEnd = { namespace: 'ingress-controller-ns', labels: {}, namespaceLabels: {}, spec: undefined };

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

/** External IPv4 addresses, split where an ipBlock begins or ends. */
const externalRanges = (policies: readonly NetworkPolicy[]): readonly Cidr[] => {
  const starts = new Set([0n]);
  for (const { spec } of policies) {
    const peers = [
      ...(spec?.ingress ?? []).flatMap(({ from }) => from ?? []),
      ...(spec?.egress ?? []).flatMap(({ to }) => to ?? []),
    ];
    for (const text of peers.flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : [ipBlock.cidr, ...(ipBlock.except ?? [])]))) {
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

/** Ports of workloads that Ingresses lead to. */
const ingressPorts = (objects: readonly KubeObject[], workloads: ReadonlyMap<string, PodEnd>): ReadonlyMap<string, PortSet> => {
  const services = ofKind<Service>(objects, 'Service');
  const found = new Map<string, PortSet>();
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
      for (const [key, workload] of workloads) {
        if (workload.namespace !== namespace || !matches(workload.labels)) continue;
        const declared = declaredPorts(workload.spec).find((each) => each.name === wanted)?.port;
        const resolved = typeof wanted === 'number' ? wanted : declared;
        if (resolved === undefined) continue;
        const ports = portsOf([{ protocol: protocolOf(port.protocol), first: resolved, last: resolved }]);
        found.set(key, union([found.get(key) ?? portsOf([]), ports]));
      }
    }
  }
  return found;
};

/** Every connection that the policies of a directory allow, in np-guard's terms. External ranges are split at the ipBlocks of `split` too. */
export const connectionsOf = (objects: readonly KubeObject[], split: readonly KubeObject[] = []): readonly Line[] => {
  const networkPolicies = ofKind<NetworkPolicy>(objects, 'NetworkPolicy');
  const policies = createPolicies(networkPolicies);
  const workloads = workloadsOf(objects);
  const lines: Line[] = [];
  const add = (src: string, dst: string, ports: PortSet): void => {
    if (!isEmpty(ports)) lines.push({ src, dst, conns: portSetText(ports) });
  };
  // No address on a Pod: here ipBlocks hold addresses outside only.
  const ends = [...workloads].map(([name, pod]): readonly [string, End] => [name, { pod }]);
  const outside = externalRanges([...networkPolicies, ...ofKind<NetworkPolicy>(split, 'NetworkPolicy')]).map(
    (range): readonly [string, End] => [rangeText(range), { address: { family: 4, value: range.first } }],
  );
  for (const [src, from] of ends) {
    for (const [dst, to] of [...ends, ...outside]) if (src !== dst) add(src, dst, policies.portsBetween(from, to));
    for (const [range, external] of outside) add(range, src, policies.portsBetween(external, from));
  }
  for (const [dst, ports] of ingressPorts(objects, workloads)) {
    const pod = workloads.get(dst);
    add(controller, dst, intersection(ports, policies.portsBetween({ pod: anyPod }, { pod })));
  }
  return lines;
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
  const old = new Map(connectionsOf(before, after).map((line) => [pair(line), line]));
  const now = new Map(connectionsOf(after, before).map((line) => [pair(line), line]));
  const [oldPeers, newPeers] = [workloadsOf(before), workloadsOf(after)];
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
