import type { Node } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { parseAddress } from '../../network/address.js';
import type { Entrance } from '../../network/map/entrances.js';
import type { NetworkMap } from '../../network/map/map.js';
import type { Network } from '../../network/network.js';
import type { Path } from '../../network/path.js';
import type { Client, Target } from '../../network/view.js';
import type { MapEntrance } from './map.js';
import type { Place } from './places.js';

/** Someone on the internet (RFC 5737), where any address will do. */
export const someoneOutside = '198.51.100.1';

const firstOf = (block: string): string => block.split('/')[0] ?? block;

const nodeAddress = (nodes: readonly Admitted<Node>[], name: string | undefined): string | undefined => {
  const node = nodes.find(({ metadata }) => metadata.name === name) ?? nodes[0];
  return node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
};

/** A connection that shows whether the way is open. */
const trialOf = (network: Network, { target, sources = [], to, how, at }: Entrance): readonly [Client, Target] | undefined => {
  const outside = firstOf(sources.find((block) => parseAddress(firstOf(block)) !== undefined) ?? someoneOutside);
  if (how === 'hostPort' || how === 'hostNetwork') {
    const host = nodeAddress(network.view.nodes, to.sample.spec?.nodeName);
    const port = Number(at[0]?.split(':')[1]);
    return host === undefined ? undefined : [{ outside }, { host, port }];
  }
  return target && [{ outside }, target];
};

const judgementOf = (path: Path | undefined): Pick<MapEntrance, 'open' | 'why'> => {
  if (path === undefined) return { open: 'assumed', why: 'it takes any host' };
  if (path.blockedAt !== undefined && path.partly !== true) return { open: 'no', why: path.blockedAt.text };
  const doubt = path.hops.findLast(({ at, outcome }) => outcome === 'assumed' && at !== 'container');
  return doubt === undefined ? { open: 'yes' } : { open: 'assumed', why: doubt.text };
};

/** Each way in with whether a client outside gets through. */
export const entrancesOf = (network: Network, map: NetworkMap, places: readonly Place[]): readonly MapEntrance[] => {
  const byClass = new Map<number, Place[]>();
  for (const place of places) byClass.set(place.of.id, [...(byClass.get(place.of.id) ?? []), place]);
  return map.entrances().flatMap((entrance) => {
    const trial = trialOf(network, entrance);
    const judged = judgementOf(trial && network.connect(...trial));
    const { to, port, protocol, how, by, service, at, sources } = entrance;
    return (byClass.get(to.id) ?? []).map(
      (place): MapEntrance => ({
        to: place.name,
        port: `${port}/${protocol}`,
        how,
        by,
        ...(service === undefined ? {} : { service }),
        at,
        ...(sources === undefined ? {} : { sources }),
        ...judged,
      }),
    );
  });
};
