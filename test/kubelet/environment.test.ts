import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Container, Pod } from '../../lib/api/generated/types.js';
import type { EnvironmentSource } from '../../lib/kubelet/environment.js';
import { containerEnvironment } from '../../lib/kubelet/environment.js';
import { expand } from '../../lib/kubelet/expansion.js';

const source: EnvironmentSource = {
  podIPs: ['10.0.0.7'],
  hostIPs: ['192.168.0.1'],
  allocatable: { cpu: '4', memory: '16Gi' },
  configMap: (name) =>
    name === 'settings' ? { found: { data: { MODE: 'prod', level: '3' } } } : { missing: `configmap "${name}" not found` },
  secret: (name) => (name === 'creds' ? { found: { data: { user: 'Ym9i' } } } : { missing: `secret "${name}" not found` }),
  services: () => [
    {
      metadata: { name: 'db-main', namespace: 'apps' },
      spec: { clusterIP: '10.96.0.20', ports: [{ port: 5432, name: 'pg' }] },
    },
    { metadata: { name: 'headless', namespace: 'apps' }, spec: { clusterIP: 'None', ports: [{ port: 80 }] } },
  ],
};

const environment = (fields: Partial<Container>, pod: Partial<Pod> = {}) => {
  const container = { name: 'app', image: 'app:1', ...fields };
  const metadata = { name: 'p', namespace: 'apps', labels: { app: 'web' } };
  const result = containerEnvironment({ metadata, spec: { containers: [container] }, ...pod }, container, source);
  return 'error' in result ? result.error : { ...result, variables: Object.fromEntries(result.variables) };
};

describe('the environment of a container', () => {
  test('S38: $(PROFILE) is expanded in later variables, command and args', () => {
    const result = environment({
      env: [
        { name: 'PROFILE', value: 'production' },
        { name: 'CONFIG', value: '/etc/$(PROFILE).yaml' },
        { name: 'LITERAL', value: '$$(PROFILE)' },
        { name: 'EARLY', value: '$(LATE)' },
        { name: 'LATE', value: 'x' },
      ],
      command: ['run', '--profile=$(PROFILE)'],
      args: ['$(CONFIG)', '$(UNKNOWN)'],
    });
    expect(result).toMatchObject({
      variables: {
        PROFILE: 'production',
        CONFIG: '/etc/production.yaml',
        LITERAL: '$(PROFILE)',
        EARLY: '$(LATE)',
      },
      command: ['run', '--profile=production'],
      args: ['/etc/production.yaml', '$(UNKNOWN)'],
    });
  });

  test('envFrom with a prefix, overridden by env', () => {
    const envFrom = [{ prefix: 'APP_', configMapRef: { name: 'settings' } }, { secretRef: { name: 'creds' } }];
    expect(environment({ envFrom, env: [{ name: 'APP_level', value: '4' }] })).toMatchObject({
      variables: { APP_MODE: 'prod', APP_level: '4', user: 'bob' },
    });
  });

  test('Services of the namespace are linked, headless ones are not', () => {
    const result = environment({});
    expect(result).toMatchObject({
      variables: {
        DB_MAIN_SERVICE_HOST: '10.96.0.20',
        DB_MAIN_SERVICE_PORT_PG: '5432',
        DB_MAIN_PORT: 'tcp://10.96.0.20:5432',
      },
    });
    expect(JSON.stringify(result)).not.toContain('HEADLESS');
  });

  test('what is missing is named, unless it is optional', () => {
    const reference = (optional: boolean) => [
      { name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'nope', optional } } },
    ];
    expect(environment({ env: reference(false) })).toBe("couldn't find key nope in ConfigMap apps/settings");
    expect(environment({ env: reference(true) })).toMatchObject({ variables: expect.not.objectContaining({ A: '' }) });
    expect(environment({ envFrom: [{ configMapRef: { name: 'absent' } }] })).toBe('configmap "absent" not found');
  });

  test('a key that every object inherits is not a key of a ConfigMap', () => {
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'constructor' } } }];
    expect(environment({ env })).toBe("couldn't find key constructor in ConfigMap apps/settings");
  });

  test('fields and resources: a limit that is not set is what the node can give', () => {
    const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
    const resource = (name: string, of: string, divisor: string) => ({
      name,
      valueFrom: { resourceFieldRef: { resource: of, divisor } },
    });
    expect(
      environment({
        resources: { requests: { cpu: '250m' } },
        env: [
          field('IP', 'status.podIP'),
          field('APP', "metadata.labels['app']"),
          resource('CPU', 'requests.cpu', '100m'),
          resource('MEMORY', 'limits.memory', '1Gi'),
        ],
      }),
    ).toMatchObject({ variables: { IP: '10.0.0.7', APP: 'web', CPU: '3', MEMORY: '16' } });
    expect(environment({ env: [field('A', 'status.phase')] })).toBe('unsupported fieldPath: status.phase');
    expect(environment({ env: [field('A', "metadata.labels['a b']")] })).toMatch(/^invalid key subscript in metadata.labels/);
  });
});

describe('expansion', () => {
  test('text without a dollar stays as it is, and doubled dollars come out single', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(expand(text.replaceAll('$', ''), () => 'x')).toBe(text.replaceAll('$', ''));
        expect(expand(text.replaceAll('$', '$$$$'), () => 'x')).toBe(text);
      }),
    );
  });

  test('what is not defined stays as written, whatever surrounds it', () => {
    const word = fc.string().filter((text) => !/[$()]/u.test(text));
    fc.assert(
      fc.property(word, word, word, (before, name, after) => {
        expect(expand(`${before}$(${name})${after}`, () => undefined)).toBe(`${before}$(${name})${after}`);
        expect(expand(`${before}$(${name})${after}`, () => 'v')).toBe(`${before}v${after}`);
      }),
    );
  });
});
