import type { Ingress } from '../api/generated/types.js';
import { type Admitted, refOf, refText } from '../api/object.js';
import type { Forwarded } from './forwarded.js';
import { type IngressMatch, ingressClassOf } from './ingress.js';
import { controllerOf } from './ingress-controller.js';
import type { Hop } from './path.js';
import type { Wiring } from './wiring.js';

/** Why no controller serves an Ingress, as far as the cluster says which there are. */
const unserved = ({ view, options }: Wiring, ingress: Ingress): string | undefined => {
  const controller = options.ingressController;
  const className = ingressClassOf(ingress);
  if (controller === undefined || className === undefined || className === controller.ingressClass) return undefined;
  // Another class that the cluster has is some other controller's.
  if (view.ingressClasses?.some(({ metadata }) => metadata.name === className)) return undefined;
  return `no controller serves ingressClassName ${className}, only ${controller.ingressClass} is served`;
};

/** The Ingress that takes a request for a host; that of the declared controller's class before others. */
export const matchIngress = (wiring: Wiring, host: string, path: string): IngressMatch | undefined =>
  wiring.router.match(host, path, wiring.options.ingressController?.ingressClass) ?? wiring.router.match(host, path);

/** Where the controller of an Ingress sends a request on to. */
export const throughIngress = (wiring: Wiring, { ingress, backend, rule, doubt }: IngressMatch): Forwarded => {
  const object = refOf(ingress);
  const name = `${refText(object)} ${rule}`;
  const blocked = (text: string): Forwarded => ({ hops: [{ at: 'ingress', outcome: 'blocked', text, object }], to: [] });
  const why = unserved(wiring, ingress);
  if (why !== undefined) return blocked(`${name}: ${why}`);
  if (backend.service === undefined) {
    const { kind = '', name: resource = '' } = backend.resource ?? {};
    const text = `${name} leads to ${kind} ${resource}; that it serves is assumed`;
    return { hops: [{ at: 'ingress', outcome: 'assumed', text, object }], to: [] };
  }
  const key = `${ingress.metadata.namespace}/${backend.service.name}`;
  const port = backend.service.port?.number ?? backend.service.port?.name;
  const text = `${name} -> Service ${key} port ${port ?? ''}`;
  const service = wiring.serviceNamed(key);
  if (service === undefined) return blocked(`${text}: there is no such Service`);
  const sender = controllerOf(wiring, ingress);
  const hop: Hop = isServed(wiring, ingress, sender.pod)
    ? { at: 'ingress', outcome: doubt === undefined ? 'passed' : 'assumed', text: `${text}, by ${sender.text}`, object }
    : { at: 'ingress', outcome: 'assumed', text: `${text}; that a controller serves it is assumed`, object };
  return { hops: [doubt === undefined ? hop : { ...hop, text: `${hop.text}; ${doubt}` }], to: [{ service, port, sender }] };
};

/** Declared, or its Pods are in the cluster. */
const isServed = ({ options }: Wiring, ingress: Ingress, pod: Admitted | undefined): boolean => {
  const className = ingressClassOf(ingress);
  const declared = options.ingressController;
  return pod !== undefined || (declared !== undefined && (className === undefined || className === declared.ingressClass));
};
