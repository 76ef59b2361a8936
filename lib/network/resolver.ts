import type { Pod } from '../api/generated/types.js';
import { canonical } from './address.js';
import { clusterDefaults } from './view.js';

/** How a Pod looks up names: its resolv.conf and hosts file. */
export interface Resolver {
  /** Whether its questions go to the cluster's DNS; otherwise a resolver outside answers, which knows no Services. */
  readonly asksCluster: boolean;
  /** The rule that decides: `dnsPolicy ClusterFirst`. */
  readonly policy: string;
  readonly searches: readonly string[];
  readonly ndots: number;
  /** The hosts file: names of `hostAliases`. */
  readonly hosts: ReadonlyMap<string, string>;
}

const maxSearches = 32;

/** A Pod on the node's network with `ClusterFirst` looks up names as the node does. */
const effectivePolicy = ({ dnsPolicy = 'ClusterFirst', hostNetwork }: NonNullable<Pod['spec']>): string => {
  if (dnsPolicy === 'ClusterFirstWithHostNet') return 'ClusterFirst';
  return dnsPolicy === 'ClusterFirst' && hostNetwork === true ? 'Default' : dnsPolicy;
};

/** The resolver that the kubelet sets up for a Pod (`dnsPolicy`, `dnsConfig`, `hostAliases`). `dns` is the address of the cluster's DNS. */
export const resolverOf = ({ metadata, spec }: Pod, dns: string): Resolver => {
  const policy = effectivePolicy(spec ?? { containers: [] });
  const { nameservers = [], searches = [], options = [] } = spec?.dnsConfig ?? {};
  const { domain } = clusterDefaults;
  const clusterFirst = policy === 'ClusterFirst';
  const own = clusterFirst ? [`${metadata?.namespace ?? 'default'}.svc.${domain}`, `svc.${domain}`, domain] : [];
  const ndots = Number(options.find(({ name }) => name === 'ndots')?.value ?? (clusterFirst ? 5 : 1));
  const written = spec?.dnsPolicy ?? 'ClusterFirst';
  return {
    asksCluster: clusterFirst || (policy === 'None' && nameservers[0] !== undefined && canonical(nameservers[0]) === dns),
    policy: spec?.hostNetwork === true ? `dnsPolicy ${written} with hostNetwork` : `dnsPolicy ${written}`,
    searches: [...new Set([...own, ...searches])].slice(0, maxSearches),
    ndots: Number.isInteger(ndots) ? Math.min(Math.max(ndots, 0), 15) : 1,
    hosts: new Map(
      (spec?.hostAliases ?? []).flatMap(({ ip, hostnames = [] }) => hostnames.map((name) => [name.toLowerCase(), ip])),
    ),
  };
};

/** The names that a resolver asks for one after the other, each without its final dot. */
export const candidates = (name: string, { searches, ndots }: Resolver): readonly string[] => {
  const plain = name.toLowerCase();
  if (plain.endsWith('.')) return [plain.slice(0, -1)];
  const searched = searches.map((domain) => `${plain}.${domain}`);
  return plain.split('.').length - 1 >= ndots ? [plain, ...searched] : [...searched, plain];
};
