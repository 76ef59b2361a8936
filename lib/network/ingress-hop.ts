import type { Service } from '../api/generated/types.js';
import { matcherOfLabels } from '../api/label-selector.js';
import { type Admitted, refOf, refText } from '../api/object.js';
import { unknownAddress } from './party.js';
import type { Hop } from './path.js';
import { podOrigin, type Sender } from './sender.js';
import type { Wiring } from './wiring.js';

/** What an Ingress makes of a request: the hop, and where its controller sends the request on to. */
export interface Forwarded {
  readonly hop: Hop;
  readonly to?:
    | { readonly service: Admitted<Service>; readonly port: number | string | undefined; readonly sender: Sender }
    | undefined;
}

/** The controller as the source of what it sends on: its own Pod, its labels, or unknown. */
const controllerOf = (wiring: Wiring): Sender => {
  const { namespace, podLabels: labels } = wiring.options.ingressController ?? {};
  if (labels !== undefined) {
    const matches = matcherOfLabels(labels);
    const own = wiring.view.pods.find(
      ({ metadata }) => matches(metadata.labels) && (namespace === undefined || metadata.namespace === namespace),
    );
    if (own !== undefined) return podOrigin(wiring, own).sender;
  }
  const pod =
    labels === undefined || namespace === undefined
      ? undefined
      : { namespace, labels, namespaceLabels: wiring.labelsOf(namespace), spec: undefined };
  return { kind: 'node', text: 'the Ingress controller', ...unknownAddress(pod) };
};

/** Routes a request for a host by the Ingresses of the cluster; undefined when none is for it. */
export const throughIngress = (wiring: Wiring, host: string, path: string): Forwarded | undefined => {
  const controller = wiring.options.ingressController;
  const match = wiring.router.match(host, path, controller?.ingressClass) ?? wiring.router.match(host, path);
  if (match === undefined) return undefined;
  const { ingress, backend, rule } = match;
  const object = refOf(ingress);
  const name = `${refText(object)} ${rule}`;
  if (backend.service === undefined) {
    return { hop: { at: 'ingress', outcome: 'assumed', text: `${name} leads to a resource; that it serves is assumed`, object } };
  }
  const key = `${ingress.metadata.namespace}/${backend.service.name}`;
  const port = backend.service.port?.number ?? backend.service.port?.name;
  const text = `${name} -> Service ${key} port ${port ?? ''}`;
  const className = ingress.spec?.ingressClassName;
  if (controller !== undefined && className !== undefined && className !== controller.ingressClass) {
    const why = `${name}: no controller serves ingressClassName ${className}, only ${controller.ingressClass} is served`;
    return { hop: { at: 'ingress', outcome: 'blocked', text: why, object } };
  }
  const service = wiring.serviceNamed(key);
  if (service === undefined)
    return { hop: { at: 'ingress', outcome: 'blocked', text: `${text}: there is no such Service`, object } };
  const sender = controllerOf(wiring);
  const hop: Hop =
    controller === undefined
      ? { at: 'ingress', outcome: 'assumed', text: `${text}; that a controller serves it is assumed`, object }
      : { at: 'ingress', outcome: 'passed', text: `${text}, by ${sender.text}`, object };
  return { hop, to: { service, port, sender } };
};
