import type { Admitted, ObjectRef } from '../api/object.js';
import { toHost, toPod, toService } from './destination.js';
import { proxyOrigin } from './front-door.js';
import type { GatewayRoutes } from './gateway-routes.js';
import { type Path, pathOf } from './path.js';
import { originOf } from './sender.js';
import type { Client, NetworkOptions, NetworkView, Target } from './view.js';
import { createWiring, type Wiring } from './wiring.js';

/** Answers for a cluster at one moment who reaches whom, and by which way. */
export interface Network {
  /** What it was made from. */
  readonly view: NetworkView;
  /** Which routes of the Gateway API are attached where, and which are not. */
  readonly gateways: GatewayRoutes;
  /** The Pod that serves an Ingress or a Gateway, where it is known. */
  proxyOf(object: Admitted): ObjectRef | undefined;
  /** Traces one connection, hop by hop. */
  connect(client: Client, target: Target): Path;
}

/**
 * The network of a cluster, from its objects alone: cluster DNS, Services as kube-proxy routes them, NetworkPolicies
 * and Ingresses. Building it costs as much as there are objects, and is done for the first question; a connection costs at most the policies of
 * both namespaces.
 */
export const createNetwork = (view: NetworkView, options: NetworkOptions = {}): Network => {
  let made: Wiring | undefined;
  const wired = (): Wiring => {
    made ??= createWiring(view, options);
    return made;
  };
  return {
    view,
    get gateways() {
      return wired().gateways;
    },
    proxyOf: (object) => proxyOrigin(wired(), object).hop.object,
    connect: (client, target) => {
      const wiring = wired();
      const { sender, hop } = 'proxy' in client ? proxyOrigin(wiring, client.proxy) : originOf(wiring, client);
      if (hop.outcome === 'blocked') return pathOf([hop]);
      if ('service' in target) return toService(wiring, [hop], sender, target.service, target.port, target.protocol);
      if ('pod' in target) return toPod(wiring, [hop], sender, target.pod, target.port, target.protocol);
      return toHost(wiring, [hop], sender, target);
    },
  };
};
