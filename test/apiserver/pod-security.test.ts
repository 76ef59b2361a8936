import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import { Clock } from '../../lib/apiserver/clock.js';
import { ApiServer } from '../../lib/apiserver/server.js';

const label = (mode: string): string => `pod-security.kubernetes.io/${mode}`;

/** A server with the namespace `shop`, whose Pod Security labels are `modes`. */
const shop = (modes: Readonly<Record<string, string>>): ApiServer => {
  const api = new ApiServer({ clock: new Clock(), world: 'closed' });
  const labels = Object.fromEntries(Object.entries(modes).map(([mode, value]) => [label(mode), value]));
  api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } });
  api.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop' } });
  return api;
};

const app = { name: 'app', image: 'nginx' };

const pod = (spec: object, annotations: Readonly<Record<string, string>> = {}, name = 'web'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', annotations },
  spec: { containers: [app], ...spec },
});

const deployment = (spec: object): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [app], ...spec } },
  },
});

const compliant = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [{ ...app, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
};

/** What is said against a Pod, without what every such text begins with; undefined when it may run. */
const violation = (modes: Readonly<Record<string, string>>, object: KubeObject): string | undefined => {
  const verdict = shop(modes).create(object);
  if (verdict.ok) return undefined;
  return verdict.message.replace(/^pods "web" is forbidden: violates PodSecurity "[a-z]+:[a-z0-9.]+": /, '');
};

const withContext = (securityContext: object): object => ({ containers: [{ ...app, securityContext }] });

describe('levels', () => {
  test('a namespace without labels lets everything run', () => {
    expect(violation({}, pod({ hostNetwork: true }))).toBeUndefined();
  });

  test('baseline forbids known ways to the node, in the server’s words', () => {
    expect(shop({ enforce: 'baseline' }).create(pod({ hostPID: true }))).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: 'pods "web" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)',
    });
  });

  test.each<[string, object, string]>([
    ['hostPath volumes', { volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }] }, 'hostPath volumes (volume "logs")'],
    [
      'ports of the node',
      { containers: [{ ...app, ports: [{ containerPort: 80, hostPort: 80 }] }] },
      'hostPort (container "app" uses hostPort 80)',
    ],
    [
      'capabilities that runtimes do not give',
      withContext({ capabilities: { add: ['SYS_ADMIN', 'CHOWN', 'NET_RAW'] } }),
      'non-default capabilities (container "app" must not include "NET_RAW", "SYS_ADMIN" in securityContext.capabilities.add)',
    ],
    [
      'SELinux types, users and roles of their own',
      { securityContext: { seLinuxOptions: { type: 'spc_t', user: 'root' } } },
      'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
    ],
    [
      'sysctls that reach beyond the Pod',
      { securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '1' }] } },
      'forbidden sysctls (net.core.somaxconn)',
    ],
    [
      'probes that the kubelet would send elsewhere',
      {
        containers: [
          {
            ...app,
            livenessProbe: { httpGet: { port: 80, host: '10.0.0.2' } },
            lifecycle: { preStop: { httpGet: { port: 80, host: '10.0.0.1' } } },
          },
        ],
      },
      'probe or lifecycle host (container "app" uses probe or lifecycle hosts "10.0.0.1", "10.0.0.2")',
    ],
  ])('baseline forbids %s', (_what, spec, text) => {
    expect(violation({ enforce: 'baseline' }, pod(spec))).toBe(text);
  });

  test('init containers are judged as well, and named first', () => {
    const privileged = { ...app, securityContext: { privileged: true } };
    const spec = { containers: [privileged], initContainers: [{ ...privileged, name: 'setup' }] };
    expect(violation({ enforce: 'baseline' }, pod(spec))).toBe(
      'privileged (containers "setup", "app" must not set securityContext.privileged=true)',
    );
  });

  test('restricted asks for what baseline leaves open', () => {
    expect(violation({ enforce: 'restricted' }, pod(compliant))).toBeUndefined();
    expect(violation({ enforce: 'restricted' }, pod({}))).toBe(
      [
        'allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false)',
        'unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"])',
        'runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true)',
        'seccompProfile (pod or container "app" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
      ].join(', '),
    );
  });

  test('a check of restricted takes the place of its weaker sister: hostPath is told once', () => {
    const volumes = [{ name: 'logs', hostPath: { path: '/var/log' } }];
    expect(violation({ enforce: 'restricted' }, pod({ ...compliant, volumes }))).toBe(
      'restricted volume types (volume "logs" uses restricted volume type "hostPath")',
    );
  });

  test('an AppArmor annotation counts as the field that it became', () => {
    const annotations = { 'container.apparmor.security.beta.kubernetes.io/app': 'unconfined' };
    expect(violation({ enforce: 'baseline' }, pod({}, annotations))).toBe(
      'forbidden AppArmor profiles (container "app" and annotation must not set AppArmor profile type to "Unconfined", "container.apparmor.security.beta.kubernetes.io/app="unconfined"")',
    );
  });
});

