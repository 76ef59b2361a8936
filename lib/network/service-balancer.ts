import type { Service } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import { canonical, formatAddress } from './address.js';

/** An address or name at which a load balancer takes connections for a Service. */
export interface Balancer {
  readonly service: Admitted<Service>;
  readonly at: string;
  /** `VIP`: connections come to the nodes with the balancer's address, which kube-proxy knows. `Proxy`: the balancer opens new ones. */
  readonly mode: 'VIP' | 'Proxy';
  /** Nobody has given the Service an address yet: one is made up for it. */
  readonly simulated: boolean;
}

export interface Balancers {
  of(service: Admitted<Service>): readonly Balancer[];
  /** The balancer of mode Proxy at an address or name. */
  proxyAt(at: string): Balancer | undefined;
  /** The Service with the address that is made up for it; as it is where it needs none. */
  addressed(service: Admitted<Service>): Admitted<Service>;
}

/** Addresses kept for trials of networks (RFC 2544, RFC 5180): no real balancer has one. */
const trial = { 4: { family: 4, value: 0xc612_0000n }, 6: { family: 6, value: 0x2001_0002n << 96n } } as const;

const keyOf = ({ metadata }: Admitted<Service>): string => `${metadata.namespace}/${metadata.name}`;

const familyOf = ({ spec }: Service): 4 | 6 => (spec?.ipFamilies?.[0] === 'IPv6' || spec?.clusterIP?.includes(':') ? 6 : 4);

export const createBalancers = (services: readonly Admitted<Service>[]): Balancers => {
  const byService = new Map<string, readonly Balancer[]>();
  const proxies = new Map<string, Balancer>();
  let made = 0n;
  for (const service of services) {
    const { spec, status } = service;
    if (spec?.type !== 'LoadBalancer') continue;
    const given = status?.loadBalancer?.ingress ?? [];
    const { family, value } = trial[familyOf(service)];
    const own: Balancer[] = given.flatMap(({ ip, hostname, ipMode = 'VIP' }) => {
      const at = ip === undefined ? hostname?.toLowerCase() : canonical(ip);
      const mode = ip !== undefined && ipMode === 'VIP' ? 'VIP' : 'Proxy';
      return at === undefined ? [] : [{ service, at, mode, simulated: false }];
    });
    if (own.length === 0) {
      made++;
      const at = spec.loadBalancerIP ? canonical(spec.loadBalancerIP) : formatAddress({ family, value: value + made });
      own.push({ service, at, mode: 'VIP', simulated: true });
    }
    byService.set(keyOf(service), own);
    for (const each of own) if (each.mode === 'Proxy') proxies.set(each.at, each);
  }
  const of: Balancers['of'] = (service) => byService.get(keyOf(service)) ?? [];
  return {
    of,
    proxyAt: (at) => proxies.get(at),
    addressed: (service) => {
      const [balancer] = of(service);
      if (balancer?.simulated !== true) return service;
      return { ...service, status: { ...service.status, loadBalancer: { ingress: [{ ip: balancer.at }] } } };
    },
  };
};
