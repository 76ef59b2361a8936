import { Chart, Testing } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import {
  allPods,
  anyone,
  ClusterIPService,
  cidr,
  clusterDns,
  Deployment,
  ExternalNameService,
  ExternalService,
  Ingress,
  IngressClass,
  inNamespace,
  Namespace,
  NetworkPolicy,
} from '../../lib/constructs/index.js';
import { yaml } from './yaml.js';

const setting = () => {
  const app = Testing.app();
  const web = new Chart(app, 'web', { namespace: 'web' });
  const data = new Chart(app, 'data', { namespace: 'data' });
  const api = new Deployment(web, 'api', { containers: { api: { image: 'api:1', ports: { http: 8080, admin: 9000 } } } });
  const pg = new Deployment(data, 'pg', { containers: { pg: { image: 'postgres:16', ports: { pg: 5432 } } } });
  const db = new ClusterIPService(data, 'db', { to: pg, ports: { pg: { port: 6000 } } });
  const front = new ClusterIPService(web, 'front', { to: api, ports: { http: 80, admin: { port: 81, name: 'management' } } });
  return { app, web, data, api, pg, db, front };
};

describe('Ingress', () => {
  test('S20, S32: routes by host and path to ports of Services', () => {
    const { web, front } = setting();
    const nginx = new IngressClass(web, 'nginx', { controller: 'k8s.io/ingress-nginx', default: true });
    const ingress = new Ingress(web, 'shop', {
      ingressClass: nginx,
      hosts: {
        'shop.example.com': { '/': front.at('http'), '/admin': { to: front.at('admin'), pathType: 'Exact' } },
        '*': { '/health': front.at('http') },
      },
      defaultBackend: front.at('http'),
      tls: [{ secret: 'shop-tls', hosts: ['shop.example.com'] }],
    });
    expect(yaml(nginx)).toMatchInlineSnapshot(`
      "
      apiVersion: networking.k8s.io/v1
      kind: IngressClass
      metadata:
        annotations:
          ingressclass.kubernetes.io/is-default-class: "true"
        name: nginx
      spec:
        controller: k8s.io/ingress-nginx
      "
    `);
    expect(yaml(ingress)).toMatchInlineSnapshot(`
      "
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        name: shop
        namespace: web
      spec:
        defaultBackend:
          service:
            name: front
            port:
              name: http
        ingressClassName: nginx
        rules:
          - host: shop.example.com
            http:
              paths:
                - backend:
                    service:
                      name: front
                      port:
                        name: http
                  path: /
                  pathType: Prefix
                - backend:
                    service:
                      name: front
                      port:
                        name: management
                  path: /admin
                  pathType: Exact
          - http:
              paths:
                - backend:
                    service:
                      name: front
                      port:
                        name: http
                  path: /health
                  pathType: Prefix
        tls:
          - hosts:
              - shop.example.com
            secretName: shop-tls
      "
    `);
  });

  test('wrong use', () => {
    const { web, db, api } = setting();
    expect(() => new Ingress(web, 'other', { hosts: { '*': { '/': db.at('pg') } } })).toThrow(
      "web/other: routes to Services of its own namespace 'web' only, and data/db is in 'data'; make the Ingress there",
    );
    expect(() => new Ingress(web, 'pods', { hosts: { '*': { '/': api.at('http') } } })).toThrow(
      'web/pods: routes to Services, and web/api is a Deployment; make a Service for it',
    );
  });
});

