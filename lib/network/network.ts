import { toHost, toPod, toService } from './destination.js';
import { type Path, pathOf } from './path.js';
import { originOf } from './sender.js';
import type { Client, NetworkOptions, NetworkView, Target } from './view.js';
import { createWiring } from './wiring.js';

/** Answers for a cluster at one moment who reaches whom, and by which way. */
export interface Network {
  /** Traces one connection, hop by hop. */
  connect(client: Client, target: Target): Path;
}

/**
 * The network of a cluster, from its objects alone: cluster DNS, Services as kube-proxy routes them, NetworkPolicies
 * and Ingresses. Building it costs as much as there are objects; a connection at most the policies of both namespaces.
 */
export const createNetwork = (view: NetworkView, options: NetworkOptions = {}): Network => {
  const wiring = createWiring(view, options);
  return {
    connect: (client, target) => {
      const { sender, hop } = originOf(wiring, client);
      if (hop.outcome === 'blocked') return pathOf([hop]);
      if ('service' in target) return toService(wiring, [hop], sender, target.service, target.port, target.protocol);
      if ('pod' in target) return toPod(wiring, [hop], sender, target.pod, target.port, target.protocol);
      return toHost(wiring, [hop], sender, target);
    },
  };
};
