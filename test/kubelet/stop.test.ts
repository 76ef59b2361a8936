import { describe, expect, test } from 'vitest';
import type { Container, Pod } from '../../lib/api/generated/types.js';
import { stopSeconds } from '../../lib/kubelet/stop.js';

const pod = (terminationGracePeriodSeconds: number, deletionGracePeriodSeconds?: number): Pod => ({
  metadata: { name: 'p', deletionGracePeriodSeconds },
  spec: { terminationGracePeriodSeconds, containers: [] },
});
const hooked = (...command: readonly string[]): Container => ({ name: 'c', lifecycle: { preStop: { exec: { command } } } });

describe('how long a container takes to stop', () => {
  test('SIGTERM ends it within a second', () => {
    expect(stopSeconds(pod(30), { name: 'c' })).toEqual({ after: 1, code: 143 });
  });

  test('the preStop hook comes first', () => {
    expect(stopSeconds(pod(30), hooked('sh', '-c', 'nginx -s quit; sleep 15'))).toEqual({ after: 16, code: 143 });
    expect(stopSeconds(pod(30), hooked('sleep', 'infinity'))).toEqual({ after: 30, code: 137 });
  });

  test('the grace period of the deletion counts before that of a probe and of the Pod', () => {
    const probe = { terminationGracePeriodSeconds: 10 };
    expect(stopSeconds(pod(60), hooked('sleep', '20'), probe)).toEqual({ after: 10, code: 137 });
    expect(stopSeconds(pod(60, 5), hooked('sleep', '20'), probe)).toEqual({ after: 5, code: 137 });
    expect(stopSeconds(pod(60, 0), { name: 'c' })).toEqual({ after: 0, code: 137 });
  });
});
