import type { Ingress } from '../api/generated/types.js';
import { type Admitted, refOf } from '../api/object.js';
import type { Forwarded, Request } from './forwarded.js';
import { isGatewayKind } from './gateway-api.js';
import { matchGateway, proxyOf } from './gateway-hop.js';
import { controllerOf } from './ingress-controller.js';
import { matchIngress, throughIngress } from './ingress-hop.js';
import type { Origin } from './sender.js';
import type { Wiring } from './wiring.js';

/**
 * The Ingress or Gateway that takes a request from outside; undefined when none is for its host. Where both are, the one that names the host;
 * which of them is asked is decided by the address that the name has outside. With `named`, only those that name the host.
 */
export const frontDoor = (wiring: Wiring, request: Request, named: boolean): Forwarded | undefined => {
  const ingress = matchIngress(wiring, request.host, request.path);
  const gateway = matchGateway(wiring, request);
  if (named && ingress?.named !== true && !(gateway !== undefined && gateway.closeness > 0)) return undefined;
  if (gateway !== undefined && (ingress === undefined || (!ingress.named && gateway.closeness > 0))) return gateway.forward();
  return ingress && throughIngress(wiring, ingress);
};

/** The program that serves an Ingress or a Gateway, as a client. */
export const proxyOrigin = (wiring: Wiring, object: Admitted): Origin => {
  const sender = isGatewayKind(object, 'Gateway') ? proxyOf(wiring, object) : controllerOf(wiring, object as Admitted<Ingress>);
  return {
    sender,
    hop: {
      at: 'client',
      outcome: sender.pod === undefined ? 'assumed' : 'passed',
      text: sender.text,
      object: sender.pod && refOf(sender.pod),
    },
  };
};
