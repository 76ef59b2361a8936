import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Project } from './installed.js';

const pod = (name: string, spec: object, namespace = 'default') =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { containers: [{ name: 'c', image: 'nginx:1.27' }], ...spec },
  });

const files = {
  'pods.yaml': [
    pod('web', {}),
    pod('stuck', { nodeSelector: { disk: 'ssd' } }),
    pod('twin', {}),
    pod('twin', {}, 'kube-system'),
  ].join('\n---\n'),
  'broken.yaml': 'a: [',
  'main.ts': `import { App, Chart, Deployment } from 'plimsoll';
for (const folder of ['production', 'test']) {
  const app = new App({ folder, cluster: { nodes: [{ name: 'w', count: 1, shape: { cpu: folder === 'test' ? 2 : 4 } }] } });
  new Deployment(new Chart(app, 'shop', { namespace: 'shop' }), 'web', {
    containers: { nginx: { image: 'nginx:1.27', resources: { requests: { cpu: '3' } } } },
  });
  await app.synth();
}
`,
};

let project: Project;
beforeAll(() => {
  project = new Project();
  project.write(files);
});
afterAll(() => project.destroy());

const explain = (...args: readonly string[]) => project.plimsoll(['explain', ...args]);

describe('plimsoll explain', () => {
  test.each([['web'], ['default/web'], ['pod/web'], ['po/web'], ['pods/web'], ['Pod/default/web']])(
    '%s is a name of the Pod',
    (name) => {
      const { status, stdout, stderr } = explain(name, '-f', 'pods.yaml');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(/^Pod default\/web\n {2}1 Pod on k8s-w1/);
    },
  );

  test('without a name: every Pod that waits', () => {
    const { status, stdout } = explain('-f', 'pods.yaml');
    expect(status).toBe(0);
    expect(stdout).toContain('Pod default/stuck');
    expect(stdout).toContain('- label node k8s-w1 disk=ssd');
    expect(stdout).not.toContain('default/web');
  });

  test.each([
    [['wbe', '-f', 'pods.yaml'], 'there is no Pod or workload wbe; did you mean pod/default/web?', 1],
    [['deploy/stuk', '-f', 'pods.yaml'], 'did you mean pod/default/stuck?', 1],
    [['shop/nothing/like/it', '-f', 'pods.yaml'], 'it is written name, namespace/name, kind/name or kind/namespace/name', 1],
    [['twin', '-f', 'pods.yaml'], '"twin" is the name of several: pod/default/twin, pod/kube-system/twin', 1],
    [['web', '-f', 'broken.yaml'], 'broken.yaml', 1],
    [['web', '-f', 'missing.yaml'], 'missing.yaml', 1],
    [['a', 'b', '-f', 'pods.yaml'], 'explain takes one Pod or workload', 2],
    [['web'], 'there is nothing to ask about', 2],
  ])('%j is answered with what to do', (args, message, status) => {
    const ran = explain(...args);
    expect(ran.status).toBe(status);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toMatch(/fault of Plimsoll|node:internal/);
  });

  test('Apps of a program, each in its own cluster; as JSON too', () => {
    const { status, stdout } = explain('deployment/shop/web', '-f', 'main.ts');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^production\n\nDeployment shop\/web\n {2}1 Pod on w-1[\s\S]*\ntest\n\nDeployment shop\/web\n {2}1 Pod without a node/,
    );
    const json = JSON.parse(explain('web', '-f', 'main.ts', '--app', 'test', '--format', 'json').stdout) as unknown;
    expect(json).toMatchObject({
      version: 1,
      apps: [
        {
          app: 'test',
          explanations: [{ outcome: 'unschedulable', changes: [{ text: 'resources.requests.cpu <= 2 for container nginx' }] }],
        },
      ],
    });
  });
});
