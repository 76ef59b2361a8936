import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Project } from './installed.js';

const program = (extra = '', app = ''): string => `import { App, Chart, ClusterIPService, Deployment } from 'plimsoll';
const app = new App(${app});
const chart = new Chart(app, 'web');
const web = new Deployment(chart, 'web', { replicas: 2, containers: { nginx: { image: 'nginx:1.27', ports: { http: 80 } } }, ${extra} });
new ClusterIPService(chart, 'web-svc', { to: web, ports: { http: 80 } });
await app.synth();
`;
const unschedulable = "schedule: { nodeSelector: { disktype: 'ssd' } },";
const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  LEVEL: info\n';
const twice = configMap.replace('LEVEL: info', 'LEVEL: 1');

let project: Project;
beforeAll(() => {
  project = new Project();
});
afterAll(() => project.destroy());
beforeEach(() => project.remove(...project.files().filter((name) => name !== 'package.json')));

/** Nothing of ours that only a developer of Plimsoll could read. */
const expectNoStack = (text: string): void => {
  expect(text).not.toMatch(/node:internal|node_modules|fault of Plimsoll|\.mjs/);
};

describe('usage', () => {
  test('help, version and completion', () => {
    const overview = project.plimsoll([]);
    expect(overview).toMatchObject({ status: 0, stderr: '' });
    expect(overview.stdout).toContain('Usage: plimsoll COMMAND');
    expect(project.plimsoll(['--help'])).toEqual(overview);
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(project.plimsoll(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    for (const command of ['synth', 'check', 'init', 'help', 'completion']) {
      const { status, stdout } = project.plimsoll([command, '--help']);
      expect(status).toBe(0);
      expect(stdout).toMatch(new RegExp(`^plimsoll ${command} [^]*\nExamples:\n  .+`));
    }
    expect(project.plimsoll(['help', 'schedule/unschedulable']).stdout).toContain('schedule/unschedulable (pending)');
  });

  test('completion scripts are accepted by their shell', () => {
    expect(project.shell('source <(plimsoll completion bash) && complete -p plimsoll')).toMatchObject({ status: 0, stderr: '' });
    for (const shell of ['zsh', 'fish']) expect(project.plimsoll(['completion', shell]).stdout).toContain('plimsoll');
  });

  test.each([
    [['sail'], 'there is no command "sail"; there are synth, check'],
    [['synth', '--layout', 'star'], '--layout takes chart, app, resource, stdout; it was given "star"'],
    [['check', 'x.yaml', '--format', 'xml'], '--format takes text, json'],
    [['check', 'x.yaml', '--output', 'd'], "Unknown option '--output'"],
    [['synth', '--output'], "'-o, --output <value>' argument missing"],
    [['synth'], 'there is no program to run'],
    [['check'], 'check needs files or directories'],
    [['help', 'no/code'], 'there is no help on "no/code"'],
    [['completion', 'cmd'], 'completion takes one of bash, zsh, fish'],
    [['init', 'castle'], 'there is no template "castle"; there are'],
    [['synth', 'main.ts', '--format', 'json', '--layout', 'stdout'], 'both need standard output'],
  ])('%j is wrong usage: exit code 2, one message', (args, message) => {
    const { status, stdout, stderr } = project.plimsoll(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`plimsoll: `);
    expect(stderr).toContain(message);
    expectNoStack(stderr);
  });
});

describe('check', () => {
  const check = (...args: readonly string[]) => project.plimsoll(['check', ...args]);

  test('0 for what the cluster accepts, 1 for what it refuses, with place and field', () => {
    project.write({ 'good.yaml': configMap, 'bad.yaml': twice });
    expect(check('good.yaml')).toMatchObject({ status: 0, stderr: '' });
    const refused = check('bad.yaml');
    expect(refused).toMatchObject({ status: 1, stderr: '' });
    expect(refused.stdout).toMatch(/bad\.yaml:6:3/);
    expect(refused.stdout).toContain('data.LEVEL');
    expect(refused.stdout).toContain('refused · 1 error');
    project.write({ 'slip.yaml': configMap.replace('\ndata:', '\ndta:') });
    expect(check('slip.yaml').stdout).toMatch(/api\/unknown-field +slip\.yaml:5:1.*write data instead of dta \(verified\)/s);
  });

  test('directories, standard input, and both at once', () => {
    project.write({
      'k8s/a.yaml': configMap,
      'k8s/deep/b.json': JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } }),
    });
    expect(check('k8s').stdout).toContain('admitted 2 objects');
    expect(project.plimsoll(['check', '-'], { input: configMap }).stdout).toContain('admitted 1 object ');
    const both = project.plimsoll(['check', 'k8s', '-'], { input: configMap.replace('settings', 'others') });
    expect(both.stdout).toContain('admitted 3 objects');
  });

  test('--against: a change that the running objects do not allow', () => {
    const fixed = `${configMap}immutable: true\n`;
    project.write({ 'old/settings.yaml': fixed, 'new.yaml': fixed.replace('LEVEL:', 'LEVELS:') });
    expect(check('new.yaml').status).toBe(0);
    const refused = check('new.yaml', '--against', 'old');
    expect(refused).toMatchObject({ status: 1, stderr: '' });
    expect(refused.stdout).toMatch(/api\/immutable +new\.yaml:\d+:\d+.*keep data as it runs \(verified\)/s);
    expect(check('new.yaml', '--against', 'nowhere')).toMatchObject({
      status: 1,
      stderr: 'plimsoll: --against nowhere does not exist: leave it out while nothing runs yet\n',
    });
  });

  test.each([
    ['a file that is not there', {}, /cannot be read/],
    ['a binary file', { 'in.yaml': new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0, 1]) }, /not UTF-8 text/],
    ['broken YAML', { 'in.yaml': 'kind: [unclosed\n' }, /input\/syntax/],
    ['what is no object', { 'in.yaml': '- 1\n- 2\n' }, /input\/not-an-object/],
  ])('%s is refused with the file named', (_, files, message) => {
    project.write(files);
    const { status, stdout, stderr } = check('in.yaml');
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain('in.yaml');
    expect(stdout).toMatch(message);
    expectNoStack(stdout);
  });

  test('an empty directory has nothing to check', () => {
    project.write({ 'empty/readme.txt': '' });
    expect(check('empty')).toEqual({ status: 1, stdout: '', stderr: 'plimsoll: there are no manifests in empty\n' });
  });

  test('--cluster tries them on the nodes of a snapshot', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'big' },
      spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '8' } } }] },
    };
    const node = (cpu: string) => ({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'v1',
          kind: 'Node',
          metadata: { name: 'n1' },
          status: {
            allocatable: { cpu, memory: '64Gi', pods: '110' },
            capacity: { cpu, memory: '64Gi', pods: '110' },
            conditions: [{ type: 'Ready', status: 'True' }],
          },
        },
      ],
    });
    project.write({
      'pod.json': JSON.stringify(pod),
      'small.json': JSON.stringify(node('4')),
      'large.json': JSON.stringify(node('16')),
    });
    expect(check('pod.json', '--cluster', 'small.json')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('Insufficient cpu'),
    });
    expect(check('pod.json', '--cluster', 'large.json')).toMatchObject({ status: 0 });
    expect(check('pod.json', '--cluster', 'none.json')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('none.json'),
    });
  });

  test('--strict lets warnings close the gate', () => {
    const annotated = configMap.replace('\ndata:', '\ndata:\n  LEVEL: debug');
    project.write({ 'in.yaml': annotated });
    expect(check('in.yaml').status).toBe(0);
    expect(check('in.yaml', '--strict').status).toBe(1);
  });

  test('--format json keeps to the schema that is published with the package', () => {
    const validate = new Ajv({ strict: true }).compile(
      JSON.parse(readFileSync(new URL('../../lib/report/report.schema.json', import.meta.url), 'utf8')) as object,
    );
    project.write({ 'good.yaml': configMap, 'bad.yaml': twice, 'broken.yaml': 'a: [', 'main.ts': program(unschedulable) });
    for (const args of [
      ['check', 'good.yaml'],
      ['check', 'bad.yaml', 'broken.yaml'],
      ['synth', 'main.ts'],
    ]) {
      const { stdout, stderr } = project.plimsoll([...args, '--format', 'json']);
      expect(stderr).toBe('');
      validate(JSON.parse(stdout));
      expect({ args, errors: validate.errors }).toEqual({ args, errors: null });
    }
  });

  test('a reader that goes away is no fault', () => {
    project.write({
      'many.yaml': Array.from({ length: 400 }, (_, index) => twice.replace('settings', `settings-${index}`)).join('---\n'),
    });
    const { status, stderr } = project.shell('set -o pipefail; plimsoll check many.yaml --format json | head -c 10');
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  });

  test('colours only for terminals, unless asked for or forbidden', () => {
    project.write({ 'bad.yaml': twice });
    const colour = '\u001b[';
    expect(check('bad.yaml').stdout).not.toContain(colour);
    expect(project.plimsoll(['check', 'bad.yaml'], { env: { FORCE_COLOR: '1' } }).stdout).toContain(colour);
    expect(project.plimsoll(['check', 'bad.yaml'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).stdout).not.toContain(colour);
  });

  test('values of Secrets never appear, whatever is wrong with them', () => {
    const value = 'hunter2-very-secret';
    const secret = (fields: string): string => `apiVersion: v1\nkind: Secret\nmetadata:\n  name: keys\n${fields}`;
    const manifests = [
      secret(`data:\n  password: ${value}\n`),
      secret(`data:\n  password: [${value}]\n`),
      secret(`stringData:\n  password: {inner: ${value}}\n`),
      secret(`stringDta:\n  password: ${value}\n`),
      secret(`type: kubernetes.io/tls\nstringData:\n  password: ${value}\n`),
      secret(`type: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: ${value}\n`),
      secret(`stringData:\n  password: "${value}\n`),
      secret(`stringData:\n  "pass word": ${value}\n`),
      secret(`immutable: ${value}\nstringData:\n  password: ${value}\n`),
      secret(`data:\n  password: ${Buffer.from(value).toString('base64')}\nfoo: 1\n`),
    ];
    for (const [index, manifest] of manifests.entries()) {
      project.write({ [`secret-${index}.yaml`]: manifest });
      for (const format of ['text', 'json']) {
        const { stdout, stderr } = check(`secret-${index}.yaml`, '--format', format);
        expect({ index, format, shown: (stdout + stderr).includes(value) }).toEqual({ index, format, shown: false });
        expect(stdout + stderr).not.toContain(Buffer.from(value).toString('base64'));
      }
    }
  });
});