describe('NetworkPolicy', () => {
  test('ingress: from workloads, namespaces, addresses, everyone', () => {
    const { web, api, pg } = setting();
    const policy = new NetworkPolicy(web, 'in', {
      protects: api,
      allow: [
        { from: pg, to: 'http' },
        {
          from: [allPods, inNamespace('monitoring'), new Namespace(web, 'ops')],
          to: ['admin', 9100, { port: 1000, endPort: 2000 }],
        },
        { from: cidr('10.0.0.0/8', { except: ['10.1.0.0/16'] }) },
        { from: anyone, to: 'http' },
      ],
    });
    expect(yaml(policy)).toMatchInlineSnapshot(`
      "
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: in
        namespace: web
      spec:
        ingress:
          - from:
              - namespaceSelector:
                  matchLabels:
                    kubernetes.io/metadata.name: data
                podSelector:
                  matchLabels:
                    app: pg
            ports:
              - port: 8080
                protocol: TCP
          - from:
              - podSelector: {}
              - namespaceSelector:
                  matchLabels:
                    kubernetes.io/metadata.name: monitoring
              - namespaceSelector:
                  matchLabels:
                    kubernetes.io/metadata.name: ops
            ports:
              - port: 9000
                protocol: TCP
              - port: 9100
                protocol: TCP
              - endPort: 2000
                port: 1000
          - from:
              - ipBlock:
                  cidr: 10.0.0.0/8
                  except:
                    - 10.1.0.0/16
          - ports:
              - port: 8080
                protocol: TCP
        podSelector:
          matchLabels:
            app: api
        policyTypes:
          - Ingress
      "
    `);
  });

  test('egress: a Service means its Pods and their port', () => {
    const { web, data, db, api, pg } = setting();
    const outside = new ExternalService(data, 'legacy', {
      addresses: ['192.0.2.42'],
      ports: { ldap: { port: 389, target: 1389 } },
    });
    const policy = new NetworkPolicy(web, 'out', {
      protects: api,
      allow: [{ to: db.at('pg') }, { to: [pg.at('pg'), clusterDns] }, { to: outside.at('ldap') }, { to: anyone, ports: [443] }],
    });
    expect(yaml(policy)).toMatchInlineSnapshot(`
      "
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: out
        namespace: web
      spec:
        egress:
          - ports:
              - port: 5432
                protocol: TCP
            to:
              - namespaceSelector:
                  matchLabels:
                    kubernetes.io/metadata.name: data
                podSelector:
                  matchLabels:
                    app: pg
          - ports:
              - port: 5432
                protocol: TCP
            to:
              - namespaceSelector:
                  matchLabels:
                    kubernetes.io/metadata.name: data
                podSelector:
                  matchLabels:
                    app: pg
          - ports:
              - port: 53
                protocol: UDP
              - port: 53
                protocol: TCP
            to:
              - namespaceSelector:
                  matchLabels:
                    kubernetes.io/metadata.name: kube-system
                podSelector:
                  matchLabels:
                    k8s-app: kube-dns
          - ports:
              - port: 1389
                protocol: TCP
            to:
              - ipBlock:
                  cidr: 192.0.2.42/32
          - ports:
              - port: 443
                protocol: TCP
        podSelector:
          matchLabels:
            app: api
        policyTypes:
          - Egress
      "
    `);
  });

  test('the directions are those that the rules speak of', () => {
    const { web, api } = setting();
    const types = (id: string, props: ConstructorParameters<typeof NetworkPolicy>[2]) =>
      new NetworkPolicy(web, id, props).toJson().spec;
    expect(types('deny', { allow: [] })).toEqual({ podSelector: {}, policyTypes: ['Ingress'] });
    expect(types('deny-egress', { allow: [], policyTypes: ['Egress'] })).toEqual({ podSelector: {}, policyTypes: ['Egress'] });
    expect(types('both', { allow: [{ from: api }, { to: api }] }).policyTypes).toEqual(['Ingress', 'Egress']);
  });

  test('wrong use', () => {
    const { web, data, api } = setting();
    expect(() => new NetworkPolicy(data, 'elsewhere', { protects: api, allow: [] })).toThrow(
      "data/elsewhere: protects Pods of its own namespace 'data' only, and web/api is in 'web'; make it there",
    );
    expect(() => new NetworkPolicy(web, 'nobody', { protects: api, allow: [{ from: [] }] })).toThrow(
      'web/nobody: has a rule that names nobody; leave it out to allow nobody, or write anyone',
    );
    // @ts-expect-error allow is required
    expect(() => new NetworkPolicy(web, 'unruled', { protects: api })).toThrow(
      "web/unruled: has no list of rules; write allow: [{ from: api, to: 'http' }], or allow: [] for nobody",
    );
    const name = new ExternalNameService(web, 'db', { externalName: 'db.example.com', ports: { pg: 5432 } });
    expect(() => new NetworkPolicy(web, 'name', { protects: api, allow: [{ to: name.at('pg') }] })).toThrow(
      "web/name: 'db.example.com' is a name, and policies know addresses only; write { to: cidr('<address>/32'), ports: [...] }",
    );
  });
});
