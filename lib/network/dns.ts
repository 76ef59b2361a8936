import type { EndpointSlice, Service } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import { canonical } from './address.js';
import { entry } from './entry.js';
import { candidates, type Resolver } from './resolver.js';
import { clusterDefaults } from './view.js';

/** What a lookup comes to, and how. */
export interface DnsAnswer {
  /** `outside`: the name is not the cluster's to answer; whether it exists is not known here. */
  readonly outcome: 'resolved' | 'outside' | 'missing';
  /** The name that answered in the end: after search domains and ExternalNames. */
  readonly name: string;
  readonly addresses: readonly string[];
  /** The Service whose name was found; for an ExternalName the first one. */
  readonly service?: Admitted<Service> | undefined;
  /** One line for each name asked: `db.shop.svc.cluster.local: no such name`. */
  readonly steps: readonly string[];
}

/** The cluster's DNS, as CoreDNS answers with its kubernetes plugin (Kubernetes DNS specification 1.1). */
export interface ClusterDns {
  /** Looks a name up as a Pod with this resolver does. */
  resolve(name: string, resolver: Resolver): DnsAnswer;
}

type Found = { readonly addresses: readonly string[]; readonly cname?: string; readonly service?: Admitted<Service> };

const maxChain = 10;
const suffix = `.${clusterDefaults.domain}`;
const dashed = (ip: string): string => ip.replace(/[.:]/g, '-');

const slicesByService = (slices: readonly Admitted<EndpointSlice>[]): ReadonlyMap<string, readonly EndpointSlice[]> => {
  const found = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const name = slice.metadata.labels?.['kubernetes.io/service-name'];
    if (name === undefined || slice.addressType === 'FQDN') continue;
    entry(found, `${slice.metadata.namespace}/${name}`, () => []).push(slice);
  }
  return found;
};

/** Services that every cluster has; they answer also when their objects are not among those given. */
const builtIn: ReadonlyMap<string, string> = new Map([
  ['default/kubernetes', clusterDefaults.apiServer],
  ['kube-system/kube-dns', clusterDefaults.dns],
]);

/** Top-level domains of the internet that are names of namespaces as well. */
const publicDomains: ReadonlySet<string> = new Set(
  'app bank blog cloud dev games io live media network news online run shop site store systems team tech'.split(' '),
);

