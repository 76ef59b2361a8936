import { describe, expect, test } from 'vitest';
import { decode } from '../../lib/api/decode.js';
import { applyDefaults } from '../../lib/api/default/index.js';
import type { KubeObject } from '../../lib/api/object.js';
import { prepareForCreate } from '../../lib/api/prepare.js';
import { prepareForUpdate } from '../../lib/api/prepare-update.js';
import { invalid } from '../../lib/api/refusal.js';
import { validateCreate, validateUpdate } from '../../lib/api/validate/index.js';
import { warningsOf } from '../../lib/api/warn/index.js';

const read = (input: unknown): KubeObject => {
  const verdict = decode(input);
  if (!verdict.ok) throw new Error(verdict.message);
  return applyDefaults(verdict.value);
};

const birth = { uid: '11111111-2222-3333-4444-555555555555', suffix: 'abcde', now: '2024-01-01T00:00:00Z' };
const prepared = (input: unknown): KubeObject => prepareForCreate(read(input), birth);
const faults = (input: unknown): readonly string[] => validateCreate(prepared(input)).map((error) => error.message);

const container = { name: 'app', image: 'nginx:1' };
const pod = (spec: object, metadata: object = { name: 'web' }): unknown => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata,
  spec: { containers: [container], ...spec },
});
const deployment = (spec: object = {}, labels: object = { app: 'web' }): unknown => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels }, spec: { containers: [container] } },
    ...spec,
  },
});
const service = (spec: object): unknown => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec });

