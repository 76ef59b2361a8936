import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Below the package, so that programs find it by its name; not in a folder of its own code, whose frames are not the author's. */
const folder = join(root, 'coverage', 'cli-test');
const project = (): string => mkdtempSync(join(folder, 'project-'));

const put = (directory: string, files: Readonly<Record<string, string>>): string => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
};

const plimsoll = (directory: string, args: readonly string[], input = '') =>
  spawnSync(process.execPath, [join(root, 'build/cli/main.js'), ...args], {
    cwd: directory,
    encoding: 'utf8',
    input,
    env: { ...process.env, NO_COLOR: '1' },
  });

const program = (body: string): string =>
  `import { App, Chart, ConfigMap, Deployment, Secret, emptyDir } from 'plimsoll';\n${body}\n`;
const good = program(
  `const app = new App();\nnew ConfigMap(new Chart(app, 'web'), 'settings', { data: { A: '1' } });\nawait app.synth();`,
);
const bad = program(
  `const app = new App({ folder: 'bad' });\nnew Deployment(new Chart(app, 'web'), 'w', { containers: { c: { image: 'x', resources: { requests: { cpu: '99' } } } } });\nawait app.synth();`,
);
const webYaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  A: "1"\n';

beforeAll(() => {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root });
  mkdirSync(folder, { recursive: true });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('plimsoll synth', () => {
  test('an accepted program is written, exit code 0', () => {
    const directory = put(project(), { 'main.ts': good });
    const run = plimsoll(directory, ['synth', 'main.ts']);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(join(directory, 'dist/web.k8s.yaml'), 'utf8')).toContain('name: settings');
    expect(readdirSync(directory).sort()).toEqual(['dist', 'main.ts']);
  });

  test('two Apps, one refused: nothing is written, exit code 1', () => {
    const directory = put(project(), { 'good.ts': good, 'bad.ts': bad });
    const run = plimsoll(directory, ['synth', 'good.ts', 'bad.ts']);
    expect(run.status).toBe(1);
    expect(run.stdout).toContain('schedule/unschedulable');
    expect(run.stdout).toMatch(/bad\.ts:3:1/);
    expect(existsSync(join(directory, 'dist'))).toBe(false);
  });

  test('--layout stdout prints YAML only, the report goes to standard error', () => {
    const run = plimsoll(put(project(), { 'main.ts': good }), ['synth', 'main.ts', '--layout', 'stdout']);
    expect(run.status).toBe(0);
    expect(run.stdout.startsWith('apiVersion: v1\n')).toBe(true);
    expect(run.stderr).toContain('accepted');
  });

  test('--format json is one JSON document', () => {
    const run = plimsoll(put(project(), { 'main.ts': bad }), ['synth', 'main.ts', '--format', 'json']);
    expect(run.status).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({
      version: 1,
      accepted: false,
      written: [],
      runs: [{ app: 'bad', accepted: false }],
    });
  });

  test.each([
    ['a program that throws', `throw new Error('out of paint');`, /main\.ts failed: out of paint\n {2}at .*main\.ts:1:7/],
    ['a program that does not parse', 'const = 1;', /main\.ts:1:\d+/],
    ['a program without an App', 'export const x = 1;', /synthesized no Plimsoll App/],
    [
      'wrong use of a construct',
      program(
        `new Deployment(new Chart(new App(), 'c'), 'd', { containers: { a: { image: 'x', mounts: { cahce: '/x' } as never } }, volumes: { cache: emptyDir() } });`,
      ),
      /c\/d.*'cahce'.*'cache'/s,
    ],
  ])('%s: its fault and its place, exit code 1, no stack of ours', (_, source, message) => {
    const run = plimsoll(put(project(), { 'main.ts': source }), ['synth', 'main.ts']);
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(message);
    expect(run.stderr).not.toMatch(/node:internal|build\/cli/);
  });

  test('values of Secrets are in no report', () => {
    const secret = program(
      `const app = new App();\nnew Secret(new Chart(app, 'web'), 's', { stringData: { password: 'hunter2' }, type: 'kubernetes.io/tls' });\nawait app.synth();`,
    );
    for (const format of ['text', 'json']) {
      const run = plimsoll(put(project(), { 'main.ts': secret }), ['synth', 'main.ts', '--format', format]);
      expect(run.status).toBe(1);
      expect(run.stdout + run.stderr).not.toContain('hunter2');
    }
  });

  test('cdk8s.yaml says what to run; a broken one is said to be so', () => {
    const directory = put(project(), {
      'main.ts': good,
      'cdk8s.yaml': 'language: typescript\napp: npx tsx main.ts\noutput: out\n',
    });
    expect(plimsoll(directory, ['synth'])).toMatchObject({ status: 0 });
    expect(existsSync(join(directory, 'out/web.k8s.yaml'))).toBe(true);
    const broken = plimsoll(put(project(), { 'cdk8s.yaml': 'app: [\n' }), ['synth']);
    expect(broken).toMatchObject({ status: 1, stdout: '' });
    expect(broken.stderr).toContain('cdk8s.yaml');
  });
});

