import { matcherOf } from '../api/label-selector.js';
import { type Admitted, refKey, refOf, refText } from '../api/object.js';
import type { Labels } from '../api/selector.js';
import { entry } from './entry.js';
import {
  type Gateway,
  type GatewayListener,
  type GatewayReference,
  gatewayGroup,
  gatewayOf,
  type HttpRoute,
  httpRouteOf,
  isGatewayKind,
  type ParentReference,
  type ReferenceGrant,
  referenceGrantOf,
} from './gateway-api.js';
import { commonHost } from './gateway-host.js';

/** A route that a listener took in, for one of the hosts that both of them name. */
export interface Attachment {
  readonly route: HttpRoute;
  readonly gateway: Gateway;
  readonly listener: GatewayListener;
  /** Absent for any host. */
  readonly hostname: string | undefined;
}

/** Why no listener takes a route in, with the reason that the route's `Accepted` condition gets. */
export interface Detached {
  readonly route: HttpRoute;
  readonly parent: ParentReference;
  /** Absent where the Gateway itself does not exist. */
  readonly gateway?: Gateway | undefined;
  /** The listeners that the route names. */
  readonly listeners: readonly GatewayListener[];
  readonly reason: 'NoMatchingParent' | 'NotAllowedByListeners' | 'NoMatchingListenerHostname';
  readonly text: string;
}

/** The Gateway API of a cluster: which routes are attached where. */
export interface GatewayRoutes {
  readonly gateways: readonly Gateway[];
  readonly routes: readonly HttpRoute[];
  readonly attachments: readonly Attachment[];
  readonly detached: readonly Detached[];
  /** Whether an object may name another one: in its own namespace, or where a ReferenceGrant lets it. */
  permits(from: Admitted, to: GatewayReference): boolean;
}

const httpProtocols: ReadonlySet<string> = new Set(['HTTP', 'HTTPS']);

const takesKind = ({ kinds, protocol }: GatewayListener): boolean =>
  kinds === undefined ? httpProtocols.has(protocol) : kinds.includes(`${gatewayGroup}/HTTPRoute`);

const quoted = (names: readonly (string | undefined)[]): string => names.map((name) => name ?? 'any host').join(', ');

const listenerText = ({ name, port, protocol }: GatewayListener): string => `${name} (${protocol} ${port})`;

export const createGatewayRoutes = (objects: readonly Admitted[], labelsOf: (namespace: string) => Labels): GatewayRoutes => {
  const of = <T>(kind: string, read: (object: Admitted) => T): readonly T[] =>
    objects.filter((object) => isGatewayKind(object, kind)).map(read);
  const gateways = of('Gateway', gatewayOf);
  const routes = of('HTTPRoute', httpRouteOf);
  const grants = new Map<string, ReferenceGrant[]>();
  for (const grant of of('ReferenceGrant', referenceGrantOf)) entry(grants, grant.namespace, () => []).push(grant);
  const byName = new Map(gateways.map((gateway) => [refKey({ ...refOf(gateway.object), apiVersion: gatewayGroup }), gateway]));

  const takesNamespace = ({ from, selector }: GatewayListener, gateway: Gateway, namespace: string): boolean => {
    if (from === 'Same') return gateway.object.metadata.namespace === namespace;
    return from === 'All' || (from === 'Selector' && matcherOf(selector)(labelsOf(namespace)));
  };

  const attach = (route: HttpRoute, parent: ParentReference): readonly Attachment[] | Detached => {
    const { kind, namespace, name, sectionName, port } = parent;
    const gateway = byName.get(refKey({ apiVersion: gatewayGroup, kind, namespace, name }));
    const who = refText(refOf(route.object));
    if (gateway === undefined) {
      const text = `${who} names Gateway ${namespace}/${name}, which does not exist`;
      return { route, parent, listeners: [], reason: 'NoMatchingParent', text };
    }
    const whose = refText(refOf(gateway.object));
    const named = gateway.listeners.filter(
      (listener) =>
        (sectionName === undefined || listener.name === sectionName) && (port === undefined || listener.port === port),
    );
    const detached = (reason: Detached['reason'], listeners: readonly GatewayListener[], text: string): Detached => ({
      route,
      parent,
      gateway,
      listeners,
      reason,
      text: `${who} is not attached to ${whose}: ${text}`,
    });
    if (named.length === 0) {
      const asked = [sectionName && `named ${sectionName}`, port && `on port ${port}`].filter(Boolean).join(' ');
      const known = gateway.listeners.map(listenerText).join(', ') || 'none';
      return detached('NoMatchingParent', gateway.listeners, `it has no listener ${asked} (listeners: ${known})`);
    }
    const own = route.object.metadata.namespace ?? 'default';
    const open = named.filter((listener) => takesNamespace(listener, gateway, own));
    if (open.length === 0) {
      const rules = named.map((each) => `${each.name} from ${each.from === 'Selector' ? 'selected namespaces' : each.from}`);
      const text = `its listeners take routes of other namespaces than ${own} only (${rules.join(', ')})`;
      return detached('NotAllowedByListeners', named, text);
    }
    const willing = open.filter(takesKind);
    if (willing.length === 0) {
      const text = `its listeners take no HTTPRoutes (${open.map(listenerText).join(', ')})`;
      return detached('NotAllowedByListeners', open, text);
    }
    const hosts = route.hostnames.length > 0 ? route.hostnames : [undefined];
    const attached = willing.flatMap((listener) =>
      hosts.flatMap((host): readonly Attachment[] => {
        const common = commonHost(listener.hostname, host);
        return common === undefined ? [] : [{ route, gateway, listener, hostname: common.hostname }];
      }),
    );
    if (attached.length > 0) return attached;
    const text = `no hostname of it (${quoted(hosts)}) is one of its listeners' (${quoted(willing.map(({ hostname }) => hostname))})`;
    return detached('NoMatchingListenerHostname', willing, text);
  };

  const isGateway = ({ group, kind }: ParentReference): boolean => group === gatewayGroup && kind === 'Gateway';
  const results = routes.flatMap((route) => route.parents.filter(isGateway).map((parent) => attach(route, parent)));
  return {
    gateways,
    routes,
    attachments: results.flatMap((result) => ('reason' in result ? [] : result)),
    detached: results.flatMap((result) => ('reason' in result ? [result] : [])),
    permits: (from, to) => {
      const own = from.metadata.namespace ?? 'default';
      if (own === to.namespace) return true;
      return (grants.get(to.namespace) ?? []).some(
        (grant) =>
          grant.from.some(({ group, kind, namespace }) => group === gatewayGroup && kind === from.kind && namespace === own) &&
          grant.to.some(
            ({ group, kind, name }) => group === to.group && kind === to.kind && (name === undefined || name === to.name),
          ),
      );
    },
  };
};
