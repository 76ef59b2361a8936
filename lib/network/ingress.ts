import type { HTTPIngressPath, Ingress, IngressBackend } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import { compileRegexp } from '../api/regexp.js';
import { entry } from './entry.js';
import { pathOnly, prefixFit } from './http-path.js';

/** Where an Ingress sends a request. */
export interface IngressMatch {
  readonly ingress: Admitted<Ingress>;
  readonly backend: IngressBackend;
  /** `rule 1, path 2 (Prefix /api)`; `default backend`. */
  readonly rule: string;
  /** The rule names the host, and does not take any. */
  readonly named: boolean;
  /** Why a controller may decide otherwise. */
  readonly doubt?: string | undefined;
}

/** Routes requests from outside by Ingress class, host and path (`networking.k8s.io/v1`); TLS does not matter here. */
export interface IngressRouter {
  match(host: string, path: string, ingressClass?: string): IngressMatch | undefined;
}

/** A path of an Ingress, with the field that holds it. */
export interface IngressRoute {
  readonly ingress: Admitted<Ingress>;
  /** In lower case; the empty text is any host. */
  readonly host: string;
  readonly path: HTTPIngressPath;
  /** `spec.rules[0].http.paths[1]`. */
  readonly field: string;
  readonly rule: string;
}

/** The class of an Ingress, by its field or by the annotation that came before it. */
export const ingressClassOf = ({ metadata, spec }: Ingress): string | undefined =>
  spec?.ingressClassName ?? metadata?.annotations?.['kubernetes.io/ingress.class'];

/** The paths of an Ingress in their order. */
export const ingressRoutes = (ingress: Admitted<Ingress>): readonly IngressRoute[] =>
  (ingress.spec?.rules ?? []).flatMap(({ host = '', http }, ruleIndex) =>
    (http?.paths ?? []).map((path, pathIndex) => ({
      ingress,
      host: host.toLowerCase(),
      path,
      field: `spec.rules[${ruleIndex}].http.paths[${pathIndex}]`,
      rule: `rule ${ruleIndex + 1}, path ${pathIndex + 1} (${path.pathType} ${path.path ?? '/'})`,
    })),
  );

/** The hosts of rules that take a host, most exact first: itself, the wildcard for its first label (one label only), any. */
const hostsFor = (host: string): readonly string[] => {
  const dot = host.indexOf('.');
  return [host, ...(dot > 0 ? [`*${host.slice(dot)}`] : []), ''];
};

/** ingress-nginx reads every path of a host as a regular expression once one of its Ingresses asks for it. */
const usesRegularExpressions = ({ metadata: { annotations = {} } }: Admitted<Ingress>): boolean =>
  annotations['nginx.ingress.kubernetes.io/use-regex'] === 'true' ||
  annotations['nginx.ingress.kubernetes.io/rewrite-target'] !== undefined;

interface PathFit {
  /** Longer paths first, exact ones before prefixes. */
  readonly rank: number;
  readonly doubt?: string | undefined;
}

const ownMatching: PathFit['doubt'] = 'what an ImplementationSpecific path matches is up to the controller';

const byRegularExpression = (path: string, asked: string): PathFit | undefined => {
  const regexp = compileRegexp(`^(?i:${path})`);
  return regexp.ok && regexp.matches(asked)
    ? { rank: 2 * path.length, doubt: 'the path is taken as a regular expression, as ingress-nginx does' }
    : undefined;
};

const pathFit = ({ ingress, path: { path = '/', pathType } }: IngressRoute, asked: string): PathFit | undefined => {
  if (pathType === 'Exact') return path === asked ? { rank: 2 * path.length + 1 } : undefined;
  const isOwn = pathType === 'ImplementationSpecific';
  if (isOwn && usesRegularExpressions(ingress)) return byRegularExpression(path, asked);
  // Controllers of cloud providers write a prefix as `/api/*`.
  const length = prefixFit(isOwn && path.endsWith('/*') ? path.slice(0, -1) : path, asked);
  if (length === undefined) return undefined;
  return { rank: 2 * length, ...(isOwn && path !== asked && path !== '/' && { doubt: ownMatching }) };
};

/** Of two equal paths the older Ingress is served, as most controllers do it. */
const byAge = ({ metadata: a }: Ingress, { metadata: b }: Ingress): number =>
  Date.parse(a?.creationTimestamp ?? '') - Date.parse(b?.creationTimestamp ?? '') || 0;

export const createIngressRouter = (ingresses: readonly Admitted<Ingress>[]): IngressRouter => {
  const byHost = new Map<string, IngressRoute[]>();
  for (const route of [...ingresses].sort(byAge).flatMap(ingressRoutes)) entry(byHost, route.host, () => []).push(route);
  const defaults = ingresses.filter(({ spec }) => spec?.defaultBackend !== undefined);
  return {
    match: (host, path, ingressClass) => {
      const serves = (ingress: Ingress): boolean => {
        const own = ingressClassOf(ingress);
        return ingressClass === undefined || own === undefined || own === ingressClass;
      };
      const asked = pathOnly(path);
      const hosts = hostsFor(host.toLowerCase());
      let closer: IngressRoute | undefined;
      for (const each of hosts) {
        const routes = (byHost.get(each) ?? []).filter(({ ingress }) => serves(ingress));
        let best: { readonly route: IngressRoute; readonly fit: PathFit } | undefined;
        for (const route of routes) {
          const fit = pathFit(route, asked);
          if (fit !== undefined && (best === undefined || fit.rank > best.fit.rank)) best = { route, fit };
        }
        if (best === undefined) {
          closer ??= routes[0];
          continue;
        }
        const { ingress, path: chosen, rule } = best.route;
        const passedOver =
          closer && `${closer.host} has rules of its own without this path, and some controllers look no further`;
        return { ingress, backend: chosen.backend, rule, named: each !== '', doubt: best.fit.doubt ?? passedOver };
      }
      // The default backend of an Ingress for this host comes before one for whatever nobody takes.
      const isFor = ({ spec }: Ingress): boolean =>
        (spec?.rules ?? []).some((rule) => rule.host !== undefined && hosts.includes(rule.host.toLowerCase()));
      const last = defaults.filter(serves);
      const ingress = last.find(isFor) ?? last.find(({ spec }) => (spec?.rules ?? []).length === 0) ?? last[0];
      const backend = ingress?.spec?.defaultBackend;
      if (ingress === undefined || backend === undefined) return undefined;
      return { ingress, backend, rule: 'default backend', named: isFor(ingress) };
    },
  };
};
