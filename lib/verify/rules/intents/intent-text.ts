import { labelSelectorText } from '../../../api/label-selector.js';
import { refText } from '../../../api/object.js';
import type { Destination, Entrance, Intent, IntentClient } from '../../intent.js';

const options = (fields: Readonly<Record<string, unknown>>): string => {
  const said = Object.entries(fields).filter(([, value]) => value !== undefined);
  return said.length === 0 ? '' : `{ ${said.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')} }`;
};

const listed = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ');

const destinationText = (to: Destination): string =>
  to.kind === 'host' ? `${to.host}:${to.port}` : `${refText(to.object)}${to.port === undefined ? '' : `:${to.port}`}`;

/** A client as people name it. */
export const clientText = (client: IntentClient): string => {
  if ('workload' in client) return refText(client.workload);
  const { ipBlock, namespaceSelector, podSelector } = client.peer;
  if (ipBlock !== undefined) return ipBlock.cidr;
  const pods = podSelector === undefined ? 'Pods' : `Pods with ${labelSelectorText(podSelector)}`;
  return namespaceSelector === undefined ? pods : `${pods} in namespaces with ${labelSelectorText(namespaceSelector)}`;
};

/** A way into the cluster as people name it. */
export const entranceText = (at: Entrance): string => {
  if ('nodePort' in at) return `port ${at.nodePort} of the nodes`;
  if ('host' in at) return `http://${at.host}${at.path ?? '/'}`;
  return at.loadBalancer === 'any' ? 'a load balancer' : `port ${at.loadBalancer} of a load balancer`;
};

const wayText = (at: Entrance): string =>
  'loadBalancer' in at && at.loadBalancer === 'any' ? '"loadBalancer"' : options({ ...at });

/** An intent as its author writes it: `spreadsOver("topology.kubernetes.io/zone", { atLeast: 2 })`. */
export const intentText = (intent: Intent): string => {
  switch (intent.kind) {
    case 'reaches':
    case 'mustNotReach':
      return `${intent.kind}(${destinationText(intent.to)})`;
    case 'runsOn':
      return `runsOn(${JSON.stringify('pool' in intent ? intent.pool : intent.labels)})`;
    case 'fits':
      return `fits(${options({ more: intent.more === 0 ? undefined : intent.more })})`;
    case 'spreadsOver':
      return `spreadsOver(${JSON.stringify(intent.topologyKey)}, ${options({ atLeast: intent.atLeast })})`;
    case 'neverSharesNodeWith':
      return `neverSharesNodeWith(${refText(intent.other)})`;
    case 'isNotPreempted':
      return 'isNotPreempted()';
    case 'onlyReachedBy':
      return `onlyReachedBy(${listed(...intent.clients.map(clientText), options({ ports: intent.ports }))})`;
    case 'isolated':
      return `isolated(${options({ dns: intent.dns ? true : undefined })})`;
    case 'exposedAt':
      return `exposedAt(${listed(wayText(intent.at), options({ from: intent.from }))})`;
  }
};
