import { describe, expect, test } from 'vitest';
import { type Admitted, refText } from '../../lib/api/object.js';
import { createMap } from '../../lib/network/map/map.js';
import { clusterOf, ingress, namespace, pod, service } from './cluster.js';

const web = pod('shop/web', { ip: '10.244.1.1', labels: { app: 'web' }, ports: { http: 8080, metrics: 9090 } });
const objects = [namespace('shop'), web];

const entrances = (all: readonly Admitted[], gatewayObjects: readonly Admitted[] = []) =>
  createMap({ ...clusterOf([...objects, ...all]), gatewayObjects })
    .entrances()
    .map(({ how, by, at, port, protocol }) => `${how} ${refText(by)} ${at.join(' ')} -> ${port}/${protocol}`);

const selector = { app: 'web' };
const web80 = service('shop/web', { selector, ports: [{ name: 'http', port: 80, targetPort: 'http' }] });

describe('ways into a cluster', () => {
  test('Services with addresses outside, to the ports that their names stand for', () => {
    const ports = [{ port: 80, targetPort: 'http', nodePort: 30_080 }];
    expect(entrances([service('shop/web', { selector, type: 'NodePort', ports })])).toEqual([
      'NodePort Service shop/web every node:30080 -> 8080/TCP',
    ]);
    const given = { loadBalancer: { ingress: [{ ip: '198.51.100.7' }, { ip: 'fd00::7' }] } };
    expect(entrances([service('shop/web', { selector, type: 'LoadBalancer', ports }, given)])).toEqual([
      'LoadBalancer Service shop/web 198.51.100.7:80 [fd00::7]:80 every node:30080 -> 8080/TCP',
    ]);
    expect(entrances([service('shop/web', { selector, externalIPs: ['203.0.113.9'], ports: [{ port: 9090 }] })])).toEqual([
      'externalIPs Service shop/web 203.0.113.9:9090 -> 9090/TCP',
    ]);
  });

  test('none: a Service inside, one that selects nobody, one whose port has no such name', () => {
    expect(entrances([web80])).toEqual([]);
    expect(entrances([service('shop/web', { selector: { app: 'x' }, type: 'NodePort', ports: [{ port: 80 }] })])).toEqual([]);
    expect(entrances([service('shop/web', { selector, type: 'NodePort', ports: [{ port: 80, targetPort: 'grpc' }] })])).toEqual(
      [],
    );
  });

  test('an Ingress: host, path, TLS, and whatever no rule takes', () => {
    const backend = { service: { name: 'web', port: { name: 'http' } } };
    const routed = ingress('shop/web', {
      defaultBackend: backend,
      tls: [{ hosts: ['secure.example.com'] }],
      rules: [
        { host: 'secure.example.com', http: { paths: [{ path: '/api', pathType: 'Exact', backend }] } },
        { http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } },
      ],
    });
    expect(entrances([web80, routed])).toEqual([
      'Ingress Ingress shop/web https://secure.example.com/api (exactly) -> 8080/TCP',
      'Ingress Ingress shop/web http://*/ -> 8080/TCP',
      'Ingress Ingress shop/web whatever no rule takes -> 8080/TCP',
    ]);
  });

  test('an HTTPRoute through a listener of its Gateway', () => {
    const gatewayKind = (kind: string, name: string, spec: object) =>
      ({
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind,
        metadata: { namespace: 'shop', name, uid: name },
        spec,
      }) as Admitted;
    const gateway = gatewayKind('Gateway', 'edge', {
      gatewayClassName: 'x',
      listeners: [{ name: 'https', port: 8443, protocol: 'HTTPS', hostname: '*.example.com' }],
    });
    const route = gatewayKind('HTTPRoute', 'web', {
      parentRefs: [{ name: 'edge' }],
      hostnames: ['shop.example.com'],
      rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/api' } }], backendRefs: [{ name: 'web', port: 80 }] }],
    });
    expect(entrances([web80], [gateway, route])).toEqual([
      'HTTPRoute HTTPRoute shop/web https://shop.example.com:8443/api -> 8080/TCP',
    ]);
  });

  test('Pods that open ports of their nodes', () => {
    const host = pod('shop/agent', { ip: '192.168.1.11', ports: { metrics: 9100 }, spec: { hostNetwork: true } });
    const edge = pod('shop/edge', {
      ip: '10.244.1.9',
      spec: { containers: [{ name: 'main', ports: [{ containerPort: 8080, hostPort: 80 }, { containerPort: 8081 }] }] },
    });
    expect(entrances([host, edge])).toEqual([
      'hostNetwork Pod shop/agent its node:9100 -> 9100/TCP',
      'hostPort Pod shop/edge its node:80 -> 8080/TCP',
    ]);
  });
});