describe('plimsoll check', () => {
  test('files, directories and standard input', () => {
    const directory = put(project(), { 'k8s/web.yaml': webYaml });
    expect(plimsoll(directory, ['check', 'k8s']).status).toBe(0);
    expect(plimsoll(directory, ['check', 'k8s/web.yaml']).status).toBe(0);
    expect(plimsoll(directory, ['check', '-'], webYaml).status).toBe(0);
  });

  test('a fault is shown with file and line, exit code 1', () => {
    const run = plimsoll(put(project(), { 'web.yaml': webYaml.replace('\ndata:', '\ndta:') }), ['check', 'web.yaml']);
    expect(run.status).toBe(1);
    expect(run.stdout).toMatch(/api\/unknown-field +web\.yaml:5:1/);
    expect(run.stdout).toContain('write data instead of dta (verified)');
  });

  test.each([
    ['a file that does not exist', ['check', 'nowhere.yaml']],
    ['an empty directory', ['check', '.']],
    ['a binary file', ['check', 'binary.yaml']],
  ])('%s: exit code 1, no stack', (name, args) => {
    const directory = project();
    if (name.includes('binary')) writeFileSync(join(directory, 'binary.yaml'), Buffer.from([0, 159, 146, 150, 255, 0, 1]));
    const run = plimsoll(directory, args);
    expect(run.status).toBe(1);
    expect(run.stdout + run.stderr).not.toMatch(/\n {4}at /);
  });

  test('--cluster takes the nodes that kubectl prints', () => {
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'tiny' },
      status: { allocatable: { cpu: '1', memory: '1Gi', pods: '10' } },
    };
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '2' } } }] },
    };
    const directory = put(project(), {
      'nodes.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [node] }),
      'pod.json': JSON.stringify(pod),
    });
    expect(plimsoll(directory, ['check', 'pod.json']).status).toBe(0);
    const run = plimsoll(directory, ['check', 'pod.json', '--cluster', 'nodes.json']);
    expect(run.status).toBe(1);
    expect(run.stdout).toContain('0/1 nodes are available: 1 Insufficient cpu');
  });
});

describe('usage', () => {
  test.each([
    ['no such command', ['sail'], /no command "sail"/],
    ['no such option', ['synth', '--loud'], /--loud/],
    ['a value that is not one', ['synth', '--layout', 'zip'], /--layout takes chart, app, resource, stdout/],
    ['nothing to check', ['check'], /check needs files/],
    ['nothing to run', ['synth'], /no program to run/],
    ['no such template', ['init', 'yacht'], /no template "yacht"/],
    ['no such topic', ['help', 'weather'], /no help on "weather"/],
  ])('%s: exit code 2', (_, args, message) => {
    const run = plimsoll(project(), args);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toMatch(message);
  });

  test('help for every command and every code, version, completion for three shells', () => {
    const directory = project();
    for (const args of [['--help'], ['synth', '--help'], ['help', 'check'], ['help', 'schedule/unschedulable'], ['--version']]) {
      expect(plimsoll(directory, args)).toMatchObject({ status: 0, stderr: '' });
    }
    for (const shell of ['bash', 'zsh', 'fish']) expect(plimsoll(directory, ['completion', shell]).stdout).toContain('plimsoll');
    const bash = spawnSync('bash', ['-n'], { input: plimsoll(directory, ['completion', 'bash']).stdout, encoding: 'utf8' });
    expect(bash).toMatchObject({ status: 0, stderr: '' });
  });
});