describe('metadata', () => {
  test('has a name that fits in DNS, labels and annotations with keys that fit in a path', () => {
    expect(faults(pod({}, { name: 'Web', labels: { 'a b': 'x' }, annotations: { '/y': '' } }))).toEqual([
      expect.stringContaining('metadata.name: Invalid value: "Web": a lowercase RFC 1123 subdomain must consist of'),
      expect.stringContaining('metadata.labels: Invalid value: "a b": name part must consist of'),
      'metadata.annotations: Invalid value: "/y": prefix part must be non-empty',
    ]);
  });

  test('without a name is completed from generateName, or refused', () => {
    expect(prepared(pod({}, { generateName: 'web-' })).metadata.name).toBe('web-abcde');
    expect(prepared(pod({}, { generateName: 'x'.repeat(80) })).metadata.name).toHaveLength(63);
    expect(faults(pod({}, {}))).toEqual(['metadata.name: Required value: name or generateName is required']);
  });

  test('of a Service and a Namespace is a label, of RBAC objects nearly anything', () => {
    expect(faults({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a.b' } })).toEqual([
      'metadata.name: Invalid value: "a.b": must not contain dots',
    ]);
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', rules: [] };
    expect(faults({ ...role, metadata: { name: 'system:Reader' } })).toEqual([]);
    expect(faults({ ...role, metadata: { name: 'a/b' } })).toEqual([`metadata.name: Invalid value: "a/b": may not contain '/'`]);
  });
});

describe('Pods', () => {
  test.each([
    ['no container', pod({ containers: [] }), ['spec.containers: Required value']],
    [
      'two containers of one name',
      pod({ containers: [container, container] }),
      ['spec.containers[1].name: Duplicate value: "app"'],
    ],
    [
      'a mount without its volume',
      pod({ containers: [{ ...container, volumeMounts: [{ name: 'data', mountPath: '/data' }] }] }),
      ['spec.containers[0].volumeMounts[0].name: Not found: "data"'],
    ],
    [
      'more asked for than allowed',
      pod({ containers: [{ ...container, resources: { requests: { cpu: '2' }, limits: { cpu: '1500m' } } }] }),
      ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1500m'],
    ],
    [
      'one host port twice',
      pod({
        containers: [
          {
            ...container,
            ports: [
              { containerPort: 80, hostPort: 80 },
              { containerPort: 81, hostPort: 80 },
            ],
          },
        ],
      }),
      ['spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//80"'],
    ],
    [
      'a probe on a port name that is none',
      pod({ containers: [{ ...container, livenessProbe: { httpGet: { port: 'HTTP' } } }] }),
      [
        'spec.containers[0].livenessProbe.httpGet.port: Invalid value: "HTTP": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
        'spec.containers[0].livenessProbe.httpGet.port: Invalid value: "HTTP": must contain at least one letter (a-z)',
      ],
    ],
    [
      'a toleration of nothing in particular',
      pod({ tolerations: [{ operator: 'Equal', value: 'x' }] }),
      [
        'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      ],
    ],
    [
      'a volume of two kinds',
      pod({ volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/x' } }] }),
      ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
    ],
  ])('are refused with the server’s words: %s', (_, input, messages) => {
    expect(faults(input)).toEqual(messages);
  });

  test('with several faults show all of them', () => {
    const bad = pod({ restartPolicy: 'Sometimes', dnsPolicy: 'Never', containers: [{ name: 'App' }] });
    expect(validateCreate(prepared(bad)).map((error) => error.field)).toEqual([
      'spec.containers[0].name',
      'spec.containers[0].image',
      'spec.restartPolicy',
      'spec.dnsPolicy',
    ]);
  });

  test('have the quality of service that their resources earn', () => {
    const quality = (resources: object): unknown => prepared(pod({ containers: [{ ...container, resources }] })).status;
    expect(quality({})).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
    expect(quality({ requests: { cpu: '1' } })).toMatchObject({ qosClass: 'Burstable' });
    expect(quality({ limits: { cpu: '1', memory: '1Gi' } })).toMatchObject({ qosClass: 'Guaranteed' });
  });
});

describe('workloads', () => {
  test('select the Pods they make', () => {
    expect(faults(deployment())).toEqual([]);
    expect(faults(deployment({}, { app: 'other' }))).toEqual([
      'spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
    ]);
  });

  test('keep their selector', () => {
    const current = prepared(deployment());
    const next = read(deployment({ selector: { matchLabels: { app: 'other' } } }, { app: 'other' }));
    expect(validateUpdate(prepareForUpdate(next, current), current).map((error) => `${error.field}: ${error.detail}`)).toEqual([
      'spec.selector: field is immutable',
    ]);
  });

  test('count the changes of their spec and keep their status', () => {
    const current: KubeObject = { ...prepared(deployment()), status: { replicas: 3 } };
    const next = prepareForUpdate(read(deployment({ replicas: 5 })), current);
    expect(next).toMatchObject({ metadata: { generation: 2 }, status: { replicas: 3 } });
    expect(prepareForUpdate(next, next).metadata.generation).toBe(2);
  });

  test.each([
    ['* * * * *', undefined],
    ['*/5 0-6 1,15 jan-mar mon', undefined],
    ['@daily', undefined],
    ['@every 1h30m', undefined],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['0 0 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['@noon', 'unrecognized descriptor: @noon'],
  ])('a CronJob runs at %s: %s', (schedule, detail) => {
    const spec = { schedule, jobTemplate: { spec: { template: { spec: { containers: [container], restartPolicy: 'Never' } } } } };
    const errors = validateCreate(prepared({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'c' }, spec }));
    expect(errors.map((error) => error.detail)).toEqual(detail === undefined ? [] : [detail]);
  });

  test('a Job selects its Pods by its uid', () => {
    const spec = { template: { spec: { containers: [container], restartPolicy: 'Never' } } };
    const job = prepared({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' }, spec });
    expect(validateCreate(job)).toEqual([]);
    expect(job.spec).toMatchObject({
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': birth.uid } },
      template: { metadata: { labels: { 'job-name': 'once', 'controller-uid': birth.uid } } },
    });
  });
});

describe('Services', () => {
  test.each([
    ['without ports', service({}), ['spec.ports: Required value']],
    [
      'with unnamed ports',
      service({ ports: [{ port: 80 }, { port: 81 }] }),
      ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value'],
    ],
    [
      'with a node port of its own',
      service({ ports: [{ port: 80, nodePort: 30000 }] }),
      ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    ],
    [
      'of an unknown type',
      service({ type: 'External', ports: [{ port: 80 }] }),
      ['spec.type: Unsupported value: "External": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'],
    ],
  ])('are refused %s', (_, input, messages) => {
    expect(faults(input)).toEqual(messages);
  });

  test('keep their address when an update does not name it', () => {
    const current = read(service({ clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], ports: [{ port: 80 }] }));
    const next = prepareForUpdate(read(service({ ports: [{ port: 81 }] })), current);
    expect(next.spec).toMatchObject({ clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] });
    expect(validateUpdate(next, current)).toEqual([]);
  });
});

describe('contents', () => {
  test('of an immutable ConfigMap stay', () => {
    const map = (data: object, immutable: boolean): KubeObject =>
      read({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data, immutable });
    const fields = (next: KubeObject): readonly string[] =>
      validateUpdate(next, map({ a: '1' }, true)).map((error) => error.field);
    expect(fields(map({ a: '1' }, true))).toEqual([]);
    expect(fields(map({ a: '2' }, false))).toEqual(['immutable', 'data']);
  });

  test('of a Secret have what its type promises', () => {
    expect(
      faults({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, type: 'kubernetes.io/tls', data: { 'tls.crt': '' } }),
    ).toEqual(['data[tls.key]: Required value']);
  });
});

describe('network policies', () => {
  test('cut holes only into their own ranges', () => {
    const policy = (cidr: string, except: string): unknown => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'n' },
      spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr, except: [except] } }] }] },
    });
    expect(faults(policy('10.0.0.0/8', '10.1.0.0/16'))).toEqual([]);
    expect(faults(policy('2001:db8::/32', '2001:db8:1::/48'))).toEqual([]);
    expect(faults(policy('10.0.0.0/8', '11.0.0.0/16'))).toEqual([
      'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
    ]);
    expect(faults(policy('10.0.0.1/8', '10.1.0.0/16'))).toEqual([
      'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length',
    ]);
  });
});

