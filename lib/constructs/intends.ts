import type { IConstruct } from 'constructs';
import type { NodePool } from '../cluster/config.js';
import { poolsOf } from '../cluster/nodes.js';
import type { Intent } from '../verify/intent.js';
import { App } from './app.js';
import { declareIntent } from './declarations.js';
import { type DestinationLike, destination } from './destination.js';
import { type EntranceLike, entrance, outsideAddress } from './entrance.js';
import { listed, PlimsollError } from './error.js';
import { type Client, intentClient, serverRef, workloadRef } from './intent-subject.js';
import { type Topology, topologyKey } from './pod/topology.js';
import { provenanceOfCall } from './provenance.js';
import type { Labels } from './target.js';

/** Ports that an intent is about; default: all that the Pods declare, or all there are where they declare none. */
interface OfPorts<Ports extends string | number> {
  readonly ports: readonly Ports[];
}

/**
 * What the author wants to be true of those who are connected to: a Service, or the Pods of a workload. Verified at every synth, never in the
 * YAML. `Ports`: names of the ports.
 */
export interface ServerIntends<Ports extends string | number = string | number> {
  /**
   * Nobody else connects: no other Pod of the cluster, and nobody outside unless a `cidr(...)` is among the clients. Replicas count as others
   * too, unless the workload itself is named. (That the clients do connect is for `reaches` to say; a node always reaches its own Pods.)
   *
   * @example
   * db.intends.onlyReachedBy(api);
   * pg.intends.onlyReachedBy(api, inNamespace('monitoring'), { ports: ['pg'] });
   *
   * @throws PlimsollError for a client that makes no connections, or a port that is not declared.
   */
  onlyReachedBy(...clients: readonly Client[]): this;
  onlyReachedBy(...clients: readonly [...(readonly Client[]), OfPorts<Ports>]): this;
  /**
   * A client outside the cluster gets here: by a port of every node (with `externalTrafficPolicy: Local` of those that run one of the Pods), by a
   * host and path of an Ingress or an HTTPRoute, or by a load balancer. `from` is the client's address; default: somewhere in the internet. That
   * the provider makes the load balancer, and that a controller serves the Ingress, is assumed.
   *
   * @example
   * front.intends.exposedAt({ host: 'shop.example.com', path: '/api' }).exposedAt('loadBalancer', { from: '198.51.100.7' });
   */
  exposedAt(at: EntranceLike, options?: { readonly from?: string | undefined }): this;
}

/** What the author wants to be true of a workload. Verified at every synth, never in the YAML. */
export interface Intends<Ports extends string | number = string | number> extends ServerIntends<Ports> {
  /** Every Pod of the workload can connect to it. */
  reaches(...to: readonly DestinationLike[]): this;
  /** No Pod of the workload can connect to it. */
  mustNotReach(...to: readonly DestinationLike[]): this;
  /**
   * Nobody connects to the Pods, and they to nobody: policies allow nothing in either direction, not even between replicas. With `dns` they may
   * ask the cluster DNS.
   *
   * @example
   * pod.intends.isolated({ dns: true });
   */
  isolated(options?: { readonly dns?: boolean | undefined }): this;
  /**
   * Every replica has a node, and `more` of them would find one (placed for trial, by the same scheduler; nobody is evicted for them).
   *
   * @example
   * api.intends.fits({ more: 2 });
   */
  fits(options?: { readonly more?: number | undefined }): this;
  /**
   * Every Pod of the workload runs on nodes with these labels, or on nodes of a pool.
   *
   * @example
   * pg.intends.runsOn({ disktype: 'ssd' });
   *
   * @throws PlimsollError for a pool that the App's cluster does not have.
   */
  runsOn(nodes: Labels | NodePool | string): this;
  /**
   * The Pods run in at least so many zones, on so many nodes, or on nodes with so many values of a label. Where nothing requires it, it is an
   * assumption.
   *
   * @example
   * api.intends.spreadsOver('zone', { atLeast: 2 });
   */
  spreadsOver(topology: Topology, options: { readonly atLeast: number }): this;
  /**
   * None of the Pods is on a node with a Pod of the other workloads; with a Pod of its own, where the workload names itself. Where nothing keeps
   * them apart, it is an assumption.
   *
   * @example
   * pg.intends.neverSharesNodeWith(api, pg);
   */
  neverSharesNodeWith(...others: readonly IConstruct[]): this;
  /**
   * No Pod of the workload is evicted to make room for one of higher priority. Where Pods of higher priority may come to the same nodes but found
   * room, it is an assumption.
   */
  isNotPreempted(): this;
}

