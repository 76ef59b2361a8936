import type { Namespace, NetworkPolicy, Pod } from '../../../lib/api/generated/types.js';
import type { Admitted, KubeObject } from '../../../lib/api/object.js';
import { parseAddress } from '../../../lib/network/address.js';
import { type End, namespaceLabels, podEnd } from '../../../lib/network/policy/end.js';
import { createPolicies, type Policies } from '../../../lib/network/policy/policies.js';
import { protocolOf } from '../../../lib/network/protocol.js';
import { differences } from '../compare.js';
import type { CaseRunner, Suite } from '../suite.js';

const ofKind = <T>(objects: readonly KubeObject[], kind: string): readonly Admitted<T>[] =>
  objects.filter((object) => object.kind === kind) as unknown as readonly Admitted<T>[];

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

export const suite: Suite = { families: { 'netpol-points': points } };
