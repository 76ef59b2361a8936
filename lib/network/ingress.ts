import type { HTTPIngressPath, Ingress, IngressBackend } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';

/** Where an Ingress sends a request. */
interface IngressMatch {
  readonly ingress: Admitted<Ingress>;
  readonly backend: IngressBackend;
  /** `rule 1, path 2 (Prefix /api)`; `default backend`. */
  readonly rule: string;
}

/** Routes requests from outside by Ingress class, host and path (`networking.k8s.io/v1`); TLS does not matter here. */
export interface IngressRouter {
  match(host: string, path: string, ingressClass?: string): IngressMatch | undefined;
}

const classOf = ({ metadata, spec }: Ingress): string | undefined =>
  spec?.ingressClassName ?? metadata?.annotations?.['kubernetes.io/ingress.class'];

/** How exactly a rule's host fits: 2 exact, 1 wildcard, 0 any host; undefined when it does not. */
const hostFit = (rule: string | undefined, host: string): number | undefined => {
  if (rule === undefined || rule === '') return 0;
  const wanted = rule.toLowerCase();
  if (wanted === host) return 2;
  const dot = host.indexOf('.');
  // A wildcard stands for exactly one label.
  return wanted.startsWith('*.') && dot > 0 && host.slice(dot) === wanted.slice(1) ? 1 : undefined;
};

/** The length of the path that fits, exact ones before prefixes; undefined when it does not fit. */
const pathFit = ({ path = '/', pathType }: HTTPIngressPath, asked: string): number | undefined => {
  if (pathType === 'Exact') return path === asked ? 2 * path.length + 1 : undefined;
  const prefix = path.endsWith('/') ? path.slice(0, -1) : path;
  return asked === prefix || asked.startsWith(`${prefix}/`) ? 2 * prefix.length : undefined;
};

interface Route {
  readonly host: string | undefined;
  readonly path: HTTPIngressPath;
  readonly ingress: Admitted<Ingress>;
  readonly rule: string;
}

export const createIngressRouter = (ingresses: readonly Admitted<Ingress>[]): IngressRouter => {
  const routes: Route[] = ingresses.flatMap((ingress) =>
    (ingress.spec?.rules ?? []).flatMap(({ host, http }, ruleIndex) =>
      (http?.paths ?? []).map((path, pathIndex) => ({
        host,
        path,
        ingress,
        rule: `rule ${ruleIndex + 1}, path ${pathIndex + 1} (${path.pathType} ${path.path ?? '/'})`,
      })),
    ),
  );
  const serves = (ingress: Ingress, ingressClass: string | undefined): boolean =>
    ingressClass === undefined || classOf(ingress) === undefined || classOf(ingress) === ingressClass;
  return {
    match: (host, path, ingressClass) => {
      const asked = host.toLowerCase();
      let best: { readonly route: Route; readonly fit: readonly [number, number] } | undefined;
      for (const route of routes) {
        if (!serves(route.ingress, ingressClass)) continue;
        const byHost = hostFit(route.host, asked);
        const byPath = byHost === undefined ? undefined : pathFit(route.path, path);
        if (byHost === undefined || byPath === undefined) continue;
        if (best === undefined || byHost > best.fit[0] || (byHost === best.fit[0] && byPath > best.fit[1])) {
          best = { route, fit: [byHost, byPath] };
        }
      }
      if (best !== undefined) return { ingress: best.route.ingress, backend: best.route.path.backend, rule: best.route.rule };
      for (const ingress of ingresses) {
        const backend = ingress.spec?.defaultBackend;
        if (backend !== undefined && serves(ingress, ingressClass)) return { ingress, backend, rule: 'default backend' };
      }
      return undefined;
    },
  };
};
