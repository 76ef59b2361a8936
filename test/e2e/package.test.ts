import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'plimsoll-e2e-'));

/** The environment of a user's shell: what the test runner says of itself must not reach its children. */
const environment = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1' };

/** npm speaks up about its own configuration, which is the machine's business. */
const withoutNpm = (text: string): string => text.replace(/^npm (?:warn|notice).*\n/gm, '');

const run = (command: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: project, encoding: 'utf8', env: environment });
  return { status, stdout, stderr: withoutNpm(stderr) };
};

const manifests = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(join(project, 'dist'))
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => [file, readFileSync(join(project, 'dist', file), 'utf8')]),
  );

describe('the packed CLI in an empty project', () => {
  beforeAll(() => {
    execFileSync('npm', ['run', 'build', '--silent'], { cwd: root });
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], { cwd: root, encoding: 'utf8' }),
    ) as [{ filename: string }];
    writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true }\n');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `./${packed.filename}`], {
      cwd: project,
      env: environment,
    });
  }, 300_000);

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  test('init makes a project, npm run synth writes its manifests, cdk8s synth writes the same ones', () => {
    expect(run('npx', 'plimsoll', 'init')).toMatchObject({ status: 0, stderr: '' });
    expect(run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--save-dev', 'cdk8s-cli').status).toBe(0);

    const synth = run('npm', 'run', '--silent', 'synth');
    expect(synth).toMatchObject({ status: 0, stderr: '' });
    expect(synth.stdout).toContain('wrote 1 file to dist');
    const written = manifests();
    expect(Object.keys(written)).toEqual(['web.k8s.yaml']);

    rmSync(join(project, 'dist'), { recursive: true });
    expect(run('npx', 'cdk8s', 'synth').status).toBe(0);
    expect(manifests()).toEqual(written);
  }, 300_000);

  test('its vitest snapshot test is green, and red after a change', () => {
    expect(run('npm', 'test').status).toBe(0);
    const file = join(project, 'cluster.ts');
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, source.replace('nginx:1.27', 'nginx:1.28'));
    const changed = run('npx', 'vitest', 'run');
    writeFileSync(file, source);
    expect(changed.status).toBe(1);
    expect(changed.stdout + changed.stderr).toContain('nginx:1.28');
  }, 120_000);

  test('a refused program writes nothing, says where and why, and exits with 1', () => {
    const before = manifests();
    const file = join(project, 'cluster.ts');
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, source.replace('replicas: 2,', "replicas: 2,\n    schedule: { nodeSelector: { disktype: 'ssd' } },"));
    const refused = run('npx', 'plimsoll', 'synth');
    writeFileSync(file, source);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain('schedule/unschedulable');
    expect(refused.stdout).toMatch(/cluster\.ts:\d+:\d+/);
    expect(refused.stdout).toContain('nothing was written');
    expect(refused.stderr).toBe('');
    expect(manifests()).toEqual(before);
  }, 60_000);

  test('its types compile, and a port that is not declared does not', () => {
    expect(run('npx', 'tsc', '-p', '.')).toMatchObject({ status: 0, stdout: '' });
    const file = join(project, 'cluster.ts');
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, source.replace('ports: { http: 80 } });', 'ports: { htpp: 80 } });'));
    const refused = run('npx', 'tsc', '-p', '.');
    writeFileSync(file, source);
    expect(refused.status).not.toBe(0);
    expect(refused.stdout).toContain('htpp');
  }, 120_000);

  test('every template is accepted as it is', () => {
    for (const template of ['sidecar', 'rbac-agent']) {
      expect(run('npx', 'plimsoll', 'init', template, template).status).toBe(0);
      expect(existsSync(join(project, template, 'package.json'))).toBe(true);
      const synth = spawnSync('npx', ['plimsoll', 'synth'], { cwd: join(project, template), encoding: 'utf8', env: environment });
      expect({ template, status: synth.status, stdout: synth.stdout }).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('wrote 1 file'),
      });
    }
  }, 120_000);
});
