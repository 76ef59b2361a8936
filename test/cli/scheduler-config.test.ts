import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Project } from './installed.js';

const pod = (schedulerName: string): string => `apiVersion: v1
kind: Pod
metadata: { name: one }
spec:
  schedulerName: ${schedulerName}
  containers: [{ name: main, image: 'nginx:1.27' }]
`;

/** Nobody may run on a node that is not in a pool. */
const pooled = `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
leaderElection: { leaderElect: true }
profiles:
  - schedulerName: pooled
    pluginConfig:
      - name: NodeAffinity
        args:
          apiVersion: kubescheduler.config.k8s.io/v1
          kind: NodeAffinityArgs
          addedAffinity:
            requiredDuringSchedulingIgnoredDuringExecution:
              nodeSelectorTerms: [{ matchExpressions: [{ key: pool, operator: Exists }] }]
`;

const program = `import { App, Chart, Pod } from 'plimsoll';
const app = new App();
new Pod(new Chart(app, 'web'), 'one', { containers: { nginx: { image: 'nginx:1.27' } } });
await app.synth();
`;

let project: Project;
beforeAll(() => {
  project = new Project();
  project.write({
    'scheduler.yaml': pooled,
    'default.yaml': pooled.replace('schedulerName: pooled', 'schedulerName: default-scheduler'),
  });
});
afterAll(() => project.destroy());

const check = (manifest: string, file: string) =>
  project.plimsoll(['check', '-', '--scheduler-config', file], { input: manifest });

describe('--scheduler-config', () => {
  test('its profiles schedule the Pods that name them', () => {
    const { status, stdout } = check(pod('pooled'), 'scheduler.yaml');
    expect(status).toBe(1);
    expect(stdout).toContain("node(s) didn't match scheduler-enforced node affinity");
  });

  test('a Pod of another scheduler stays pending, which is an assumption', () => {
    const { stdout } = check(pod('volcano'), 'scheduler.yaml');
    expect(stdout).toContain('the scheduler volcano finds a node');
  });

  test('it holds for the Apps of a program', () => {
    project.write({ 'main.ts': program });
    expect(project.plimsoll(['synth', 'main.ts'])).toMatchObject({ status: 0 });
    const { status, stdout } = project.plimsoll(['synth', 'main.ts', '--scheduler-config', 'default.yaml']);
    expect(status).toBe(1);
    expect(stdout).toContain("node(s) didn't match scheduler-enforced node affinity");
  });

  test.each([
    ['missing.yaml', undefined, 'missing.yaml: ENOENT'],
    ['broken.yaml', 'profiles: [', 'broken.yaml: '],
    ['pod.yaml', pod('x'), 'metadata: Forbidden: unknown field'],
    [
      'typo.yaml',
      pooled.replace('NodeAffinityArgs', 'NodeArgs'),
      'profiles[0].pluginConfig[0].args: Invalid value: "NodeArgs": has to match plugin args',
    ],
  ])('%s is refused with its faults', (file, content, fault) => {
    if (content !== undefined) project.write({ [file]: content });
    const { status, stderr } = check(pod('pooled'), file);
    expect(status).toBe(1);
    expect(stderr).toContain(fault);
    expect(stderr).not.toMatch(/node:internal|\.mjs/);
  });
});
