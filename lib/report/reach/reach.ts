import type { ObjectRef } from '../../api/object.js';
import { type Hop, isAssumed, type Path } from '../../network/path.js';
import type { Fix } from '../../verify/finding.js';
import { wayThrough } from '../../verify/way-through.js';
import type { MapSubject } from '../map/map.js';
import { type From, fromOf, type To, toOf } from './ends.js';

export { UnknownName } from './named.js';

/** One step of a connection, in the order in which they happen. */
export interface ReachHop {
  readonly at: Hop['at'];
  readonly outcome: Hop['outcome'];
  readonly text: string;
  /** The object that decides it. */
  readonly object?: ObjectRef;
}

/** What becomes of a connection to one port. */
export interface ReachAnswer {
  readonly from: string;
  readonly to: string;
  /** `assumed`: it arrives as far as it is known; `partly`: from some clients, or at some endpoints, it does not. */
  readonly outcome: 'arrives' | 'assumed' | 'partly' | 'blocked';
  /** Pods (on different nodes) that were asked, and those of them that arrive. */
  readonly clients: number;
  readonly arriving: number;
  /** Of the first client that does not arrive, or of the first. */
  readonly hops: readonly ReachHop[];
  /** The first hop that breaks. */
  readonly blockedAt?: ReachHop;
  /** The smallest change after which it arrives; `verified` if that was tried. */
  readonly fix?: Fix;
}

/** The answer to one question, version 1. Within a version fields are only ever added. */
export interface ReachReport {
  readonly version: 1;
  /** Whether every port that was asked for is reached. */
  readonly reached: boolean;
  readonly answers: readonly ReachAnswer[];
}

const plain = ({ at, outcome, text, object }: Hop): ReachHop => ({
  at,
  outcome,
  text,
  ...(object === undefined ? {} : { object }),
});

const outcomeOf = (paths: readonly Path[], shown: Path): ReachAnswer['outcome'] => {
  const arriving = paths.filter(({ arrives }) => arrives).length;
  if (arriving < paths.length) return arriving > 0 || shown.partly === true ? 'partly' : 'blocked';
  return isAssumed(shown) ? 'assumed' : 'arrives';
};

/** What to do where no policy of the cluster is to blame. */
const adviceFor = ({ blockedAt }: Path, from: From): Fix | undefined => {
  if (blockedAt?.text.includes('inside the cluster only') !== true && blockedAt?.text.includes('no address outside') !== true)
    return undefined;
  return from.workload === undefined
    ? { text: 'open it to the outside: a Service of type LoadBalancer or NodePort, or an Ingress', verified: false }
    : undefined;
};

const fixFor = ({ input }: MapSubject, from: From, { destination }: To, path: Path): Fix | undefined => {
  if (from.workload === undefined || destination === undefined || input === undefined) return adviceFor(path, from);
  return wayThrough(input, { from: from.workload, to: destination, path });
};

const answerOf = (subject: MapSubject, from: From, to: To): ReachAnswer => {
  const paths = from.clients.map((client) => subject.network.connect(client, to.target));
  const shown = paths.find(({ arrives }) => !arrives) ?? paths[0] ?? { arrives: false, hops: [] };
  const outcome = outcomeOf(paths, shown);
  const fix = shown.arrives ? undefined : fixFor(subject, from, to, shown);
  return {
    from: from.text,
    to: to.text,
    outcome,
    clients: paths.length,
    arriving: paths.filter(({ arrives }) => arrives).length,
    hops: shown.hops.map(plain),
    ...(shown.blockedAt === undefined ? {} : { blockedAt: plain(shown.blockedAt) }),
    ...(fix === undefined ? {} : { fix }),
  };
};

/**
 * Whether one reaches another, hop by hop.
 *
 * @throws UnknownName for a name that names nothing, or several things.
 */
export const reachReport = (subject: MapSubject, from: string, to: string): ReachReport => {
  const { cluster } = subject;
  const client = fromOf(cluster, from);
  const answers = toOf(cluster, to, client).map((each) => answerOf(subject, client, each));
  return { version: 1, reached: answers.every(({ outcome }) => outcome === 'arrives' || outcome === 'assumed'), answers };
};