describe('synth', () => {
  const synth = (...args: readonly string[]) => project.plimsoll(['synth', ...args]);

  test('writes what the cluster accepts', () => {
    project.write({ 'main.ts': program() });
    const { status, stdout, stderr } = synth('main.ts', '--output', 'out');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('wrote 1 file to out');
    expect(project.read('out/web.k8s.yaml')).toContain('kind: Deployment');
    expect(project.files().sort()).toEqual(['main.ts', 'out', 'package.json']);
  });

  test('writes nothing of what it refuses, and nothing of another App beside it', () => {
    project.write({ 'good.ts': program('', "{ folder: 'good' }"), 'bad.ts': program(unschedulable, "{ folder: 'bad' }") });
    const { status, stdout } = synth('good.ts', 'bad.ts');
    expect(status).toBe(1);
    expect(stdout).toContain('schedule/unschedulable');
    expect(stdout).toMatch(/bad\.ts:4:13/);
    expect(stdout).toContain('nothing was written because another App was refused');
    expect(project.exists('dist')).toBe(false);
  });

  test('layouts: a file per chart, App, object, or standard output', () => {
    project.write({ 'main.ts': program() });
    const files = (layout: string) => {
      project.remove('dist');
      expect(synth('main.ts', '--layout', layout).status).toBe(0);
      return project.shell('ls dist').stdout.trim().split('\n');
    };
    expect(files('chart')).toEqual(['web.k8s.yaml']);
    expect(files('app')).toEqual(['app.k8s.yaml']);
    expect(files('resource')).toEqual(['Deployment.web.k8s.yaml', 'Service.web-svc.k8s.yaml']);
    project.remove('dist');
    const { stdout, stderr } = synth('main.ts', '--layout', 'stdout');
    expect(stdout).toMatch(/^apiVersion: apps\/v1\nkind: Deployment\n.*\n---\n.*kind: Service\n/s);
    expect(stderr).toContain('accepted');
    expect(project.exists('dist')).toBe(false);
    const piped = project.shell('plimsoll synth main.ts --layout stdout 2>/dev/null | plimsoll check -');
    expect(piped).toMatchObject({ status: 0, stdout: expect.stringContaining('admitted 2 objects') });
  });

  test('a program that is not there, throws, does not parse, or makes no App', () => {
    const cases: readonly (readonly [source: string, ...messages: readonly string[]])[] = [
      [
        "const a = 1;\nfunction boom(): never {\n  throw new RangeError('too wide');\n}\nboom();\n",
        'main.ts failed: too wide',
        'at boom, main.ts:3:9',
      ],
      ['const a: number = ;\n', 'main.ts:1:19', '1 | const a: number = ;'],
      ["import { x } from './nowhere.js';\nx();\n", 'Could not resolve "./nowhere.js"', 'main.ts:1:19'],
      ["import 'no-such-package';\n", 'main.ts failed', 'no-such-package'],
      ["import { Deploymint } from 'plimsoll';\nDeploymint();\n", 'main.ts failed', 'Deploymint'],
      ['throw null;\n', 'main.ts failed: null'],
      ['await new Promise(() => undefined);\n', 'main.ts failed: it waits for something that never comes'],
      ["export {};\nPromise.reject(new Error('late'));\n", 'main.ts failed: late'],
      ["setTimeout(() => {\n  throw new Error('later');\n}, 10);\n", 'main.ts failed: later', 'main.ts:2:9'],
      ['process.exit(0);\n', 'ended the process'],
      ['console.error("I do nothing");\n', 'main.ts synthesized no Plimsoll App'],
      [
        `import { App, Chart, Deployment } from 'plimsoll';\nconst chart = new Chart(new App(), 'c');\nnew Deployment(chart, 'web', { containers: {} });\n`,
        'c/web',
        'main.ts:3:1',
      ],
    ];
    expect(synth('nowhere.ts')).toEqual({ status: 1, stdout: '', stderr: 'plimsoll: nowhere.ts does not exist\n' });
    expect(synth('.')).toEqual({ status: 1, stdout: '', stderr: 'plimsoll: . is not a file\n' });
    for (const [source, ...messages] of cases) {
      project.write({ 'main.ts': source });
      const { status, stderr } = synth('main.ts');
      expect({ source, status, stderr }).toEqual({ source, status: 1, stderr: expect.stringContaining('plimsoll: ') });
      for (const message of messages) expect(stderr).toContain(message);
      expectNoStack(stderr);
      expect(project.files().sort()).toEqual(['main.ts', 'package.json']);
    }
  });

  test('values of Secrets in a program are in no report either', () => {
    const secrets = "new Secret(chart, 'keys', { type: 'kubernetes.io/tls', stringData: { password: 'hunter2' } });";
    const source = program(unschedulable).replace('{ App', '{ Secret, App').replace('const web', `${secrets}\nconst web`);
    project.write({ 'main.ts': source });
    for (const format of ['text', 'json']) {
      const { status, stdout, stderr } = synth('main.ts', '--format', format);
      expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
      expect(stdout).toContain('schedule/unschedulable');
      expect(stdout).toContain('Secret');
      expect(stdout).not.toContain('hunter2');
    }
  });

  test('an App that is synthesized later, in a function that nobody awaits, is judged and written', () => {
    const late = program().replace('await app.synth();', 'setTimeout(() => void app.synth(), 20);');
    project.write({ 'main.ts': late });
    expect(synth('main.ts')).toMatchObject({ status: 0, stdout: expect.stringContaining('wrote 1 file') });
  });

  test.each(['plimsoll synth main.js', 'node main.js', 'node main.js 2>&1 | cat'])(
    '%s writes nothing before it knows that no other App comes',
    (line) => {
      project.write({
        'main.js': `${program('', "{ folder: 'good' }")}await new Promise((resolve) => setTimeout(resolve, 50));\nawait import('./bad.js');\n`,
        'bad.js': program(unschedulable, "{ folder: 'bad' }"),
      });
      expect(project.shell(line).stdout).toContain('accepted, but nothing was written because another App was refused');
      expect(project.exists('dist')).toBe(false);
    },
  );

  test('a program of several files sees its own place and may read beside it', () => {
    project.write({
      'main.ts': "import './parts/web.js';\n",
      'parts/web.ts': `import { readFileSync } from 'node:fs';\n${program().replace("'nginx:1.27'", "readFileSync(new URL('./image.txt', import.meta.url), 'utf8').trim()")}`,
      'parts/image.txt': 'nginx:1.29\n',
    });
    expect(synth('main.ts')).toMatchObject({ status: 0, stderr: '' });
    expect(project.read('dist/web.k8s.yaml')).toContain('nginx:1.29');
  });

  test('cdk8s.yaml names programs, output and layout; the command line comes first', () => {
    project.write({ 'main.ts': program(), 'cdk8s.yaml': 'language: typescript\napp: npx tsx main.ts\noutput: out # here\n' });
    expect(synth().stdout).toContain('wrote 1 file to out');
    project.write({ 'cdk8s.yaml': 'app: npx tsx other.ts\nplimsoll:\n  app: [main.ts]\n  output: mine\n  layout: resource\n' });
    expect(synth().stdout).toContain('wrote 2 files to mine');
    expect(synth('--layout', 'chart', '--output', 'theirs').stdout).toContain('wrote 1 file to theirs');
  });

  test.each([
    ['app: [unclosed\n', 'cdk8s.yaml: '],
    ['- a list\n', 'cdk8s.yaml: the file must be a map'],
    ['app: 7\n', 'cdk8s.yaml: app must be a text'],
    ['plimsoll:\n  ouput: x\n', 'plimsoll has no setting "ouput"; there are app, output, layout, strict'],
    ['plimsoll:\n  strict: maybe\n', 'plimsoll.strict must be true or false'],
  ])('cdk8s.yaml %j is refused', (content, message) => {
    project.write({ 'cdk8s.yaml': content, 'main.ts': program() });
    const { status, stderr } = synth('main.ts');
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expectNoStack(stderr);
  });

  test('--against what the last synth wrote, each App against its own folder', () => {
    project.write({ 'a.ts': program('', "{ folder: 'development' }"), 'b.ts': program('', "{ folder: 'production' }") });
    expect(synth('a.ts', 'b.ts').status).toBe(0);
    const again = synth('a.ts', 'b.ts', '--against', 'dist');
    expect(again.status).toBe(0);
    expect(again.stdout).not.toContain('change/');
    project.write({ 'b.ts': program('', "{ folder: 'production' }").replaceAll('web', 'front') });
    expect(synth('a.ts', 'b.ts', '--against', 'dist').stdout).toMatch(/production\n[\s\S]*change\/renamed/);
  });

  test('several Apps each say what became of them, and where', () => {
    project.write({ 'a.ts': program('', "{ folder: 'development' }"), 'b.ts': program('', "{ folder: 'production' }") });
    const { status, stdout } = synth('a.ts', 'b.ts');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^ {2}development\n[\s\S]*wrote 1 file to dist\/development[\s\S]*^ {2}production\n[\s\S]*wrote 1 file to dist\/production/m,
    );
  });

  test('two Apps that would write one file are an error, not a surprise', () => {
    project.write({ 'a.ts': program(), 'b.ts': program() });
    const { status, stderr } = synth('a.ts', 'b.ts');
    expect(status).toBe(1);
    expect(stderr).toContain('two Apps would both write dist/web.k8s.yaml');
    expect(project.exists('dist')).toBe(false);
  });

  test('a file where the output should go is left alone', () => {
    project.write({ 'main.ts': program(), dist: 'mine' });
    const { status, stderr } = synth('main.ts');
    expect(status).toBe(1);
    expect(stderr).toContain('dist');
    expectNoStack(stderr);
    expect(project.read('dist')).toBe('mine');
  });
});