test('a refusal says what the server says, one fault plainly and several in brackets', () => {
  const one = prepared(deployment({ replicas: -1 }));
  expect(invalid(one, validateCreate(one))).toMatchObject({
    code: 422,
    message: 'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  });
  const two = prepared(deployment({ replicas: -1, minReadySeconds: -1 }));
  expect(invalid(two, validateCreate(two)).message).toMatch(
    /^Deployment\.apps "web" is invalid: \[spec\.replicas: .*, spec\.minReadySeconds: .*\]$/,
  );
});

test('Pods of one template are judged once', () => {
  const { spec } = read(pod({})) as { readonly spec?: unknown };
  const judged = (name: string): readonly unknown[] =>
    validateCreate({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
  expect(judged('a')).toEqual([]);
  expect(judged('b')).toEqual([]);
  expect(judged('C')).toHaveLength(1);
});

describe('warnings', () => {
  test('tell of what is accepted and probably not meant', () => {
    const slips = pod({
      containers: [
        {
          ...container,
          env: [{ name: 'A' }, { name: 'A', value: 'x' }],
          resources: { requests: { memory: '500m' } },
        },
      ],
      nodeSelector: { 'beta.kubernetes.io/os': 'linux' },
    });
    expect(faults(slips)).toEqual([]);
    expect(warningsOf(prepared(slips))).toEqual([
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
      'spec.containers[0].resources.requests[memory]: fractional byte value "500m" is invalid, must be an integer',
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ]);
  });

  test('name the place in a template', () => {
    expect(warningsOf(prepared(deployment({ template: { spec: { containers: [container], imagePullSecrets: [{}] } } })))).toEqual(
      ['spec.template.spec.imagePullSecrets[0].name: invalid empty name ""'],
    );
  });
});