export const createDns = (
  services: readonly Admitted<Service>[],
  slices: readonly Admitted<EndpointSlice>[],
  namespaces: ReadonlySet<string>,
): ClusterDns => {
  const byKey = new Map(services.map((service) => [`${service.metadata.namespace}/${service.metadata.name}`, service]));
  const endpoints = slicesByService(slices);

  /** Addresses of the ready endpoints of a Service, or of the one with this host name. */
  const endpointAddresses = (key: string, hostname?: string): readonly string[] =>
    (endpoints.get(key) ?? [])
      .flatMap((slice) => slice.endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap((endpoint) => {
        const addresses = endpoint.addresses.map(canonical);
        if (hostname === undefined) return addresses;
        return addresses.filter((ip) => (endpoint.hostname ?? dashed(ip)) === hostname);
      });

  const serviceRecord = (namespace: string, name: string, hostname: string | undefined): Found | undefined => {
    const key = `${namespace}/${name}`;
    const service = byKey.get(key);
    if (service === undefined) {
      const address = hostname === undefined ? builtIn.get(key) : undefined;
      return address === undefined ? undefined : { addresses: [address] };
    }
    const { type, externalName, clusterIP, clusterIPs } = service.spec ?? {};
    if (type === 'ExternalName') return { addresses: [], cname: (externalName ?? '').toLowerCase().replace(/\.$/, ''), service };
    const own = (clusterIPs ?? [clusterIP ?? '']).filter((ip) => ip !== '' && ip !== 'None');
    const addresses = hostname === undefined && own.length > 0 ? own.map(canonical) : endpointAddresses(key, hostname);
    return addresses.length === 0 ? undefined : { addresses: [...new Set(addresses)], service };
  };

  /** The record of a name under the cluster's domain. */
  const record = (name: string): Found | undefined => {
    const labels = name.slice(0, -suffix.length).split('.');
    const kind = labels.pop();
    const namespace = labels.pop();
    const last = labels.pop();
    if (namespace === undefined || last === undefined || labels.length > 1) return undefined;
    if (kind === 'svc') return serviceRecord(namespace, last, labels[0]);
    if (kind !== 'pod' || labels.length > 0) return undefined;
    const ip = /^\d+-\d+-\d+-\d+$/.test(last) ? last.replaceAll('-', '.') : last.replaceAll('-', ':');
    return { addresses: [canonical(ip)] };
  };

  /** Whether a name that is not the cluster's was meant to be: it ends in a namespace, or in a part of the cluster's domain. */
  const meansCluster = (name: string): boolean => {
    const last = name.slice(name.lastIndexOf('.') + 1);
    return !name.includes('.') || last === 'svc' || last === 'cluster' || (namespaces.has(last) && !publicDomains.has(last));
  };

  /** One question, ExternalNames followed. */
  const ask = (asked: string): DnsAnswer => {
    const steps: string[] = [];
    let name = asked;
    let first: Admitted<Service> | undefined;
    for (let i = 0; i < maxChain; i++) {
      if (!name.endsWith(suffix)) {
        const missing = meansCluster(name);
        steps.push(`${name}: ${missing ? 'no such name' : 'not a name of the cluster, asked outside'}`);
        return { outcome: missing ? 'missing' : 'outside', name, addresses: [], service: first, steps };
      }
      const found = record(name);
      if (found === undefined) {
        steps.push(`${name}: no such name`);
        return { outcome: 'missing', name, addresses: [], service: first, steps };
      }
      first ??= found.service;
      if (found.cname === undefined) {
        steps.push(`${name} -> ${found.addresses.join(', ')}`);
        return { outcome: 'resolved', name, addresses: found.addresses, service: first, steps };
      }
      steps.push(`${name} -> ExternalName ${found.cname}`);
      name = found.cname;
    }
    steps.push(`${name}: ExternalNames lead in a circle`);
    return { outcome: 'missing', name, addresses: [], service: first, steps };
  };

  return {
    resolve: (name, resolver) => {
      const steps: string[] = [];
      const written = name.toLowerCase().replace(/\.$/, '');
      const alias = resolver.hosts.get(written);
      if (alias !== undefined) {
        return {
          outcome: 'resolved',
          name: written,
          addresses: [canonical(alias)],
          steps: [`${written} -> ${alias} (hostAliases)`],
        };
      }
      if (!resolver.asksCluster) {
        const step = `${written}: ${resolver.policy} asks outside the cluster`;
        const meant = [written, `${written}${suffix}`, `${written}.svc${suffix}`].some(
          (each) => ask(each).outcome === 'resolved',
        );
        const outcome = meant || written.endsWith(suffix) || meansCluster(written) ? 'missing' : 'outside';
        return {
          outcome,
          name: written,
          addresses: [],
          steps: [outcome === 'missing' ? `${step}, which does not know it` : step],
        };
      }
      let elsewhere: DnsAnswer | undefined;
      for (const candidate of candidates(name, resolver)) {
        const answer = ask(candidate);
        steps.push(...answer.steps);
        const own = answer.outcome === 'resolved' || answer.service !== undefined;
        if (own || (answer.outcome === 'outside' && candidate === written)) return { ...answer, steps };
        // A search domain outside may have the name or not; the name as written is the better guess.
        if (answer.outcome === 'outside') elsewhere ??= answer;
      }
      return { ...(elsewhere ?? { outcome: 'missing', name: written, addresses: [] }), steps };
    },
  };
};
