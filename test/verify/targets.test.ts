import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import { deployment, faults, judge, service } from './manifests.js';

const webhook = (reference: object, rest: object = {}): KubeObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'guard' },
  webhooks: [
    {
      name: 'guard.example.com',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      clientConfig: { service: { name: 'guard', namespace: 'default', ...reference } },
      rules: [{ apiGroups: ['example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['things'] }],
      ...rest,
    },
  ],
});

const apiService: KubeObject = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1beta1.metrics.k8s.io' },
  spec: {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
    service: { name: 'guard', namespace: 'default', port: 8443 },
  },
};

const guard = [
  deployment('guard', { containers: [{ name: 'main', image: 'guard:1', ports: [{ name: 'https', containerPort: 8443 }] }] }),
  service('guard', { ports: [{ name: 'https', port: 443, targetPort: 'https' }] }),
];

const policy = (spec: object): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'guard' },
  spec: { podSelector: { matchLabels: { app: 'guard' } }, ...spec },
});

describe('what the API server calls', () => {
  test('a webhook and an aggregated API that lead somewhere', () => {
    expect(faults(judge([webhook({}), ...guard]))).toEqual([]);
  });

  test('a port that the Service does not have: an error in every world, with the port that it has', () => {
    for (const world of ['closed', 'open'] as const) {
      const run = judge([webhook({ port: 8443 }), apiService, ...guard], { cluster: { world } });
      expect(run.findings.slice(0, 2)).toMatchObject([
        {
          code: 'service/port-mismatch',
          severity: 'error',
          message:
            'ValidatingWebhookConfiguration guard is called at port 8443 of Service default/guard, which has the ports https (443): every request that webhook guard.example.com is about is refused',
          fix: { text: 'set webhooks[0].clientConfig.service.port to 443', verified: true },
        },
        { code: 'service/port-mismatch', object: { kind: 'APIService' }, fix: { verified: true } },
      ]);
    }
  });

  test('a policy that lets only Pods in keeps the API server out: a warning, for its address is not known', () => {
    const onlyPods = policy({ ingress: [{ from: [{ podSelector: {} }] }] });
    const run = judge([webhook({}), ...guard, onlyPods]);
    expect(run.findings[0]).toMatchObject({
      code: 'network/unreachable',
      severity: 'warning',
      object: { kind: 'ValidatingWebhookConfiguration' },
      fix: { text: 'allow ingress on TCP 8443 from everywhere in NetworkPolicy default/guard', verified: true },
    });
    expect(run.findings[0]?.message).toMatch(/^the API server does not reach Service default\/guard:443/);
    expect(
      faults(judge([webhook({}), ...guard, policy({ ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] })])),
    ).toEqual([]);
  });

  test('a Service without anybody behind it; one whose Pods do not start is not blamed twice', () => {
    const empty = service('guard', { selector: undefined, ports: [{ port: 443 }] });
    expect(faults(judge([webhook({ port: 443 }), empty]))[0]).toMatch(/^network\/unreachable: .*no (?:ready )?endpoint/);
    const container = { name: 'main', image: 'guard:1', ports: [{ name: 'https', containerPort: 8443 }] };
    const broken = deployment('guard', { containers: [{ ...container, envFrom: [{ secretRef: { name: 'ghost' } }] }] });
    expect(faults(judge([webhook({}), broken, guard[1] as KubeObject])).map((line) => line.split(':')[0])).toEqual([
      'reference/missing-object',
    ]);
  });
});

describe('probes', () => {
  test('no NetworkPolicy keeps the kubelet of the node away', () => {
    const probe = { httpGet: { path: '/', port: 'http' } };
    const web = deployment('guard', {
      containers: [
        {
          name: 'main',
          image: 'nginx',
          ports: [{ name: 'http', containerPort: 80 }],
          readinessProbe: probe,
          livenessProbe: probe,
        },
      ],
    });
    const run = judge([web, policy({ policyTypes: ['Ingress', 'Egress'] })]);
    expect(faults(run)).toEqual([]);
    expect(run.cluster.list('Pod').filter(({ metadata }) => metadata.labels?.app === 'guard')).toMatchObject([
      { status: { containerStatuses: [{ ready: true, restartCount: 0 }] } },
    ]);
  });

  test('a port name that the container does not have', () => {
    const web = deployment('guard', {
      containers: [
        {
          name: 'main',
          image: 'nginx',
          ports: [{ name: 'http', containerPort: 80 }],
          readinessProbe: { tcpSocket: { port: 'htpp' } },
        },
      ],
    });
    expect(judge([web]).findings[0]).toMatchObject({ code: 'pod/not-ready', fix: { verified: true } });
  });
});

describe('metrics of autoscalers', () => {
  const autoscaler = (metric: object): KubeObject => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [metric],
    },
  });
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } };
  const web = (resources: object) => deployment('web', { containers: [{ name: 'main', image: 'web:1', resources }] });

  test('utilization is a share of what every container requests', () => {
    const run = judge([web({}), autoscaler(cpu)]);
    expect(run.findings[0]).toMatchObject({
      code: 'autoscaler/no-metrics',
      severity: 'warning',
      message:
        'HorizontalPodAutoscaler default/web cannot work out the cpu utilization of Deployment default/web, because container main requests no cpu: it never scales',
      fix: { text: 'set spec.template.spec.containers[0].resources.requests.cpu of Deployment default/web', verified: false },
    });
    expect(faults(judge([web({ requests: { cpu: '100m' } }), autoscaler(cpu)]))).toEqual([]);
    expect(faults(judge([web({ limits: { cpu: '100m' } }), autoscaler(cpu)]))).toEqual([]);
    const average = { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '1' } } };
    expect(faults(judge([web({}), autoscaler(average)]))).toEqual([]);
  });

  test('a container, or an object, that does not exist', () => {
    const target = { type: 'Utilization', averageUtilization: 80 };
    const container = { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'app', target } };
    expect(faults(judge([web({ requests: { cpu: '1' } }), autoscaler(container)]))).toEqual([
      'autoscaler/no-metrics: HorizontalPodAutoscaler default/web measures container app of Deployment default/web, which has only main: it never scales',
    ]);
    const describedObject = { apiVersion: 'v1', kind: 'Service', name: 'ghost' };
    const object = {
      type: 'Object',
      object: { describedObject, metric: { name: 'rps' }, target: { type: 'Value', value: '1' } },
    };
    expect(faults(judge([web({}), autoscaler(object)]))).toEqual([
      'autoscaler/no-metrics: HorizontalPodAutoscaler default/web measures Service default/ghost, which does not exist: it never scales',
    ]);
  });

  test('that somebody serves the metrics is assumed, unless an APIService does', () => {
    const assumption = expect.objectContaining({
      severity: 'assumption',
      message: expect.stringContaining('reads metrics.k8s.io'),
    });
    const objects = [web({ requests: { cpu: '1' } }), autoscaler(cpu)];
    expect(judge(objects).findings).toContainEqual(assumption);
    expect(judge([...objects, apiService, ...guard]).findings).not.toContainEqual(assumption);
  });
});
