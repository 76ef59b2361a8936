import type { Pod } from '../api/generated/types.js';
import { type Admitted, refOf, refText } from '../api/object.js';
import { type Address, formatAddress, hostPort } from './address.js';
import { type Party, podParty, unknownAddress } from './party.js';
import type { Hop } from './path.js';
import { declaredPorts } from './policy/end.js';
import { policyHop } from './policy-hop.js';
import type { Protocol } from './protocol.js';
import type { Sender } from './sender.js';
import { addressText, type Wiring } from './wiring.js';

/** The far end of a connection, after Services: a port of an address, with the Pod that has it. */
export interface Server {
  readonly address?: Address | undefined;
  readonly port: number;
  readonly pod?: Admitted<Pod> | undefined;
  /** Whose address it is when it is no Pod's. */
  readonly text?: string | undefined;
}

const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;

const declaredText = (pod: Admitted<Pod>): string =>
  declaredPorts(pod.spec)
    .map(({ container, port, protocol }) => `${container} ${protocol} ${port}`)
    .join(', ') || 'none';

/** Whether a container answers on the port. */
export const containerHop = ({ options }: Wiring, pod: Admitted<Pod>, port: number, protocol: Protocol): Hop => {
  const object = refOf(pod);
  const declared = declaredPorts(pod.spec).find((each) => each.port === port && each.protocol === protocol);
  const listens = options.listens?.(pod, port, protocol);
  const who = declared === undefined ? 'a container' : `container ${declared.container}`;
  if (listens === true) return { at: 'container', outcome: 'passed', text: `${who} listens on ${protocol} ${port}`, object };
  if (listens === false) {
    const text = `no container of ${refText(object)} listens on ${protocol} ${port} (declared: ${declaredText(pod)})`;
    return { at: 'container', outcome: 'blocked', text, object };
  }
  const text =
    declared === undefined
      ? `no container of ${refText(object)} declares ${protocol} ${port}; that one listens is assumed`
      : `${who} declares ${protocol} ${port}; that it listens is assumed`;
  return { at: 'container', outcome: 'assumed', text, object };
};

const readyHop = (pod: Admitted<Pod>): Hop => {
  const object = refOf(pod);
  const { phase } = pod.status ?? {};
  if (phase !== undefined && phase !== 'Running') {
    return { at: 'ready', outcome: 'blocked', text: `${refText(object)} is ${phase}`, object };
  }
  const text = isReady(pod) ? `${refText(object)} is ready` : `${refText(object)} is not ready; its address answers all the same`;
  return { at: 'ready', outcome: 'passed', text, object };
};

const partyOf = (wiring: Wiring, { address, port, pod, text }: Server): Party => {
  if (pod !== undefined) return podParty(wiring, pod, address);
  if (address === undefined) return { text: text ?? 'an address outside', ...unknownAddress() };
  return { text: text ?? hostPort(formatAddress(address), port), ends: [{ address }] };
};

/** The hops from a sender to one server: policies of both ends, the listening container, readiness. */
export const serverHops = (wiring: Wiring, sender: Sender, server: Server, protocol: Protocol): readonly Hop[] => {
  const { pod, port, address } = server;
  const party = partyOf(wiring, server);
  const own = pod !== undefined && sender.pod === pod;
  // A Pod always reaches itself, and a node the Pods that run on it.
  const home = sender.kind === 'node' && sender.nodeName !== undefined && pod?.spec?.nodeName === sender.nodeName;
  const egress = own ? undefined : policyHop(wiring, 'egress', sender, party, port, protocol);
  const ingress = own || home ? undefined : policyHop(wiring, 'ingress', party, sender, port, protocol);
  const policies = [egress, ingress].filter((hop) => hop !== undefined);
  if (pod === undefined) {
    const text = `${party.text} is not a Pod; that it answers on ${protocol} ${port} is assumed`;
    return [...policies, { at: 'endpoint', outcome: 'assumed', text }];
  }
  const where = pod.spec?.nodeName === undefined ? 'on no node' : `on node ${pod.spec.nodeName}`;
  const endpoint: Hop = {
    at: 'endpoint',
    outcome: 'passed',
    text: `${refText(refOf(pod))}${addressText(address)} port ${port} ${where}`,
    object: refOf(pod),
  };
  return [endpoint, ...policies, containerHop(wiring, pod, port, protocol), readyHop(pod)];
};
