import { refText } from '../../api/object.js';
import type { Hop } from '../../network/path.js';
import type { Evidence } from '../finding.js';
import type { Candidate, Connection, Draft, DryRun, Rule } from '../rule.js';
import { otherDestination } from './connection-destinations.js';
import { destinationText, serverOf, waysThrough } from './connection-fixes.js';

export const evidenceOf = (hops: readonly Hop[]): readonly Evidence[] =>
  hops.map(({ at, outcome, text: what, object }) => ({ kind: 'hop', at, outcome, text: what, object }));

/** The call or intent, as it is written. */
const saidText = ({ to, must, container }: Connection): string => {
  const word = must === 'not arrive' ? 'mustNotReach' : container === undefined ? 'reaches' : 'calls';
  return `${word}(${destinationText(to)})`;
};

const blockedDraft = (run: DryRun, connection: Connection, hop: Hop): Draft => {
  const { from, to, path, container, provenance } = connection;
  const dns = hop.at === 'dns' && hop.object !== undefined && hop.object.kind !== 'Service';
  const who = `${container === undefined ? '' : `container ${container} of `}${refText(from)}`;
  const instead = otherDestination(run, connection);
  const moved: readonly Candidate[] =
    instead === undefined
      ? []
      : [{ text: `write ${destinationText(instead)} instead of ${destinationText(to)}`, change: { destination: to, instead } }];
  return {
    code: dns ? 'network/dns-blocked' : 'network/unreachable',
    severity: 'error',
    object: from,
    source: provenance.source,
    intent: saidText(connection),
    message: dns
      ? `${who} cannot ask the cluster DNS, so it never reaches ${destinationText(to)}`
      : `${who} does not reach ${destinationText(to)}: ${hop.text}`,
    evidence: evidenceOf(path.hops),
    fixes: [...moved, ...waysThrough(run, connection)],
  };
};

/**
 * What a connection that arrives relies on beyond the cluster: one assumption, about the hop where it leaves what is known. (That processes
 * listen is assumed of all containers, and said once.)
 */
const assumedDrafts = ({ from, to, path, provenance }: Connection): readonly Draft[] => {
  const hop = path.hops.findLast(({ at, outcome }) => outcome === 'assumed' && at !== 'container');
  if (hop === undefined) return [];
  const message = `${refText(from)} reaches ${destinationText(to)}: ${hop.text}`;
  return [{ code: 'assumption/outside', severity: 'assumption', object: from, source: provenance.source, message }];
};

/** Declared calls and intents about connections. What follows from a fault that was already named is not said again. */
export const connectionsRule: Rule = (run) =>
  run.connections.flatMap((connection): readonly Draft[] => {
    const { from, to, must, path, provenance } = connection;
    if (must === 'not arrive') {
      if (!path.arrives && path.partly !== true) return [];
      return [
        {
          code: 'network/reachable',
          severity: 'error',
          object: from,
          source: provenance.source,
          intent: saidText(connection),
          message: `${refText(from)} must not reach ${destinationText(to)}, and does`,
          evidence: evidenceOf(path.hops),
          fixes: [{ text: `protect ${destinationText(to)} with a NetworkPolicy that allows only those who may connect` }],
        },
      ];
    }
    const hop = path.blockedAt;
    if (hop === undefined) return assumedDrafts(connection);
    const server = serverOf(run, connection);
    const consequence = hop.at === 'ready' || hop.at === 'endpoint' || hop.at === 'service';
    if (consequence && ((server !== undefined && run.blamed(server)) || (to.kind === 'object' && run.blamed(to.object))))
      return [];
    return [blockedDraft(run, connection, hop)];
  });
