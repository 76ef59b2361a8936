import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import type { Endpoint } from '../destination.js';
import { PlimsollError } from '../error.js';
import { type DeepPartial, merge } from '../merge.js';
import { type Named, nameOf } from '../named.js';
import { bodyOf, namespaceOf, type ObjectProps, pathOf, Resource } from '../resource.js';

/** Where the requests for a path go: a port of a Service, `api.at('http')`. */
export type IngressPath =
  | Endpoint
  | {
      readonly to: Endpoint;
      /** Default: Prefix. */
      readonly pathType?: 'Prefix' | 'Exact' | 'ImplementationSpecific' | undefined;
    };

/** By path: `/`, `/api`. */
export type IngressPaths = Readonly<Record<string, IngressPath>>;

export interface IngressProps extends ObjectProps {
  readonly ingressClass?: Named | undefined;
  /** Paths by host: `shop.example.com`, `*.example.com`, or `*` for every host. */
  readonly hosts?: Readonly<Record<string, IngressPaths>> | undefined;
  /** Where requests go that no path takes. */
  readonly defaultBackend?: Endpoint | undefined;
  /** Hosts with a certificate: the Secret (by construct or name) and its hosts. */
  readonly tls?: readonly { readonly secret?: Named | undefined; readonly hosts?: readonly string[] | undefined }[] | undefined;
  /** Plain fields of the spec, laid over the result last. */
  readonly plain?: DeepPartial<k8s.IngressSpec> | undefined;
}

const backend = (path: string, namespace: string | undefined, to: Endpoint): k8s.IngressBackend => {
  const service = ApiObject.of(to.of);
  if (service.kind !== 'Service')
    throw new PlimsollError(path, `routes to Services, and ${to.of.node.path} is a ${service.kind}; make a Service for it`);
  const there = service.metadata.namespace;
  if (there !== undefined && namespace !== undefined && there !== namespace) {
    throw new PlimsollError(
      path,
      `routes to Services of its own namespace '${namespace}' only, and ${to.of.node.path} is in '${there}'; make the Ingress there`,
    );
  }
  return { service: { name: service.name, port: typeof to.port === 'number' ? { number: to.port } : { name: to.port } } };
};

/**
 * Routes HTTP from outside to Services, by host and path. An Ingress controller must serve its class.
 *
 * @example
 * new Ingress(chart, 'shop', { ingressClass: 'nginx', hosts: { 'shop.example.com': { '/': front.at('http'), '/api': api.at('http') } } });
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/ingress/
 */
export class Ingress extends Resource {
  constructor(scope: Construct, id: string, props: IngressProps) {
    const { plain, ingressClass, hosts, defaultBackend, tls } = bodyOf(props);
    const path = pathOf(scope, id);
    const namespace = namespaceOf(scope, props);
    const rules = Object.entries(hosts ?? {}).map(([host, paths]): k8s.IngressRule => {
      const all = Object.entries(paths).map(([prefix, value]): k8s.HTTPIngressPath => {
        const { to, pathType = 'Prefix' } = 'to' in value ? value : { to: value };
        return { path: prefix, pathType, backend: backend(path, namespace, to) };
      });
      return { ...(host === '*' ? {} : { host }), http: { paths: all } };
    });
    const spec: k8s.IngressSpec = {
      ...(ingressClass === undefined ? {} : { ingressClassName: nameOf(ingressClass) }),
      ...(defaultBackend === undefined ? {} : { defaultBackend: backend(path, namespace, defaultBackend) }),
      ...(rules.length > 0 ? { rules } : {}),
      ...(tls === undefined
        ? {}
        : {
            tls: tls.map(({ secret, hosts: of }) => ({
              hosts: of,
              secretName: secret === undefined ? undefined : nameOf(secret),
            })),
          }),
    };
    super(scope, id, { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' }, props, { spec: merge(spec, plain) });
  }
}
