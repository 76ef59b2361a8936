import { Chart, Testing } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import {
  ClusterIPService,
  Deployment,
  ExternalNameService,
  ExternalService,
  LoadBalancerService,
  NodePortService,
} from '../../lib/constructs/index.js';
import { yaml } from './yaml.js';

const setting = () => {
  const chart = new Chart(Testing.app(), 'web', { namespace: 'web' });
  const ports = { http: 8080, dns: { port: 53, protocol: 'UDP' } } as const;
  return { chart, web: new Deployment(chart, 'web', { containers: { web: { image: 'web:1', ports } } }) };
};

describe('Services', () => {
  test('S31: ClusterIP', () => {
    const { chart, web } = setting();
    const service = new ClusterIPService(chart, 'svc', {
      to: web,
      ports: { http: [{ port: 80 }, { port: 8443, name: 'https', appProtocol: 'https' }], dns: 53 },
      externalIPs: ['192.0.2.7'],
      internalTrafficPolicy: 'Local',
      sessionAffinity: 'ClientIP',
    });
    expect(yaml(service)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Service
      metadata:
        name: svc
        namespace: web
      spec:
        externalIPs:
          - 192.0.2.7
        internalTrafficPolicy: Local
        ports:
          - name: http
            port: 80
            targetPort: http
          - appProtocol: https
            name: https
            port: 8443
            targetPort: http
          - name: dns
            port: 53
            protocol: UDP
            targetPort: dns
        selector:
          app: web
        sessionAffinity: ClientIP
      "
    `);
    expect(service.url('http', { path: '/a' })).toBe('http://svc.web.svc:80/a');
    expect(service.url('dns')).toBe('tcp://svc.web.svc:53');
    expect(service.at('dns')).toMatchObject({ port: 'dns', protocol: 'UDP' });
  });

  test('headless', () => {
    const { chart, web } = setting();
    const service = new ClusterIPService(chart, 'svc', {
      to: web,
      ports: { http: 80 },
      headless: true,
      publishNotReadyAddresses: true,
    });
    expect(service.toJson().spec).toEqual({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      ports: [{ name: 'http', port: 80, targetPort: 'http' }],
      selector: { app: 'web' },
    });
  });

  test('S31, S41: NodePort', () => {
    const { chart, web } = setting();
    const service = new NodePortService(chart, 'hello-node-svc', {
      to: web,
      ports: { http: { port: 8080, nodePort: 30036 } },
      externalTrafficPolicy: 'Local',
    });
    expect(yaml(service)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Service
      metadata:
        name: hello-node-svc
        namespace: web
      spec:
        externalTrafficPolicy: Local
        ports:
          - name: http
            nodePort: 30036
            port: 8080
            targetPort: http
        selector:
          app: web
        type: NodePort
      "
    `);
  });

  test('S31: LoadBalancer', () => {
    const { chart, web } = setting();
    const service = new LoadBalancerService(chart, 'front', {
      to: web,
      ports: { http: { port: 80, target: 9999 } },
      loadBalancerIP: '192.0.2.8',
      loadBalancerSourceRanges: ['203.0.113.0/24'],
    });
    expect(yaml(service)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Service
      metadata:
        name: front
        namespace: web
      spec:
        loadBalancerIP: 192.0.2.8
        loadBalancerSourceRanges:
          - 203.0.113.0/24
        ports:
          - name: http
            port: 80
            targetPort: 9999
        selector:
          app: web
        type: LoadBalancer
      "
    `);
  });

  test('S31: a name outside', () => {
    const { chart } = setting();
    const service = new ExternalNameService(chart, 'db', { externalName: 'my.database.example.com' });
    expect(yaml(service)).toMatchInlineSnapshot(`
      "
      apiVersion: v1
      kind: Service
      metadata:
        name: db
        namespace: web
      spec:
        externalName: my.database.example.com
        type: ExternalName
      "
    `);
    const withPort = new ExternalNameService(chart, 'db2', { externalName: 'my.database.example.com', ports: { pg: 5432 } });
    expect(withPort.url('pg', { scheme: 'postgres' })).toBe('postgres://db2.web.svc:5432');
    // @ts-expect-error it says no port
    expect(() => service.at('pg')).toThrow("web/db: has no port 'pg'; its ports: none");
  });

  test('S31: addresses outside', () => {
    const { chart } = setting();
    new ExternalService(chart, 'db', { addresses: ['192.0.2.42', '192.0.2.45'], ports: { pg: { port: 5432, target: 15432 } } });
    const [, service, endpoints] = Testing.synth(chart);
    expect([service.kind, endpoints.kind]).toEqual(['Service', 'EndpointSlice']);
    expect(service.spec).toEqual({ ports: [{ name: 'pg', port: 5432, targetPort: 15432 }] });
    expect(endpoints).toMatchInlineSnapshot(`
      {
        "addressType": "IPv4",
        "apiVersion": "discovery.k8s.io/v1",
        "endpoints": [
          {
            "addresses": [
              "192.0.2.42",
            ],
          },
          {
            "addresses": [
              "192.0.2.45",
            ],
          },
        ],
        "kind": "EndpointSlice",
        "metadata": {
          "labels": {
            "kubernetes.io/service-name": "db",
          },
          "name": "db",
          "namespace": "web",
        },
        "ports": [
          {
            "name": "pg",
            "port": 15432,
          },
        ],
      }
    `);
    expect(() => new ExternalService(chart, 'mixed', { addresses: ['192.0.2.42', '2001:db8::1'], ports: { pg: 5432 } })).toThrow(
      'web/mixed: mixes IPv4 and IPv6 addresses; make one Service for each',
    );
    expect(() => new ExternalService(chart, 'none', { addresses: [], ports: { pg: 5432 } })).toThrow('names no address');
  });

  test('Pods that this program does not make are described by hand', () => {
    const { chart } = setting();
    const service = new ClusterIPService(chart, 'metrics', {
      to: { labels: { k8s: 'agent' }, ports: { prom: 9090 } },
      ports: { prom: 80 },
    });
    expect(service.toJson().spec).toEqual({
      selector: { k8s: 'agent' },
      ports: [{ name: 'prom', port: 80, targetPort: 'prom' }],
    });
    const agent = { labels: { k8s: 'agent' }, ports: { prom: 9090 } };
    // @ts-expect-error 'pron' is no port of it
    expect(() => new ClusterIPService(chart, 'wrong', { to: agent, ports: { pron: 80 } })).toThrow("declares no port 'pron'");
  });

  test('a Service cannot select Pods of another namespace', () => {
    const { chart, web } = setting();
    const data = new Chart(chart.node.root as Chart, 'data', { namespace: 'data' });
    expect(() => new ClusterIPService(data, 'svc', { to: web, ports: { http: 80 } })).toThrow(
      "data/svc: selects Pods of its own namespace 'data' only, and web/web is in 'web'; make it there",
    );
  });
});
