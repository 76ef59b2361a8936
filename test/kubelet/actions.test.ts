import { describe, expect, test } from 'vitest';
import type { PodSpec } from '../../lib/api/generated/types.js';
import { qosClass } from '../../lib/api/qos.js';
import type { RuntimeState, RuntimeView } from '../../lib/kubelet/actions.js';
import { podActions } from '../../lib/kubelet/actions.js';
import { accountRestart, restartDelay } from '../../lib/kubelet/backoff.js';
import { podPhase } from '../../lib/kubelet/phase.js';
import { oomScoreAdj } from '../../lib/kubelet/qos.js';

const exited = (exitCode: number): RuntimeState => ({ state: 'exited', exitCode });
const running: RuntimeState = { state: 'running' };

const view = (containers: Readonly<Record<string, RuntimeState>>, more: Partial<RuntimeView> = {}): RuntimeView => ({
  containers: new Map(Object.entries(containers)),
  sandbox: 'ready',
  liveness: new Map(),
  startup: new Map(),
  changed: new Set(),
  ...more,
});

describe('what the kubelet does next', () => {
  const spec: PodSpec = {
    restartPolicy: 'OnFailure',
    initContainers: [{ name: 'i' }, { name: 's', restartPolicy: 'Always' }],
    containers: [{ name: 'a' }],
  };

  test('a new Pod gets a sandbox and its first init container', () => {
    expect(podActions(spec, view({}, { sandbox: 'none' }))).toMatchObject({
      killPod: true,
      createSandbox: true,
      initContainersToStart: ['i'],
      containersToStart: [],
    });
  });

  test('init container, sidecar, main container come one after the other', () => {
    expect(podActions(spec, view({ i: running }))).toMatchObject({ initContainersToStart: [], containersToStart: [] });
    expect(podActions(spec, view({ i: exited(1) }))).toMatchObject({ initContainersToStart: ['i'], containersToStart: [] });
    expect(podActions(spec, view({ i: exited(0) }))).toMatchObject({ initContainersToStart: ['s'], containersToStart: [] });
    expect(podActions(spec, view({ i: exited(0), s: running }))).toMatchObject({ containersToStart: ['a'] });
  });

  test('sidecars alone do not keep a Pod alive', () => {
    const actions = podActions(spec, view({ i: exited(0), s: running, a: exited(0) }));
    expect(actions).toMatchObject({ killPod: true, initContainersToStart: [], containersToStart: [] });
  });

  test('a rule of the container restarts it although its Pod never does', () => {
    const exitCodes = { operator: 'In', values: [42] };
    const container = { name: 'a', restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes }] };
    const ruled: PodSpec = { restartPolicy: 'Never', containers: [container] };
    expect(podActions(ruled, view({ a: exited(42) })).containersToStart).toEqual(['a']);
    expect(podActions(ruled, view({ a: exited(43) })).killPod).toBe(true);
  });

  test('a failed liveness probe kills; whether the container starts again is a matter of the policy', () => {
    const failing = { liveness: new Map([['a', 'failure' as const]]) };
    const kill = (restartPolicy: string) =>
      podActions({ restartPolicy, containers: [{ name: 'a' }] }, view({ a: running }, failing));
    expect(kill('Always')).toMatchObject({ killPod: false, containersToStart: ['a'] });
    expect(kill('Never')).toMatchObject({ killPod: true, containersToStart: [] });
    expect(kill('Never').containersToKill[0]?.message).toBe('Container a failed liveness probe');
  });
});

describe('restart back-off', () => {
  test('the first restart is immediate, then the delay doubles up to five minutes', () => {
    let now = 0;
    let backoff: ReturnType<typeof accountRestart> | undefined;
    const delays = Array.from({ length: 9 }, () => {
      const finishedAt = now + 1000;
      const delay = restartDelay(backoff, finishedAt);
      now = finishedAt + delay * 1000;
      backoff = accountRestart(backoff, finishedAt, now);
      return delay;
    });
    expect(delays).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300]);
  });

  test('a run of more than ten minutes is forgiven', () => {
    expect(restartDelay({ seconds: 300, since: 0 }, 600_000)).toBe(300);
    expect(restartDelay({ seconds: 300, since: 0 }, 600_001)).toBe(0);
  });
});

describe('phase and quality of service', () => {
  const status = (name: string, state: object) => ({ name, image: 'a:1', imageID: '', ready: false, restartCount: 0, state });

  test('one failed container fails a Pod that does not restart, once all have ended', () => {
    const spec = { restartPolicy: 'Never', containers: [{ name: 'a' }, { name: 'b' }] };
    const failed = status('a', { terminated: { exitCode: 1 } });
    expect(podPhase(spec, [failed, status('b', { running: {} })])).toBe('Running');
    expect(podPhase(spec, [failed, status('b', { terminated: { exitCode: 0 } })])).toBe('Failed');
  });

  test('requests equal to limits for all containers are Guaranteed, init containers included', () => {
    const all = { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '0.5', memory: '1024Mi' } };
    expect(qosClass({ containers: [{ name: 'a', resources: all }] })).toBe('Guaranteed');
    expect(qosClass({ containers: [{ name: 'a', resources: all }], initContainers: [{ name: 'i' }] })).toBe('Burstable');
    expect(qosClass({ containers: [{ name: 'a' }] })).toBe('BestEffort');
  });

  test('who asks for more memory is killed later, and the kernel kills BestEffort first', () => {
    const score = (memory?: string) => {
      const container = { name: 'a', ...(memory === undefined ? {} : { resources: { requests: { memory } } }) };
      return oomScoreAdj({ containers: [container] }, container, 8 * 1024 ** 3);
    };
    expect([score(), score('1Mi'), score('4Gi'), score('8Gi')]).toEqual([1000, 999, 500, 3]);
  });
});
