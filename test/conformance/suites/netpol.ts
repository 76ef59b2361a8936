import { decode } from '../../../lib/api/decode.js';
import { applyDefaults } from '../../../lib/api/default/index.js';
import type { Namespace, NetworkPolicy, Pod } from '../../../lib/api/generated/types.js';
import type { KubeObject } from '../../../lib/api/object.js';
import { validateCreate } from '../../../lib/api/validate/index.js';
import { parseAddress } from '../../../lib/network/address.js';
import type { AdminPolicy } from '../../../lib/network/policy/admin.js';
import { adminFaults, samePriority } from '../../../lib/network/policy/admin-faults.js';
import { type End, namespaceLabels, podEnd } from '../../../lib/network/policy/end.js';
import { createPolicies, type Policies } from '../../../lib/network/policy/policies.js';
import { portSetText } from '../../../lib/network/policy/port-set.js';
import { protocolOf } from '../../../lib/network/protocol.js';
import { differences } from '../compare.js';
import { defaultPair, type ExplainOptions, explanationLine, explanationsOf, type PairExplanation } from '../netpol-explain.js';
import { type ExposureLists, exposureLines, exposuresOf } from '../netpol-exposure.js';
import {
  type Change,
  changesOf,
  changeText,
  connectionsOf,
  type Directory,
  directoryOf,
  type Focus,
  focusPorts,
  isInFocus,
  type Line,
  normalized,
  ofKind,
} from '../netpol-peers.js';
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

/** As the API server reads objects: a field that is null is not there. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutNulls(each)]));
};

const objectsOf = (folder: SuiteFolder, dir: string): readonly KubeObject[] => {
  const inDir = (record: unknown): boolean => (record as { readonly dir: string }).dir === dir;
  const found = folder.records('manifests').find(inDir) ?? folder.records('anp-manifests').find(inDir);
  const objects = (found as { readonly objects: readonly KubeObject[] } | undefined)?.objects ?? [];
  return objects.map((object) => withoutNulls(object) as KubeObject);
};

const difference = (recorded: readonly string[], got: readonly string[]): readonly string[] => {
  const [expected, actual] = [new Set(recorded), new Set(got)];
  return [
    ...recorded.filter((line) => !actual.has(line)).map((line) => `missing: ${line}`),
    ...got.filter((line) => !expected.has(line)).map((line) => `not recorded: ${line}`),
  ];
};

/** A recorded connection; with several networks the one that it goes through. */
type RecordedLine = Line & { readonly network?: string };

const podNetwork = 'Pod network';

const recordedLines = (lines: readonly RecordedLine[]): readonly Line[] =>
  lines.map(({ src, dst, conns, network = podNetwork }) => ({
    src,
    dst,
    conns: network === podNetwork ? conns : `${network}: ${conns}`,
  }));

interface ConnectionsRecord {
  readonly dir: string;
  readonly options: Focus;
  readonly connections: readonly RecordedLine[];
}

const focusedLines = (directory: Directory, options: Focus): readonly Line[] => {
  const conns = portSetText(focusPorts(options));
  return connectionsOf(directory, focusPorts(options))
    .filter(({ src, dst }) => isInFocus(src, dst, options))
    .filter((line) => options.focusConn === undefined || line.conns === conns);
};

const connections: CaseRunner = (record, folder) => {
  const { dir, options, connections: recorded } = record as ConnectionsRecord;
  return difference(normalized(recordedLines(recorded)), normalized(focusedLines(directoryOf(objectsOf(folder, dir)), options)));
};

interface ExposureRecord extends ConnectionsRecord {
  readonly exposure: ExposureLists;
}

const exposure: CaseRunner = (record, folder) => {
  const { dir, options, connections: recorded, exposure: lists } = record as ExposureRecord;
  const directory = directoryOf(objectsOf(folder, dir));
  const lines = focusedLines(directory, options);
  return [
    ...difference(normalized(recordedLines(recorded)), normalized(lines)),
    ...difference(normalized(exposureLines(lists)), normalized(exposureLines(exposuresOf(directory, lines, options)))),
  ];
};

interface ExplainRecord {
  readonly dir: string;
  readonly options: ExplainOptions;
  readonly explanations: readonly PairExplanation[];
  readonly systemDefaultAllowed: readonly { readonly src: string; readonly dst: string }[];
}

const explain: CaseRunner = (record, folder) => {
  const { dir, options, explanations, systemDefaultAllowed } = record as ExplainRecord;
  const recorded = [...explanations, ...systemDefaultAllowed.map(({ src, dst }) => defaultPair(src, dst))];
  const found = explanationsOf(directoryOf(objectsOf(folder, dir)), options);
  return difference(normalized(recorded.map(explanationLine)), normalized(found.map(explanationLine)));
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

const keyOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace ?? 'default'}/${metadata.name}`;

/** Whether the API server refuses what a policy says, or policies do not go together. */
const invalid: CaseRunner = (record, folder) => {
  const objects = objectsOf(folder, (record as { readonly dir: string }).dir);
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  const admin = objects.filter(({ kind }) => kind.endsWith('AdminNetworkPolicy')) as readonly AdminPolicy[];
  const names = new Set([...policies, ...admin].map(keyOf));
  const refused = policies.some((policy) => {
    const decoded = decode({ ...policy, metadata: { namespace: 'default', ...policy.metadata } });
    return !decoded.ok || validateCreate(applyDefaults(decoded.value)).some(({ field }) => field.startsWith('spec'));
  });
  const faulty = admin.some((policy) => adminFaults(policy).length > 0) || samePriority(admin).length > 0;
  return refused || faulty || names.size < policies.length + admin.length ? [] : ['recorded a refusal, got none'];
};

const modes: Readonly<Record<string, CaseRunner>> = { connlist: connections, exposure, explain, diff, invalid };

/** Records of all modes for directories with more than NetworkPolicies; only admin policies are answered for. */
const anp: CaseRunner = (record, folder) => {
  const { mode } = record as { readonly mode: string };
  return modes[mode]?.(record, folder) ?? [`there is no mode ${mode}`];
};

export const suite: Suite = {
  families: { anp, connlist: connections, diff, explain, exposure, focus: connections, invalid, 'netpol-points': points },
};
