import { decode } from '../../../lib/api/decode.js';
import { applyDefaults } from '../../../lib/api/default/index.js';
import type { Namespace, NetworkPolicy, Pod } from '../../../lib/api/generated/types.js';
import type { KubeObject } from '../../../lib/api/object.js';
import { validateCreate } from '../../../lib/api/validate/index.js';
import { parseAddress } from '../../../lib/network/address.js';
import { type End, namespaceLabels, podEnd } from '../../../lib/network/policy/end.js';
import { createPolicies, type Policies } from '../../../lib/network/policy/policies.js';
import { protocolOf } from '../../../lib/network/protocol.js';
import { differences } from '../compare.js';
import { type Change, changesOf, changeText, connectionsOf, type Line, normalized, ofKind } from '../netpol-peers.js';
import type { CaseRunner, Suite, SuiteFolder } from '../suite.js';

interface Query {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: string;
  readonly allowed: boolean;
  readonly deniedBy?: readonly string[];
}

interface PointsRecord {
  readonly objects: readonly KubeObject[];
  readonly expected: readonly Query[];
  readonly peers: readonly string[];
  readonly matrix: readonly { readonly port: number; readonly protocol: string; readonly rows: readonly string[] }[];
}

const deniers = ({ egress, ingress }: ReturnType<Policies['allowed']>): readonly string[] => [
  ...(egress.allowed ? [] : ['egress']),
  ...(ingress.allowed ? [] : ['ingress']),
];

const points: CaseRunner = (record) => {
  const { objects, expected, peers, matrix } = record as PointsRecord;
  const policies = createPolicies(ofKind<NetworkPolicy>(objects, 'NetworkPolicy'));
  const labelsOf = namespaceLabels(ofKind<Namespace>(objects, 'Namespace'));
  const ends = new Map<string, End>();
  for (const pod of ofKind<Pod>(objects, 'Pod')) {
    const address = parseAddress(pod.status?.podIP ?? '');
    ends.set(`${pod.metadata.namespace}/${pod.metadata.name}`, { address, pod: podEnd(pod, labelsOf) });
  }
  const endOf = (name: string): End => ends.get(name) ?? { address: parseAddress(name) };
  const queries = expected.flatMap(({ from, to, port, protocol, allowed, deniedBy }) => {
    const verdict = policies.allowed(endOf(from), endOf(to), port, protocolOf(protocol));
    const path = `${from} -> ${to} ${protocol} ${port}`;
    return [
      ...differences(allowed, verdict.allowed, path),
      ...(deniedBy === undefined ? [] : differences(deniedBy, deniers(verdict), `${path} denied by`)),
    ];
  });
  const tables = matrix.flatMap(({ port, protocol, rows }) =>
    rows.flatMap((row, i) => {
      const from = endOf(peers[i] ?? '');
      const answers = [...row].map((recorded, j) => {
        if (recorded === '.') return '.';
        return policies.allowed(from, endOf(peers[j] ?? ''), port, protocolOf(protocol)).allowed ? '1' : '0';
      });
      return differences(row, answers.join(''), `${protocol} ${port} from ${peers[i]}`);
    }),
  );
  return [...queries, ...tables];
};

const objectsOf = (folder: SuiteFolder, dir: string): readonly KubeObject[] => {
  const found = folder.records('manifests').find((record) => (record as { readonly dir: string }).dir === dir);
  return (found as { readonly objects: readonly KubeObject[] } | undefined)?.objects ?? [];
};

interface ConnectionsRecord {
  readonly dir: string;
  readonly options: {
    readonly focusWorkloads?: readonly string[];
    readonly focusDirection?: string;
    readonly focusWorkloadPeers?: readonly string[];
    readonly focusConn?: string;
  };
  readonly connections: readonly Line[];
}

/** `NAME` or `NAMESPACE/NAME` means the peer `NAMESPACE/NAME[KIND]`. */
const isNamed = (peer: string, names: readonly string[]): boolean =>
  names.some((name) => peer === name || peer.replace(/\[.*$/, '') === name || peer.replace(/^[^/]*\/|\[.*$/g, '') === name);

const focused = (
  lines: readonly Line[],
  { focusWorkloads, focusDirection, focusWorkloadPeers }: ConnectionsRecord['options'],
) => {
  const isPeer = (peer: string) => focusWorkloadPeers === undefined || isNamed(peer, focusWorkloadPeers);
  return lines.filter(({ src, dst }) => {
    if (focusWorkloads === undefined) return true;
    const out = focusDirection !== 'ingress' && isNamed(src, focusWorkloads) && isPeer(dst);
    return out || (focusDirection !== 'egress' && isNamed(dst, focusWorkloads) && isPeer(src));
  });
};

const difference = (recorded: readonly string[], got: readonly string[]): readonly string[] => {
  const [expected, actual] = [new Set(recorded), new Set(got)];
  return [
    ...recorded.filter((line) => !actual.has(line)).map((line) => `missing: ${line}`),
    ...got.filter((line) => !expected.has(line)).map((line) => `not recorded: ${line}`),
  ];
};

const connections: CaseRunner = (record, folder) => {
  const { dir, options, connections: recorded } = record as ConnectionsRecord;
  const lines = focused(connectionsOf(objectsOf(folder, dir)), options);
  return difference(normalized(recorded), normalized(lines));
};

interface DiffRecord {
  readonly dir1: string;
  readonly dir2: string;
  readonly changes: readonly (Change & { readonly src: string; readonly dst: string })[];
}

const diff: CaseRunner = (record, folder) => {
  const { dir1, dir2, changes } = record as DiffRecord;
  const recorded = changes.map(({ src, dst, ...change }) => ({ src, dst, conns: changeText(change) }));
  return difference(normalized(recorded), normalized(changesOf(objectsOf(folder, dir1), objectsOf(folder, dir2))));
};

/** Whether the API server refuses what a policy says, or a second policy of one name. */
const invalid: CaseRunner = (record, folder) => {
  const policies = ofKind<NetworkPolicy>(objectsOf(folder, (record as { readonly dir: string }).dir), 'NetworkPolicy');
  const names = new Set(policies.map(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}`));
  const refused = policies.some((policy) => {
    const decoded = decode({ ...policy, metadata: { namespace: 'default', ...policy.metadata } });
    return !decoded.ok || validateCreate(applyDefaults(decoded.value)).some(({ field }) => field.startsWith('spec'));
  });
  return refused || names.size < policies.length ? [] : ['recorded a refusal, got none'];
};

export const suite: Suite = { families: { connlist: connections, diff, focus: connections, invalid, 'netpol-points': points } };