describe('init', () => {
  test('makes a project and overwrites nothing', () => {
    expect(project.plimsoll(['init', 'sidecar', 'new'])).toMatchObject({ status: 0, stdout: expect.stringContaining('cd new') });
    expect(project.shell('ls -A new').stdout.split('\n')).toEqual(
      expect.arrayContaining(['.gitignore', 'cdk8s.yaml', 'cluster.ts', 'main.ts', 'package.json']),
    );
    const again = project.plimsoll(['init', 'sidecar', 'new']);
    expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining('nothing was written') });
  });

  test('joins a package.json that is there, and refuses a broken one', () => {
    project.write({ 'old/package.json': '{ "name": "mine", "scripts": { "test": "mine" } }' });
    expect(project.plimsoll(['init', 'service', 'old']).status).toBe(0);
    expect(JSON.parse(project.read('old/package.json'))).toMatchObject({
      name: 'mine',
      scripts: { test: 'mine', synth: 'plimsoll synth' },
      type: 'module',
    });
    project.write({ 'broken/package.json': '{' });
    const { status, stderr } = project.plimsoll(['init', 'service', 'broken']);
    expect(status).toBe(1);
    expect(stderr).toContain('package.json');
    expectNoStack(stderr);
    expect(project.shell('ls broken').stdout).toBe('package.json\n');
  });
});
