import { Snapshots } from 'vitest';
import type { Node } from '../api/generated/types.js';
import { type Admitted, refText } from '../api/object.js';
import { topologyKey } from '../constructs/pod/topology.js';
import type { Path } from '../network/path.js';
import { evidenceText } from '../report/evidence.js';
import { DryRun, type Workload } from './dry-run.js';
import { isManifestSource, manifestText } from './manifests.js';
import { destinationText, type Reachable } from './reachable.js';
import { traceTo } from './trace-to.js';

interface Result {
  readonly pass: boolean;
  readonly message: () => string;
}

const isWorkload = (value: unknown): value is Workload =>
  typeof value === 'object' && value !== null && 'ref' in value && 'pods' in value && 'run' in value;

/** Wrong use of a matcher is said as such, whatever `.not` says. */
const workloadOf = (received: unknown, matcher: string): Workload => {
  if (!isWorkload(received)) throw new TypeError(`${matcher} takes a workload: expect(run.workload('web/api')).${matcher}(...)`);
  return received;
};

const nodesOf = ({ pods, run }: Workload): readonly (Admitted<Node> | undefined)[] => {
  const nodes = new Map(run.verification.cluster.list('Node').map((node) => [node.metadata.name, node]));
  return pods.map(({ spec }) => nodes.get(spec?.nodeName ?? ''));
};

const places = ({ pods }: Workload): string =>
  pods.map(({ metadata, spec }) => `${metadata.name} on ${spec?.nodeName ?? 'no node'}`).join(', ') || 'it has no Pods';

/** The way hop by hop, and what ends it. */
const pathText = ({ hops, blockedAt }: Path): string => {
  const lines = hops.map(({ at, outcome, text, object }) => `  ${evidenceText({ kind: 'hop', at, outcome, text, object })}`);
  const by = blockedAt?.object === undefined ? [] : [`blocked by ${refText(blockedAt.object)}`];
  return [...lines, ...by].join('\n');
};

const snapshotMatcher = function (this: unknown, received: unknown, options: { readonly shallow?: boolean } = {}): Result {
  if (!isManifestSource(received)) throw new TypeError('toMatchManifests takes an App, a Chart, another construct, or manifests');
  const call = Snapshots.toMatchSnapshot as unknown as { call(context: unknown, received: string): Result };
  return call.call(this, manifestText(received, options));
};

/** The matchers of `plimsoll/testing`; importing it registers them. */
export const matchers = {
  toMatchManifests: snapshotMatcher,

  toBeAccepted(received: unknown): Result {
    if (!(received instanceof DryRun)) throw new TypeError('toBeAccepted takes a dry run: expect(dryRun(app)).toBeAccepted()');
    const pass = received.verification.accepted;
    return {
      pass,
      message: () =>
        pass
          ? 'the cluster accepts the manifests, and should not'
          : `the cluster does not accept the manifests:\n\n${received.report}`,
    };
  },

  toBePlacedOn(received: unknown, expected: string | readonly string[] | RegExp | Readonly<Record<string, string>>): Result {
    const workload = workloadOf(received, 'toBePlacedOn');
    const matches = (node: Admitted<Node> | undefined): boolean => {
      if (node === undefined) return false;
      if (typeof expected === 'string') return node.metadata.name === expected;
      if (expected instanceof RegExp) return expected.test(node.metadata.name);
      if (Array.isArray(expected)) return expected.includes(node.metadata.name);
      return Object.entries(expected).every(([key, value]) => node.metadata.labels?.[key] === value);
    };
    const nodes = nodesOf(workload);
    const pass = nodes.length > 0 && nodes.every(matches);
    const wanted = expected instanceof RegExp ? String(expected) : JSON.stringify(expected);
    return {
      pass,
      message: () => `${refText(workload.ref)} ${pass ? 'runs' : 'does not run'} on ${wanted}: ${places(workload)}`,
    };
  },

  toSpreadOver(received: unknown, topology: string, atLeast: number): Result {
    const workload = workloadOf(received, 'toSpreadOver');
    const key = topologyKey(topology);
    const domains = new Set(nodesOf(workload).flatMap((node) => node?.metadata.labels?.[key] ?? []));
    const pass = domains.size >= atLeast;
    return {
      pass,
      message: () =>
        `${refText(workload.ref)} runs in ${domains.size} of at least ${atLeast} domains of ${key} (${[...domains].sort().join(', ') || 'none'}): ${places(workload)}`,
    };
  },

  toReach(this: { readonly isNot: boolean }, received: unknown, destination: Reachable, port?: number | string): Result {
    const workload = workloadOf(received, 'toReach');
    const path = traceTo(workload, destination, port);
    // What arrives at some endpoints only neither holds for `toReach` nor for its contrary.
    const pass = path.arrives || (this.isNot && path.partly === true);
    const does = path.arrives ? 'reaches' : path.partly === true ? 'does not always reach' : 'does not reach';
    return {
      pass,
      message: () => `${refText(workload.ref)} ${does} ${destinationText(destination, port)}:\n${pathText(path)}`,
    };
  },
};
