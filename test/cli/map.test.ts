import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Project } from './installed.js';

let project: Project;
beforeAll(() => {
  project = new Project();
});
afterAll(() => project.destroy());
beforeEach(() => project.remove(...project.files().filter((name) => name !== 'package.json')));

const deployment = (name: string, port: number): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: "shop:1", ports: [{ containerPort: ${port} }] }] }
`;
const service = `apiVersion: v1
kind: Service
metadata: { name: db }
spec: { selector: { app: db }, ports: [{ port: 5432 }] }
`;
const closed = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed }
spec: { podSelector: { matchLabels: { app: db } }, policyTypes: [Ingress] }
`;
const open = [deployment('web', 8080), deployment('db', 5432), service].join('---\n');
const program = (folder: string): string => `import { App, Chart, ClusterIPService, Deployment } from 'plimsoll';
const app = new App({ folder: '${folder}' });
const chart = new Chart(app, 'web');
const web = new Deployment(chart, 'web', { containers: { nginx: { image: 'nginx:1.27', ports: { http: 80 } } } });
new ClusterIPService(chart, 'web-svc', { to: web, ports: { http: 80 } });
await app.synth();
`;

/** Nothing of ours that only a developer of Plimsoll could read. */
const expectNoStack = (text: string): void => {
  expect(text).not.toMatch(/node:internal|node_modules|fault of Plimsoll|\.mjs/);
};

describe('plimsoll map', () => {
  const map = (...args: readonly string[]) => project.plimsoll(['map', ...args]);

  test('manifests of files, directories and standard input, as text, data and pictures', () => {
    project.write({ 'k8s/all.yaml': open });
    const text = map('k8s');
    expect(text).toMatchObject({ status: 0, stderr: '' });
    expect(text.stdout).toContain('default/db   1     5432/TCP  default/web');
    expect(project.plimsoll(['map', '-'], { input: open }).stdout).toBe(text.stdout);
    const data = JSON.parse(map('k8s', '--format', 'json').stdout) as {
      readonly version: number;
      readonly maps: readonly object[];
    };
    expect(data).toMatchObject({
      version: 1,
      maps: [{ version: 1, workloads: [{ name: 'default/db' }, { name: 'default/web' }] }],
    });
    expect(map('k8s', '--format', 'mermaid').stdout).toMatch(/^flowchart LR\n/);
    expect(map('k8s', '--format', 'dot').stdout).toMatch(/^digraph network \{\n/);
    expect(map('k8s', '--format', 'svg').stdout).toMatch(/^<svg xmlns/);
  });

  test('programs: one map for each App; a picture shows one', () => {
    project.write({
      'main.ts':
        program('a') +
        program('b')
          .replace(/^import.*\n/, '')
          .replaceAll(/\b(app|chart|web)\b(?=[ ,.)])/g, '$1b'),
    });
    const both = map('main.ts');
    expect(both).toMatchObject({ status: 0, stderr: '' });
    expect(both.stdout).toMatch(/^ {2}a\n {2}1 workload/);
    expect(both.stdout).toContain('\n  b\n  1 workload');
    expect(map('main.ts', '--app', 'b').stdout).toMatch(/^ {2}1 workload/);
    expect(map('main.ts', '--format', 'svg')).toMatchObject({ status: 2, stdout: '' });
    expect(map('main.ts', '--format', 'svg').stderr).toContain('choose one with --app (a, b)');
    expect(map('main.ts', '--app', 'b', '--format', 'svg').status).toBe(0);
  });

  test('--diff: what the change does, and which object', () => {
    project.write({ 'old.yaml': open, 'new.yaml': `${open}---\n${closed}` });
    const diff = map('--diff', 'old.yaml', 'new.yaml');
    expect(diff).toMatchObject({ status: 0, stderr: '' });
    expect(diff.stdout).toContain(
      'NetworkPolicy default/closed added (new.yaml:26), ingress\n    - default/web -> default/db 5432/TCP',
    );
    const data = JSON.parse(map('--diff', 'old.yaml', 'new.yaml', '--format', 'json').stdout) as object;
    expect(data).toMatchObject({
      version: 1,
      differences: [{ version: 1, connections: [{ change: 'lost', to: 'default/db' }] }],
    });
    expect(map('--diff', 'old.yaml', 'new.yaml', '--format', 'mermaid').stdout).toContain('lost 5432/TCP');
    expect(map('--diff', 'old.yaml', 'old.yaml').stdout).toContain('nothing changed');
  });

  test.each([
    [['--diff', 'all.yaml'], 2, '--diff compares two states'],
    [['--format', 'png', 'all.yaml'], 2, '--format takes text, json, mermaid, dot, svg'],
    [['nowhere.yaml'], 1, 'nowhere.yaml'],
    [['all.yaml', '--namespace', 'defalt'], 1, 'there is no namespace defalt; did you mean default?'],
    [['broken.yaml'], 1, 'broken.yaml'],
    [[], 2, 'there is nothing to ask about'],
  ])('%j is told what is wrong', (args, status, message) => {
    project.write({ 'all.yaml': open, 'broken.yaml': 'kind: [unclosed\n' });
    const ran = map(...args);
    expect(ran).toMatchObject({ status, stdout: '' });
    expect(ran.stderr).toContain(message);
    expectNoStack(ran.stderr);
  });
});

describe('plimsoll reach', () => {
  const reach = (...args: readonly string[]) => project.plimsoll(['reach', ...args]);

  test('0 if it arrives, 1 if it does not, with the hop and the fix', () => {
    project.write({ 'open.yaml': open, 'closed.yaml': `${open}---\n${closed}` });
    expect(reach('web', 'db', '-f', 'open.yaml')).toMatchObject({ status: 0, stderr: '' });
    const blocked = reach('web', 'db:5432', '-f', 'closed.yaml');
    expect(blocked).toMatchObject({ status: 1, stderr: '' });
    expect(blocked.stdout).toMatch(/ingress policy +BLOCKED +NetworkPolicy default\/closed/);
    expect(blocked.stdout).toContain(
      'fix   allow ingress from Deployment default/web in NetworkPolicy default/closed (verified)',
    );
    const data = JSON.parse(reach('web', 'db', '-f', 'closed.yaml', '--format', 'json').stdout) as object;
    expect(data).toMatchObject({
      version: 1,
      reached: false,
      worlds: [{ answers: [{ outcome: 'blocked', fix: { verified: true } }] }],
    });
  });

  test.each([
    [['web', 'dv'], 1, 'there is no workload, Pod or Service dv; did you mean default/db?'],
    [['web'], 2, 'reach takes who connects and what to'],
    [['web', 'db', 'more'], 2, 'reach takes who connects and what to'],
  ])('%j is told what is wrong', (args, status, message) => {
    project.write({ 'all.yaml': open });
    const ran = reach(...args, '-f', 'all.yaml');
    expect(ran).toMatchObject({ status, stdout: '' });
    expect(ran.stderr).toContain(message);
    expectNoStack(ran.stderr);
  });
});
