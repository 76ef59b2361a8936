import type { Pod, Service } from '../api/generated/types.js';
import { type Admitted, type ObjectRef, refKey } from '../api/object.js';
import type { Target } from '../network/view.js';
import type { Destination } from './intent.js';
import type { Connection, DryRun } from './rule.js';

/** One Pod for each set of labels and namespace: equal Pods connect equally, but for the node they run on. */
const representatives = (pods: readonly Admitted<Pod>[]): readonly Admitted<Pod>[] => {
  const [first] = pods;
  return first === undefined ? [] : [pods.find(({ status }) => status?.phase === 'Running') ?? first];
};

/** What to connect to: an object of the cluster that the destination names, or a host. */
export const targetOf = ({ cluster }: Pick<DryRun, 'cluster'>, to: Destination): Target | undefined => {
  if (to.kind === 'host') return { host: to.host, port: to.port, protocol: to.protocol };
  const { object, port, protocol } = to;
  if (object.kind === 'Service') {
    const service = cluster.get(object) as Admitted<Service> | undefined;
    return service === undefined ? undefined : { service, port, protocol };
  }
  const [pod] = representatives(cluster.podsOf(object));
  return pod === undefined ? undefined : { pod, port, protocol };
};

const nowhere = (text: string, object: ObjectRef) => {
  const hop = { at: 'endpoint', outcome: 'blocked', text, object } as const;
  return { arrives: false, hops: [hop], blockedAt: hop };
};

/** Every connection that the author speaks of, traced from a Pod of the client. */
export const connectionsOf = (run: Pick<DryRun, 'cluster' | 'network' | 'input'>): readonly Connection[] => {
  const spoken: readonly Omit<Connection, 'path'>[] = [
    ...(run.input.calls ?? []).map(({ from, container, to, provenance }) => ({
      from,
      container,
      to,
      provenance,
      must: 'arrive' as const,
    })),
    ...(run.input.intents ?? []).flatMap((intent) =>
      intent.kind === 'reaches' || intent.kind === 'mustNotReach'
        ? [
            {
              from: intent.from,
              to: intent.to,
              provenance: intent.provenance,
              must: intent.kind === 'reaches' ? ('arrive' as const) : ('not arrive' as const),
            },
          ]
        : [],
    ),
  ];
  const clients = new Map<string, readonly Admitted<Pod>[]>();
  return spoken.flatMap((connection): readonly Connection[] => {
    const key = refKey(connection.from);
    const pods = clients.get(key) ?? representatives(run.cluster.podsOf(connection.from));
    clients.set(key, pods);
    const target = targetOf(run, connection.to);
    // A client without Pods makes no call; why it has none is said where it is so.
    return pods.map((pod) => ({
      ...connection,
      path:
        target === undefined && connection.to.kind === 'object'
          ? nowhere(
              `${connection.to.object.kind} ${connection.to.object.namespace ?? ''}/${connection.to.object.name} has no Pods`,
              connection.to.object,
            )
          : run.network.connect({ pod }, target ?? { host: '', port: 0 }),
    }));
  });
};
