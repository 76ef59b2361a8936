import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CapacityReport } from '../../lib/report/capacity/json.js';
import { Project, type Ran } from './installed.js';

const program = `import { App, Chart, Deployment, nodePool } from 'plimsoll';
for (const [folder, count] of [['small', 1], ['large', 3]] as const) {
  const app = new App({ folder, cluster: { nodes: [nodePool('a', { count, shape: { cpu: 2, memory: '4Gi' } })] } });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const resources = { requests: { cpu: '900m', memory: '256Mi' } };
  new Deployment(chart, 'web', { replicas: 2, containers: { main: { image: 'nginx:1.27', resources } } });
  await app.synth();
}
`;

const manifests = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 9
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: main, image: 'nginx:1.27', resources: { requests: { cpu: '2' } } }] }
`;

let project: Project;
beforeAll(() => {
  project = new Project();
  project.write({ 'main.ts': program, 'web.yaml': manifests });
});
afterAll(() => project.destroy());

const capacity = (...args: readonly string[]): Ran => project.plimsoll(['capacity', ...args]);
const json = (...args: readonly string[]): CapacityReport =>
  JSON.parse(capacity(...args, '--format', 'json').stdout) as CapacityReport;

describe('plimsoll capacity', () => {
  test('pools, nodes and sizes of manifests on the default cluster', () => {
    const { status, stdout, stderr } = capacity('-f', 'web.yaml');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/k8s-w \(3\) +12\/12 100%/);
    expect(stdout).toContain('3 Pods of Deployment default/web: 0/4 nodes are available');
    expect(stdout).toMatch(/k8s-w +3 +5 +5 +with 4, default\/web-/);
    expect(json('-f', 'web.yaml')).toMatchObject({
      version: 1,
      apps: [
        {
          utilization: {
            pools: [
              { name: 'k8s-w', nodes: 3 },
              { name: 'k8s-cp', nodes: 1 },
            ],
          },
          pending: [{ workload: { kind: 'Deployment', name: 'web' }, pods: 3 }],
          pools: [
            { pool: 'k8s-w', nodes: 3, needed: { nodes: 5 }, smallest: { nodes: 5 } },
            { pool: 'k8s-cp', nodes: 1, needed: { nodes: 1, pending: 3 } },
          ],
        },
      ],
    });
  });

  test('a workload of each App of a program', () => {
    const text = capacity('shop/web', '-f', 'main.ts').stdout;
    expect(text).toMatch(/^small\n\nDeployment shop\/web\n {2}2 replicas; none more fits\n/);
    expect(text).toMatch(/large\n\nDeployment shop\/web\n {2}2 replicas; 4 more fit\n/);
    expect(json('deploy/web', '-f', 'main.ts', '--app', 'large').apps).toMatchObject([
      {
        app: 'large',
        headroom: { replicas: 2, more: 4, limitedBy: { kind: 'scheduling' }, withOneNodeMore: [{ pool: 'a', more: 2 }] },
      },
    ]);
  });

  test('a snapshot alone', () => {
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      status: { allocatable: { cpu: '2', memory: '4Gi', pods: '9' } },
    };
    project.write({ 'nodes.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [node] }) });
    expect(json('--cluster', 'nodes.json').apps).toMatchObject([{ pools: [{ pool: 'n1', nodes: 1, smallest: { nodes: 0 } }] }]);
  });

  test('one pool; the others are left as they are', () => {
    expect(json('-f', 'web.yaml', '--pool', 'k8s-cp').apps[0]?.pools?.map(({ pool }) => pool)).toEqual(['k8s-cp']);
  });

  test.each([
    [['wbe', '-f', 'web.yaml'], 1, 'there is no Pod or workload wbe; did you mean deployment/default/web?'],
    [['--pool', 'k8s-x', '-f', 'web.yaml'], 1, 'there is no node pool k8s-x; did you mean k8s-w?'],
    [['web', '--pool', 'k8s-w', '-f', 'web.yaml'], 2, '--pool is about pools: leave out the workload'],
    [['a', 'b', '-f', 'web.yaml'], 2, 'capacity takes one workload'],
    [['--format', 'xml', '-f', 'web.yaml'], 2, '--format takes text, json'],
    [['-f', 'missing.yaml'], 1, 'missing.yaml'],
  ])('%j ends with a clear message', (args, status, message) => {
    const ran = capacity(...args);
    expect(ran).toMatchObject({ status, stdout: '' });
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toMatch(/node:internal|fault of Plimsoll/);
  });
});
