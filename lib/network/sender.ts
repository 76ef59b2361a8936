import type { Pod } from '../api/generated/types.js';
import { type Admitted, refOf, refText } from '../api/object.js';
import { type Address, parseAddress } from './address.js';
import { type Party, podParty, unknownAddress } from './party.js';
import type { Hop } from './path.js';
import type { Client } from './view.js';
import { addressText, type Wiring } from './wiring.js';

/** Who sends: the client, or an Ingress controller on its behalf. */
export interface Sender extends Party {
  readonly kind: 'pod' | 'node' | 'outside';
  readonly address?: Address | undefined;
  readonly nodeName?: string | undefined;
}

/** A client as the rest of the way sees it, and the hop that says who it is. */
export interface Origin {
  readonly sender: Sender;
  readonly hop: Hop;
}

export const podOrigin = (wiring: Wiring, pod: Admitted<Pod>): Origin => {
  const [address] = wiring.places.addressesOf(pod);
  const object = refOf(pod);
  const text = refText(object);
  const { nodeName } = pod.spec ?? {};
  const where = nodeName === undefined ? 'which no node runs' : `on node ${nodeName}`;
  return {
    sender: { kind: 'pod', ...podParty(wiring, pod, address), address, nodeName },
    hop: { at: 'client', outcome: 'passed', text: `${text}${addressText(address)} ${where}`, object },
  };
};

const nodeOrigin = (wiring: Wiring, name: string): Origin => {
  const node = wiring.nodeNamed(name);
  const [address] = node === undefined ? [] : wiring.places.nodeAddresses(node);
  const text = `Node ${name}`;
  const sender: Sender = { kind: 'node', text, ends: [{ address }], address, nodeName: name };
  if (node === undefined) return { sender, hop: { at: 'client', outcome: 'blocked', text: `${text} does not exist` } };
  return { sender, hop: { at: 'client', outcome: 'passed', text: `${text}${addressText(address)}`, object: refOf(node) } };
};

export const originOf = (wiring: Wiring, client: Exclude<Client, { readonly proxy: Admitted }>): Origin => {
  if ('pod' in client) return podOrigin(wiring, client.pod);
  if ('node' in client) return nodeOrigin(wiring, client.node);
  if ('apiServer' in client) {
    const text = 'the API server';
    return { sender: { kind: 'node', text, ...unknownAddress() }, hop: { at: 'client', outcome: 'passed', text } };
  }
  const address = parseAddress(client.outside);
  const text = `${client.outside} outside the cluster`;
  return { sender: { kind: 'outside', text, ends: [{ address }], address }, hop: { at: 'client', outcome: 'passed', text } };
};
