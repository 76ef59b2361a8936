import { Testing } from 'cdk8s';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  ClusterIPService,
  ConfigMap,
  claim,
  configMap,
  Deployment,
  ExternalService,
  emptyDir,
  NetworkPolicy,
  NodePortService,
  PlimsollError,
  Pod,
  type PodSource,
  probe,
  Role,
  Secret,
  StatefulSet,
} from '../../lib/constructs/index.js';

const image = 'nginx:1.27';
const chart = () => Testing.chart();

const web = (scope = chart()) =>
  new Deployment(scope, 'web', {
    containers: { web: { image, ports: { http: 80, dns: { port: 53, protocol: 'UDP' } } }, other: { image } },
    sidecars: { metrics: { image, ports: { prom: 9090 } } },
  });

/** Every name here that does not exist does not compile either; the messages are for programs that are not type-checked. */
describe('names are checked by the compiler', () => {
  test('a container mounts only volumes of its Pod', () => {
    const volumes = { cache: emptyDir(), 'with-dash': emptyDir() };
    new Deployment(chart(), 'web', {
      volumes,
      containers: { web: { image, mounts: { cache: '/cache', 'with-dash': [{ path: '/a', readOnly: true }, '/b'] } } },
      init: { first: { image, mounts: { cache: '/cache' } } },
      sidecars: { logs: { image, mounts: { cache: '/cache' } } },
    });
    expect(
      () =>
        new Deployment(chart(), 'web', {
          volumes,
          // @ts-expect-error 'cahce' is no volume
          containers: { web: { image, mounts: { cahce: '/cache' } } },
        }),
    ).toThrow("test/web container web: mounts 'cahce', which is not a volume of the Pod; its volumes: 'cache', 'with-dash'");
    expect(
      () =>
        new Pod(chart(), 'web', {
          volumes,
          containers: { web: { image } },
          // @ts-expect-error init containers too
          init: { first: { image, mounts: { cahce: '/cache' } } },
        }),
    ).toThrow(PlimsollError);
    expect(
      () =>
        new Deployment(chart(), 'web', {
          // @ts-expect-error there is no volume at all
          containers: { web: { image, mounts: { cache: '/cache' } } },
        }),
    ).toThrow('its volumes: none');
  });

  test('a probe names only ports of its own container, or numbers', () => {
    new Pod(chart(), 'web', {
      containers: {
        web: {
          image,
          ports: { http: 80 },
          ready: probe.http('http', '/ready', { periodSeconds: 5 }),
          live: probe.tcp(8080),
          started: probe.exec(['true']),
          lifecycle: { preStop: { httpGet: { port: 'http', path: '/bye' } } },
        },
      },
    });
    expect(
      () =>
        new Pod(chart(), 'web', {
          containers: {
            web: {
              image,
              ports: { http: 80 },
              // @ts-expect-error 'htpp' is not 'http'
              ready: probe.http('htpp'),
            },
          },
        }),
    ).toThrow("test/web container web: probes port 'htpp', which it does not declare; declared: 'http'");
    expect(
      () =>
        new Pod(chart(), 'web', {
          containers: {
            web: { image, ports: { http: 80 } },
            other: {
              image,
              // @ts-expect-error the port of another container
              live: probe.tcp('http'),
            },
          },
        }),
    ).toThrow(PlimsollError);
    new Pod(chart(), 'web', {
      containers: {
        web: {
          image,
          ports: { http: 80 },
          // @ts-expect-error a hook, too
          lifecycle: { preStop: { httpGet: { port: 'htpp' } } },
        },
      },
    });
  });

  test('a Service offers only ports that its Pods declare, those of sidecars included', () => {
    const scope = chart();
    const service = new NodePortService(scope, 'svc', {
      to: web(scope),
      ports: { http: { port: 80, nodePort: 30036 }, prom: 9090 },
    });
    expect(service.at('prom').port).toBe('prom');
    // @ts-expect-error the Service does not offer it
    expect(() => service.at('dns')).toThrow("test/svc: has no port 'dns'; its ports: 'http', 'prom'");
    // @ts-expect-error nor can its URL be asked for
    expect(() => service.url('htpp')).toThrow(PlimsollError);
    const wrong = () => {
      const other = chart();
      // @ts-expect-error 'htpp' is no port of the Deployment
      new NodePortService(other, 'svc', { to: web(other), ports: { htpp: { port: 80, nodePort: 30036 } } });
    };
    expect(wrong).toThrow("test/svc: test/web declares no port 'htpp'; declared: 'http', 'dns', 'prom'");
    const alsoWrong = () => {
      const other = chart();
      // @ts-expect-error a known port beside it does not help
      new ClusterIPService(other, 'svc', { to: web(other), ports: { http: 80, htpp: 81 } });
    };
    expect(alsoWrong).toThrow(PlimsollError);
    const none = () => {
      const other = chart();
      const pod = new Pod(other, 'pod', { containers: { a: { image } } });
      // @ts-expect-error the Pod declares no port
      new ClusterIPService(other, 'svc', { to: pod, ports: { http: 80 } });
    };
    expect(none).toThrow('declared: none');
  });

  test('a NetworkPolicy allows only ports that the protected Pods declare', () => {
    const scope = chart();
    const target = web(scope);
    new NetworkPolicy(scope, 'ok', { protects: target, allow: [{ from: target, to: ['http', 8080] }] });
    expect(
      // @ts-expect-error 'http2' is no port of the Deployment
      () => new NetworkPolicy(scope, 'wrong', { protects: target, allow: [{ from: target, to: 'http2' }] }),
    ).toThrow("test/wrong: allows port 'http2', which the protected Pods do not declare; declared: 'http', 'dns', 'prom'");
    // @ts-expect-error nor has it one to call
    expect(() => target.at('http2')).toThrow(PlimsollError);
  });

  test('a variable or file refers only to keys that the ConfigMap or Secret declares', () => {
    const scope = chart();
    const settings = new ConfigMap(scope, 'settings', { data: { LOG_LEVEL: 'info' }, binaryData: { logo: 'aGk=' } });
    const credentials = new Secret(scope, 'credentials', { stringData: { user: 'pg' }, data: { password: 'aGk=' } });
    expect(settings.key('LOG_LEVEL')).toEqual({ configMapKeyRef: { name: 'settings', key: 'LOG_LEVEL' } });
    expect(credentials.key('password')).toEqual({ secretKeyRef: { name: 'credentials', key: 'password' } });
    // @ts-expect-error
    expect(() => settings.key('LOGLEVEL')).toThrow("test/settings: has no key 'LOGLEVEL' in data; its keys: 'LOG_LEVEL'");
    // @ts-expect-error binary data cannot be a variable
    expect(() => settings.key('logo')).toThrow(PlimsollError);
    // @ts-expect-error
    expect(() => credentials.key('passwd')).toThrow(PlimsollError);
    configMap(settings, { items: { logo: 'logo.png', LOG_LEVEL: { path: 'level', mode: 0o400 } } });
    // @ts-expect-error 'lgo' is no key
    configMap(settings, { items: { lgo: 'logo.png' } });
  });

  test('claim() is for StatefulSets', () => {
    new StatefulSet(chart(), 'pg', {
      volumes: { data: claim({ size: '1Gi' }) },
      containers: { pg: { image, mounts: { data: '/data' } } },
    });
    expect(
      () =>
        new Deployment(chart(), 'web', {
          // @ts-expect-error a Deployment makes no claims
          volumes: { data: claim({ size: '1Gi' }) },
          containers: { web: { image } },
        }),
    ).toThrow("for volume 'data' write ephemeral() or persistentVolumeClaim()");
  });

  test('a rule names only resources, subresources and verbs that exist', () => {
    const scope = chart();
    new Role(scope, 'ok', { rules: { pods: ['get', 'list'], 'pods/log': ['get'], 'deployments/scale': ['patch'], '*': ['*'] } });
    // @ts-expect-error it is pods/log
    expect(() => new Role(scope, 'subresource', { rules: { 'pods/logs': ['get'] } })).not.toThrow();
    // @ts-expect-error it is deployments
    expect(() => new Role(scope, 'resource', { rules: { deployment: ['get'] } })).toThrow(
      "test/resource: knows no resource 'deployment'; for a custom one write rule({ apiGroups: [...], resources: ['deployment'], verbs: ['get'] })",
    );
    // @ts-expect-error it is list
    new Role(scope, 'verb', { rules: { pods: ['read'] } });
    // @ts-expect-error a review can only be created
    new Role(scope, 'review', { rules: { tokenreviews: ['get'] } });
    // @ts-expect-error configmaps are in the core group
    new Role(scope, 'group', { rules: { configmaps: { verbs: ['get'], apiGroup: 'apps' } } });
  });

  test('the types can be named: any workload, or one with certain ports', () => {
    const scope = chart();
    const name = (workload: Deployment): string => workload.name;
    const expose = (pods: PodSource<'http'>): unknown => new ClusterIPService(scope, 'svc', { to: pods, ports: { http: 80 } });
    const target = web(scope);
    expect(name(target)).toBe('web');
    expose(target);
    expectTypeOf(target.ports).toHaveProperty('prom');
    expectTypeOf(target.at).parameter(0).toEqualTypeOf<'http' | 'dns' | 'prom'>();
    const bare = new Pod(scope, 'bare', { containers: { a: { image } } });
    // @ts-expect-error it has no such port
    expect(() => expose(bare)).toThrow(PlimsollError);
  });

  test('fields are those of Kubernetes', () => {
    new Pod(chart(), 'web', {
      // @ts-expect-error
      containers: { web: { imgae: image, image } },
    });
    // @ts-expect-error
    new Pod(chart(), 'web', { containers: { web: { image } }, restartPolicy: 'Sometimes' });
    // @ts-expect-error
    new ExternalService(chart(), 'db', { addresses: ['192.0.2.1'], ports: { pg: '5432' } });
  });
});
