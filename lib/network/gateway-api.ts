import type { LabelSelector } from '../api/generated/types.js';
import { type Admitted, groupOf } from '../api/object.js';

/** The API group of Gateways and their routes. */
export const gatewayGroup = 'gateway.networking.k8s.io';

/** A name of another object as the Gateway API writes it, with its defaults, and the field that holds it. */
export interface GatewayReference {
  readonly field: string;
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface ParentReference extends GatewayReference {
  readonly sectionName?: string | undefined;
  readonly port?: number | undefined;
}

export interface BackendReference extends GatewayReference {
  readonly port?: number | undefined;
  /** Share of the requests; none at 0. */
  readonly weight: number;
}

/** One port of a Gateway, and whose routes it takes. */
export interface GatewayListener {
  readonly field: string;
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  /** In lower case; absent for any host. */
  readonly hostname?: string | undefined;
  readonly certificates: readonly GatewayReference[];
  readonly from: 'All' | 'Same' | 'Selector' | 'None';
  readonly selector?: LabelSelector | undefined;
  /** `group/kind`; absent for the kinds that go with the protocol. */
  readonly kinds?: readonly string[] | undefined;
}

export interface Gateway {
  readonly object: Admitted;
  readonly className: string;
  readonly listeners: readonly GatewayListener[];
}

interface NamedValue {
  readonly name: string;
  readonly value: string;
  readonly isPattern: boolean;
}

/** All of it must fit a request. */
export interface RouteMatch {
  readonly type: 'Exact' | 'PathPrefix' | 'RegularExpression';
  readonly path: string;
  readonly method?: string | undefined;
  readonly headers: readonly NamedValue[];
  readonly query: readonly NamedValue[];
}

/** What a `RequestRedirect` filter changes of a request; what is absent stays. */
export interface Redirect {
  readonly scheme?: string | undefined;
  readonly hostname?: string | undefined;
  readonly port?: number | undefined;
  readonly fullPath?: string | undefined;
  readonly prefix?: string | undefined;
}

export interface RouteRule {
  readonly field: string;
  readonly matches: readonly RouteMatch[];
  readonly redirect?: Redirect | undefined;
  readonly backends: readonly BackendReference[];
}

export interface HttpRoute {
  readonly object: Admitted;
  readonly parents: readonly ParentReference[];
  /** In lower case; none for any host. */
  readonly hostnames: readonly string[];
  readonly rules: readonly RouteRule[];
}

/** Which kinds of which namespaces may name which objects of the grant's own namespace. */
export interface ReferenceGrant {
  readonly namespace: string;
  readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
  readonly to: readonly { readonly group: string; readonly kind: string; readonly name?: string | undefined }[];
}

type Fields = Readonly<Record<string, unknown>>;

/** The definition of a custom resource may leave open what a field is: whatever is not as it should be counts as absent. */
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const hostOf = (value: unknown): string | undefined => textOf(value)?.toLowerCase() || undefined;

const referenceOf = (
  value: Fields,
  field: string,
  defaults: { readonly group: string; readonly kind: string; readonly namespace: string },
): GatewayReference => ({
  field,
  group: textOf(value.group) ?? defaults.group,
  kind: textOf(value.kind) ?? defaults.kind,
  namespace: textOf(value.namespace) ?? defaults.namespace,
  name: textOf(value.name) ?? '',
});

const namespaceOf = ({ metadata }: Admitted): string => metadata.namespace ?? 'default';

const froms = ['All', 'Same', 'Selector', 'None'] as const;

const listenerOf = (value: Fields, field: string, namespace: string): GatewayListener => {
  const { namespaces, kinds } = fieldsOf(value.allowedRoutes);
  const { from, selector } = fieldsOf(namespaces);
  const certificates = listOf(fieldsOf(value.tls).certificateRefs);
  const own = listOf(kinds).map((each) => `${textOf(each.group) ?? gatewayGroup}/${textOf(each.kind) ?? ''}`);
  return {
    field,
    name: textOf(value.name) ?? '',
    port: numberOf(value.port) ?? 0,
    protocol: textOf(value.protocol) ?? '',
    hostname: hostOf(value.hostname),
    certificates: certificates.map((each, index) =>
      referenceOf(each, `${field}.tls.certificateRefs[${index}]`, { group: '', kind: 'Secret', namespace }),
    ),
    from: froms.find((each) => each === from) ?? 'Same',
    selector: fieldsOf(selector) as LabelSelector,
    kinds: own.length > 0 ? own : undefined,
  };
};

export const gatewayOf = (object: Admitted): Gateway => {
  const spec = fieldsOf((object as Fields).spec);
  return {
    object,
    className: textOf(spec.gatewayClassName) ?? '',
    listeners: listOf(spec.listeners).map((each, index) => listenerOf(each, `spec.listeners[${index}]`, namespaceOf(object))),
  };
};

/** Of several entries with one name only the first counts. */
const namedValues = (value: unknown, normal: (name: string) => string): readonly NamedValue[] => {
  const found = new Map<string, NamedValue>();
  for (const { name, value: wanted, type } of listOf(value)) {
    const key = normal(textOf(name) ?? '');
    const isPattern = type === 'RegularExpression';
    if (!found.has(key)) found.set(key, { name: key, value: textOf(wanted) ?? '', isPattern });
  }
  return [...found.values()];
};

const pathTypes = ['Exact', 'PathPrefix', 'RegularExpression'] as const;

const matchOf = (value: Fields): RouteMatch => {
  const path = fieldsOf(value.path);
  return {
    type: pathTypes.find((each) => each === path.type) ?? 'PathPrefix',
    path: textOf(path.value) ?? '/',
    method: textOf(value.method),
    headers: namedValues(value.headers, (name) => name.toLowerCase()),
    query: namedValues(value.queryParams, (name) => name),
  };
};

const redirectOf = (filters: unknown): Redirect | undefined => {
  const filter = listOf(filters).find(({ type }) => type === 'RequestRedirect');
  if (filter === undefined) return undefined;
  const { scheme, hostname, port, path } = fieldsOf(filter.requestRedirect);
  const { type, replaceFullPath, replacePrefixMatch } = fieldsOf(path);
  return {
    scheme: textOf(scheme),
    hostname: hostOf(hostname),
    port: numberOf(port),
    fullPath: type === 'ReplaceFullPath' ? (textOf(replaceFullPath) ?? '/') : undefined,
    prefix: type === 'ReplacePrefixMatch' ? (textOf(replacePrefixMatch) ?? '/') : undefined,
  };
};

const everyRequest: RouteMatch = { type: 'PathPrefix', path: '/', headers: [], query: [] };

const ruleOf = (value: Fields, field: string, namespace: string): RouteRule => {
  const matches = listOf(value.matches).map(matchOf);
  return {
    field,
    matches: matches.length > 0 ? matches : [everyRequest],
    redirect: redirectOf(value.filters),
    backends: listOf(value.backendRefs).map((each, index) => ({
      ...referenceOf(each, `${field}.backendRefs[${index}]`, { group: '', kind: 'Service', namespace }),
      port: numberOf(each.port),
      weight: numberOf(each.weight) ?? 1,
    })),
  };
};

export const httpRouteOf = (object: Admitted): HttpRoute => {
  const spec = fieldsOf((object as Fields).spec);
  const namespace = namespaceOf(object);
  const rules = Array.isArray(spec.rules) ? listOf(spec.rules) : [{}];
  return {
    object,
    parents: listOf(spec.parentRefs).map((each, index) => ({
      ...referenceOf(each, `spec.parentRefs[${index}]`, { group: gatewayGroup, kind: 'Gateway', namespace }),
      sectionName: textOf(each.sectionName) || undefined,
      port: numberOf(each.port),
    })),
    hostnames: (Array.isArray(spec.hostnames) ? spec.hostnames : []).flatMap((each) => hostOf(each) ?? []),
    rules: rules.map((each, index) => ruleOf(each, `spec.rules[${index}]`, namespace)),
  };
};

export const referenceGrantOf = (object: Admitted): ReferenceGrant => {
  const spec = fieldsOf((object as Fields).spec);
  return {
    namespace: namespaceOf(object),
    from: listOf(spec.from).map(({ group, kind, namespace }) => ({
      group: textOf(group) ?? '',
      kind: textOf(kind) ?? '',
      namespace: textOf(namespace) ?? '',
    })),
    to: listOf(spec.to).map(({ group, kind, name }) => ({
      group: textOf(group) ?? '',
      kind: textOf(kind) ?? '',
      name: textOf(name) || undefined,
    })),
  };
};

/** Whether an object is of a kind of the Gateway API. */
export const isGatewayKind = ({ apiVersion, kind }: Admitted, wanted: string): boolean =>
  kind === wanted && groupOf(apiVersion) === gatewayGroup;