describe('versions', () => {
  const restricted = (version: string) => ({ enforce: 'restricted', 'enforce-version': version });

  test('a check that came later does not judge an earlier version', () => {
    const spec = {
      ...compliant,
      containers: [{ ...compliant.containers[0], livenessProbe: { tcpSocket: { port: 1, host: 'a' } } }],
    };
    expect(violation(restricted('v1.33'), pod(spec))).toBeUndefined();
    expect(violation(restricted('v1.34'), pod(spec))).toContain('probe or lifecycle host');
  });

  test('root in a user namespace of its own is allowed from v1.35 on', () => {
    const spec = { ...compliant, hostUsers: false, securityContext: { ...compliant.securityContext, runAsUser: 0 } };
    expect(violation(restricted('v1.34'), pod(spec))).toBe('runAsUser=0 (pod must not set runAsUser=0)');
    expect(violation(restricted('v1.35'), pod(spec))).toBeUndefined();
  });

  test('Windows Pods are spared from v1.25 on what they cannot set', () => {
    const spec = { os: { name: 'windows' }, securityContext: { runAsNonRoot: true } };
    expect(violation(restricted('v1.24'), pod(spec))).toContain('allowPrivilegeEscalation != false');
    expect(violation(restricted('v1.25'), pod(spec))).toBeUndefined();
  });

  test('a version that is yet to come is judged as the latest', () => {
    expect(shop(restricted('v1.99')).create(pod({}))).toMatchObject({
      message: expect.stringContaining('violates PodSecurity "restricted:v1.99": allowPrivilegeEscalation'),
    });
  });

  test('labels that say no level and no version are refused', () => {
    const verdict = new ApiServer({ clock: new Clock(), world: 'closed' }).create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', labels: { [label('warn')]: 'strict', [label('audit-version')]: '1.30' } },
    });
    expect(verdict).toMatchObject({
      code: 422,
      causes: [
        { field: `metadata.labels[${label('audit-version')}]`, detail: 'must be "latest" or "v1.x"' },
        { field: `metadata.labels[${label('warn')}]`, detail: 'must be one of privileged, baseline, restricted' },
      ],
    });
  });
});

describe('warnings', () => {
  test('a workload is accepted with a warning of the enforced level: it is its Pods that are refused', () => {
    expect(shop({ enforce: 'baseline' }).create(deployment({ hostIPC: true }))).toMatchObject({
      ok: true,
      warnings: ['would violate PodSecurity "baseline:latest": host namespaces (hostIPC=true)'],
    });
  });

  test('a level to warn of refuses nothing, and is the one that workloads hear of', () => {
    const api = shop({ enforce: 'baseline', warn: 'restricted', 'warn-version': 'v1.20', audit: 'restricted' });
    const text = expect.stringContaining('would violate PodSecurity "restricted:v1.20": ');
    expect(api.create(pod({}))).toMatchObject({ ok: true, warnings: [text] });
    expect(api.create(deployment({}))).toMatchObject({ ok: true, warnings: [text] });
  });

  test('labels of a namespace tell of the Pods that they come too late for', () => {
    const api = shop({});
    for (const name of ['c', 'a', 'b']) api.create(pod({ hostPID: true }, {}, name));
    api.create(pod({ ...compliant, hostNetwork: true }, {}, 'd'));
    const ref = { apiVersion: 'v1', kind: 'Namespace', name: 'shop' };
    expect(api.patch(ref, { metadata: { labels: { [label('enforce')]: 'baseline' } } })).toMatchObject({
      ok: true,
      warnings: [
        'existing pods in namespace "shop" violate the new PodSecurity enforce level "baseline:latest"',
        'a (and 3 other pods): host namespaces',
      ],
    });
    expect(api.patch(ref, { metadata: { labels: { [label('enforce')]: 'privileged' } } })).toMatchObject({ warnings: [] });
  });

  test('what cannot make a live Pod worse is not judged again', () => {
    const api = shop({});
    api.create(pod({ hostPID: true }));
    api.patch(
      { apiVersion: 'v1', kind: 'Namespace', name: 'shop' },
      { metadata: { labels: { [label('enforce')]: 'baseline' } } },
    );
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web' };
    expect(api.patch(ref, { metadata: { labels: { tier: 'front' } } }).ok).toBe(true);
    expect(api.patch(ref, { spec: { containers: [{ name: 'app', image: 'nginx:2' }] } }).ok).toBe(false);
  });
});