const wholeNumber = (at: IConstruct, field: string, value: number, least: number): number => {
  if (Number.isInteger(value) && value >= least) return value;
  throw new PlimsollError(at, `${field} is ${value}; write a whole number, ${least} or more`);
};

const isPool = (nodes: Labels | NodePool): nodes is NodePool => typeof nodes.count === 'number';

/** Only an App says which pools there are. */
const poolNamed = (at: IConstruct, name: string): string => {
  const { root } = at.node;
  const pools = root instanceof App ? poolsOf(root.cluster) : undefined;
  if (pools?.has(name) !== false) return name;
  throw new PlimsollError(at, `the cluster has no node pool '${name}'; its pools: ${listed(pools.keys())}`);
};

/** Kinds of which nobody can have more Pods by wanting more replicas. */
const unscalable: ReadonlySet<string> = new Set(['DaemonSet', 'CronJob']);

const isOptions = <Ports extends string | number>(last: Client | OfPorts<Ports> | undefined): last is OfPorts<Ports> =>
  last !== undefined && 'ports' in last && !('node' in last) && !('labels' in last);

/**
 * The intents of a workload or Service, whose ports are looked up by `portNamed`: it throws for one that is not declared, and answers with its
 * name in the YAML.
 */
export const intendsOf = <Ports extends string | number>(
  construct: IConstruct,
  portNamed: (port: Ports) => string | number,
): Intends<Ports> => {
  type Body = Intent extends infer Each ? (Each extends Intent ? Omit<Each, 'provenance'> : never) : never;
  const declare = (...intents: readonly Body[]): Intends<Ports> => {
    const provenance = provenanceOfCall(construct);
    for (const intent of intents) declareIntent(construct, { ...intent, provenance } as Intent);
    return self;
  };
  const self: Intends<Ports> = {
    reaches: (...to) => {
      const from = workloadRef(construct);
      return declare(...to.map((each) => ({ kind: 'reaches' as const, from, to: destination(construct, each) })));
    },
    mustNotReach: (...to) => {
      const from = workloadRef(construct);
      return declare(...to.map((each) => ({ kind: 'mustNotReach' as const, from, to: destination(construct, each) })));
    },
    onlyReachedBy: (...args: readonly (Client | OfPorts<Ports>)[]) => {
      const last = args.at(-1);
      const ports = isOptions(last) ? last.ports.map(portNamed) : undefined;
      const clients = args.flatMap((each) => (isOptions(each) ? [] : [intentClient(construct, each)]));
      return declare({ kind: 'onlyReachedBy', of: serverRef(construct), clients, ports });
    },
    isolated: ({ dns = false } = {}) => declare({ kind: 'isolated', workload: workloadRef(construct), dns }),
    exposedAt: (at, { from } = {}) =>
      declare({
        kind: 'exposedAt',
        of: serverRef(construct),
        at: entrance(construct, at),
        from: from === undefined ? undefined : outsideAddress(construct, from),
      }),
    fits: ({ more = 0 } = {}) => {
      const workload = workloadRef(construct);
      if (more !== 0 && unscalable.has(workload.kind))
        throw new PlimsollError(construct, `a ${workload.kind} has no replicas to have more of; write fits()`);
      return declare({ kind: 'fits', workload, more: wholeNumber(construct, 'more', more, 0) });
    },
    runsOn: (nodes) => {
      const workload = workloadRef(construct);
      if (typeof nodes === 'string') return declare({ kind: 'runsOn', workload, pool: poolNamed(construct, nodes) });
      if (isPool(nodes)) return declare({ kind: 'runsOn', workload, pool: poolNamed(construct, nodes.name) });
      return declare({ kind: 'runsOn', workload, labels: nodes });
    },
    spreadsOver: (topology, { atLeast }) =>
      declare({
        kind: 'spreadsOver',
        workload: workloadRef(construct),
        topologyKey: topologyKey(topology),
        atLeast: wholeNumber(construct, 'atLeast', atLeast, 1),
      }),
    neverSharesNodeWith: (...others) => {
      const workload = workloadRef(construct);
      return declare(...others.map((other) => ({ kind: 'neverSharesNodeWith' as const, workload, other: workloadRef(other) })));
    },
    isNotPreempted: () => declare({ kind: 'isNotPreempted', workload: workloadRef(construct) }),
  };
  return self;
};

/**
 * The intents of a workload or Service of any library; those of this one have them as `intends`.
 *
 * @example
 * intends(kplusDeployment).reaches(db.at('pg')).mustNotReach('https://example.com').fits({ more: 1 });
 *
 * @throws PlimsollError by its methods, when the construct is neither (and for intents of workloads, when it is a Service).
 */
export const intends = (construct: IConstruct): Intends => intendsOf<string | number>(construct, (port) => port);
