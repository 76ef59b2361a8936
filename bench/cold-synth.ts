import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, median } from './figure.js';
import { newProject } from './project.js';

const root = fileURLToPath(new URL('..', import.meta.url));

const program = `import { App, Chart, ClusterIPService, Deployment } from 'plimsoll';

const app = new App();
const chart = new Chart(app, 'web');
const web = new Deployment(chart, 'web', { replicas: 2, containers: { nginx: { image: 'nginx:1.27', ports: { http: 80 } } } });
new ClusterIPService(chart, 'web-svc', { to: web, ports: { http: 80 } });
await app.synth();
`;

const runs = 7;

/** Seconds of whole processes, median of several after one that warms the disk cache. */
const seconds = (directory: string, command: string, args: readonly string[]): number => {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const started = performance.now();
    const { status, stderr } = spawnSync(command, args, { cwd: directory, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
    if (run > 0) times.push((performance.now() - started) / 1000);
  }
  return median(times);
};

/** One Deployment and Service from TypeScript source: `plimsoll synth` against `cdk8s synth` on the same program. */
export const coldSynth = (): void => {
  const directory = newProject();
  writeFileSync(join(directory, 'main.ts'), program);
  writeFileSync(
    join(directory, 'cdk8s.yaml'),
    `language: typescript\napp: node ${join(root, 'node_modules/tsx/dist/cli.mjs')} main.ts\noutput: dist\n`,
  );
  const plimsoll = seconds(directory, process.execPath, [join(root, 'build/cli/main.js'), 'synth']);
  const cdk8s = seconds(directory, process.execPath, [join(root, 'node_modules/cdk8s-cli/bin/cdk8s'), 'synth']);
  const node = seconds(directory, process.execPath, ['-e', '0']);
  figure('cold-synth/node alone', node, 's');
  figure('cold-synth/plimsoll', plimsoll, 's');
  figure('cold-synth/cdk8s', cdk8s, 's');
  figure('cold-synth/ratio', cdk8s / plimsoll, 'x');
};
