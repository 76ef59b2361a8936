import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { probeOutcome } from '../../lib/kubelet/probe.js';

const probe = { initialDelaySeconds: 5, periodSeconds: 10, failureThreshold: 3, tcpSocket: { port: 80 } };
const never = Number.POSITIVE_INFINITY;

describe('when a probe comes to a lasting result', () => {
  test('liveness fails after failureThreshold attempts in a row', () => {
    expect(probeOutcome('liveness', probe, 0, never)).toEqual({ at: 25, result: 'failure' });
  });

  test('liveness that answers in time never has a result that matters', () => {
    expect(probeOutcome('liveness', probe, 0, 25)).toBeUndefined();
    expect(probeOutcome('liveness', probe, 0, 26)).toEqual({ at: 25, result: 'failure' });
  });

  test('readiness succeeds with the first good attempt, or the successThreshold-th', () => {
    expect(probeOutcome('readiness', probe, 0, 0)).toEqual({ at: 5, result: 'success' });
    expect(probeOutcome('readiness', { ...probe, successThreshold: 3 }, 0, 6)).toEqual({ at: 35, result: 'success' });
    expect(probeOutcome('readiness', probe, 0, never)).toEqual({ at: 5, result: 'failure' });
  });

  test('a result is what attempt after attempt would give', () => {
    const attempts = fc.record({
      initialDelaySeconds: fc.nat(20),
      periodSeconds: fc.integer({ min: 1, max: 20 }),
      failureThreshold: fc.integer({ min: 1, max: 6 }),
      answersFrom: fc.nat(100),
    });
    fc.assert(
      fc.property(attempts, ({ answersFrom, ...spec }) => {
        let at = spec.initialDelaySeconds;
        let failures = 0;
        while (at < answersFrom && failures < spec.failureThreshold) {
          failures++;
          if (failures < spec.failureThreshold) at += spec.periodSeconds;
        }
        const result = failures === spec.failureThreshold ? 'failure' : 'success';
        expect(probeOutcome('startup', spec, 0, answersFrom)).toEqual({ at, result });
      }),
    );
  });
});
