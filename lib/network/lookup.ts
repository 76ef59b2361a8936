import type { Pod } from '../api/generated/types.js';
import { type Admitted, refOf, refText } from '../api/object.js';
import { hostPort, parseAddress } from './address.js';
import type { DnsAnswer } from './dns.js';
import { type Party, podParty, unknownAddress } from './party.js';
import type { Hop } from './path.js';
import { policyHop } from './policy-hop.js';
import { route } from './proxy/route.js';
import { resolverOf } from './resolver.js';
import type { Sender } from './sender.js';
import type { Server } from './server.js';
import type { Wiring } from './wiring.js';

/** A name looked up by a client: the hops of that, and what came out. */
export interface Lookup {
  readonly hops: readonly Hop[];
  readonly answer: DnsAnswer;
}

const dnsPort = 53;

/** CoreDNS as kubeadm sets it up, for clusters whose objects leave it out. */
const assumedDns = {
  namespace: 'kube-system',
  labels: { 'k8s-app': 'kube-dns' },
  spec: {
    containers: [
      {
        name: 'coredns',
        ports: [
          { name: 'dns', containerPort: dnsPort, protocol: 'UDP' },
          { name: 'dns-tcp', containerPort: dnsPort, protocol: 'TCP' },
        ],
      },
    ],
  },
} as const;

const dnsServer = (wiring: Wiring, sender: Sender): Server | undefined => {
  const destination = parseAddress(wiring.dnsAddress);
  if (destination === undefined) return undefined;
  const source = sender.address ?? { family: destination.family, value: 0n };
  const routing = route(wiring.proxyOn(sender.nodeName ?? ''), wiring.table(destination.family), {
    source,
    destination,
    port: dnsPort,
    protocol: 'UDP',
  });
  const [endpoint] = routing.result === 'dnat' ? routing.endpoints : [];
  if (endpoint?.pod === undefined) return undefined;
  return { address: parseAddress(endpoint.ip), port: endpoint.port, pod: wiring.places.podNamed(endpoint.pod) };
};

/** Whether the client may ask the cluster's DNS. */
const askHop = (wiring: Wiring, sender: Sender): Hop => {
  const server = dnsServer(wiring, sender);
  const { address, pod, port = dnsPort } = server ?? {};
  const dns = `the cluster DNS ${hostPort(wiring.dnsAddress, dnsPort)}`;
  const party: Party =
    pod === undefined
      ? { text: dns, ...unknownAddress({ ...assumedDns, namespaceLabels: wiring.labelsOf(assumedDns.namespace) }) }
      : { ...podParty(wiring, pod, address), text: `${dns} (${refText(refOf(pod))})` };
  const hop = policyHop(wiring, 'egress', sender, party, port, 'UDP');
  const ask: Hop = { ...(hop ?? { outcome: 'passed', text: `${sender.text} asks ${party.text}` }), at: 'dns' };
  if (pod === undefined || ask.outcome === 'blocked') return ask;
  const answer = policyHop(wiring, 'ingress', party, sender, port, 'UDP');
  return answer?.outcome === 'blocked' ? { ...answer, at: 'dns' } : ask;
};

/** Looks up a name from inside a Pod. */
export const lookup = (wiring: Wiring, sender: Sender, pod: Admitted<Pod>, name: string): Lookup => {
  const resolver = resolverOf(pod, wiring.dnsAddress);
  const answer = wiring.dns.resolve(name, resolver);
  const object = answer.service && refOf(answer.service);
  const [shown = name] =
    answer.outcome === 'missing' && answer.service === undefined ? [answer.steps.join('; ')] : answer.steps.slice(-1);
  const found = answer.steps.filter((step) => step.includes(' -> ')).join('; ');
  const text = `${name}: ${found === '' ? shown : answer.outcome === 'resolved' ? found : `${found}; ${shown}`}`;
  const result: Hop = {
    at: 'dns',
    outcome: answer.outcome === 'missing' ? 'blocked' : answer.outcome === 'outside' ? 'assumed' : 'passed',
    text,
    object,
  };
  const local = resolver.hosts.has(name.toLowerCase().replace(/\.$/, ''));
  return { answer, hops: resolver.asksCluster && !local ? [askHop(wiring, sender), result] : [result] };
};
