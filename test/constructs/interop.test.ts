import { ApiObject, Chart, JsonPatch, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { describe, expect, test } from 'vitest';
import {
  behaves,
  ClusterIPService,
  ConfigMap,
  Deployment,
  declarationsOf,
  endpoint,
  Ingress,
  intends,
  NetworkPolicy,
  Pod,
  PodDisruptionBudget,
  RbacBundle,
  Resource,
} from '../../lib/constructs/index.js';

const setting = () => {
  const chart = new Chart(Testing.app(), 'web', { namespace: 'web' });
  const web = new kplus.Deployment(chart, 'web', { metadata: { name: 'web' } });
  return { chart, web };
};

describe('constructs of other libraries', () => {
  test('a cdk8s-plus workload is a target of Services, policies, budgets and bindings, as it is at synth', () => {
    const { chart, web } = setting();
    const service = new ClusterIPService(chart, 'svc', { to: web, ports: { http: 80, admin: { port: 81, target: 9000 } } });
    const policy = new NetworkPolicy(chart, 'policy', {
      protects: web,
      allow: [{ from: web, to: 'http' }, { to: service.at('http') }],
    });
    const budget = new PodDisruptionBudget(chart, 'budget', { protects: web, minAvailable: 1 });
    new RbacBundle(chart, 'bundle', { for: web, rules: { pods: ['get'] } });
    // Made after the Service: what counts is what is written in the end.
    web.addContainer({ image: 'nginx', ports: [{ number: 8080, name: 'http', protocol: kplus.Protocol.TCP }] });

    const { matchLabels } = ApiObject.of(web).toJson().spec.selector;
    expect(Object.keys(matchLabels)).toEqual(['cdk8s.io/metadata.addr']);
    expect(service.toJson().spec).toEqual({
      selector: matchLabels,
      ports: [
        { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' },
        { name: 'admin', port: 81, targetPort: 9000 },
      ],
    });
    const port = { protocol: 'TCP', port: 8080 };
    expect(policy.toJson().spec).toEqual({
      podSelector: { matchLabels },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: { matchLabels } }], ports: [port] }],
      egress: [{ to: [{ podSelector: { matchLabels } }], ports: [port] }],
    });
    expect(budget.toJson().spec).toEqual({ minAvailable: 1, selector: { matchLabels } });
    const binding = Testing.synth(chart).find(({ kind }) => kind === 'RoleBinding');
    expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', name: 'default', namespace: 'web' }]);
  });

  test('a cdk8s-plus Pod, ServiceAccount, Service and ConfigMap', () => {
    const { chart, web } = setting();
    const pod = new kplus.Pod(chart, 'pod', { containers: [{ image: 'a', portNumber: 80 }], metadata: { name: 'pod' } });
    const service = new ClusterIPService(chart, 'svc', { to: pod, ports: { http: 80 } });
    expect(service.toJson().spec.selector).toEqual(ApiObject.of(pod).toJson().metadata.labels);

    web.addContainer({ image: 'nginx', portNumber: 80 });
    const account = new kplus.ServiceAccount(chart, 'account', { metadata: { name: 'robot' } });
    new RbacBundle(chart, 'bundle', { for: account, rules: { pods: ['get'] } });
    expect(Testing.synth(chart).find(({ kind }) => kind === 'RoleBinding').subjects).toEqual([
      { kind: 'ServiceAccount', name: 'robot', namespace: 'web' },
    ]);

    const theirs = web.exposeViaService({ name: 'theirs' });
    const ingress = new Ingress(chart, 'ingress', { hosts: { '*': { '/': endpoint(theirs, 80) } } });
    expect(ingress.toJson().spec.rules[0].http.paths[0].backend).toEqual({ service: { name: 'theirs', port: { number: 80 } } });
    const settings = new kplus.ConfigMap(chart, 'settings', { metadata: { name: 'settings' } });
    const reader = new Pod(chart, 'reader', { containers: { a: { image: 'a', envFrom: [settings] } } });
    expect(reader.toJson().spec.containers[0].envFrom).toEqual([{ configMapRef: { name: 'settings' } }]);
  });

  test('intents and behaviour of a cdk8s-plus workload', () => {
    const { chart, web } = setting();
    intends(web).runsOn({ disktype: 'ssd' });
    behaves(web, { main: { startsIn: 20 } });
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'web', name: 'web' };
    const { intents, behaviours } = declarationsOf(chart);
    expect(intents).toMatchObject([{ kind: 'runsOn', workload: ref }]);
    expect([...behaviours]).toEqual([['apps/Deployment/web/web', { main: { startsIn: 20 } }]]);
  });

  test('a plain ApiObject is a target; what has no Pods is not', () => {
    const { chart } = setting();
    const plain = new ApiObject(chart, 'plain', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      spec: {
        selector: { matchLabels: { app: 'r' } },
        template: { spec: { containers: [{ name: 'a', ports: [{ name: 'http', containerPort: 80 }] }] } },
      },
    });
    expect(new ClusterIPService(chart, 'svc', { to: plain, ports: { http: 80 } }).toJson().spec).toEqual({
      selector: { app: 'r' },
      ports: [{ name: 'http', port: 80, targetPort: 'http' }],
    });
    const settings = new ConfigMap(chart, 'settings');
    const ports = { http: 80 };
    expect(() => new ClusterIPService(chart, 'wrong', { to: settings, ports })).toThrow(
      'web/settings: a ConfigMap has no Pods; name a workload or a Pod',
    );
    const theirs = new kplus.ConfigMap(chart, 'theirs');
    expect(() => new ClusterIPService(chart, 'later', { to: theirs, ports }).toJson()).toThrow(
      'web/theirs: a ConfigMap has no Pods',
    );
  });

  test('every construct is the ApiObject itself: patches and dependencies work as in cdk8s, and instanceof means the class', () => {
    const chart = Testing.chart();
    const api: ApiObject = new Deployment(chart, 'api', { containers: { api: { image: 'api:1' } } });
    api.addJsonPatch(JsonPatch.add('/spec/template/spec/hostname', 'api'));
    api.addDependency(new ConfigMap(chart, 'settings'));
    expect(ApiObject.of(api)).toBe(api);
    expect(api.toJson().spec.template.spec.hostname).toBe('api');
    const kinds = chart.toJson().map(({ kind }) => kind);
    expect(kinds.indexOf('ConfigMap')).toBeLessThan(kinds.lastIndexOf('Deployment'));
    expect([api instanceof Deployment, api instanceof Resource, api instanceof ApiObject, api instanceof Pod]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});
