import { describe, expect, test } from 'vitest';
import type { PodStatus } from '../../lib/api/generated/types.js';
import { bound, node, object, pod, schedulerWith, verdictOf } from './objects.js';

const started = (minute: number): PodStatus => ({ phase: 'Running', startTime: `2026-01-01T00:0${minute}:00Z` });
const victim = (name: string, nodeName: string, priority: number, minute = 0, labels = {}) =>
  bound(pod(name, { requests: { cpu: '4' }, spec: { priority }, status: started(minute), labels }), nodeName);
const urgent = (fields = {}) => pod('urgent', { requests: { cpu: '4' }, spec: { priority: 100, ...fields } });

describe('DefaultPreemption', () => {
  test('evicts where the most important victim is the least important', () => {
    const scheduler = schedulerWith(node('w1'), node('w2'), victim('a', 'w1', 50), victim('b', 'w2', 10));
    expect(scheduler.schedule(urgent())).toMatchObject({
      outcome: 'preempting',
      message: '0/2 nodes are available: 2 Insufficient cpu.',
      postFilter: {
        nominated: 'w2',
        victims: ['default/b'],
        candidates: [
          { node: 'w1', victims: ['default/a'], pdbViolations: 0 },
          { node: 'w2', victims: ['default/b'], pdbViolations: 0 },
        ],
      },
    });
  });

  test('of equal nodes it takes the one whose victims started last, and says when that is a matter of luck', () => {
    const scheduler = schedulerWith(node('w1'), node('w2'), victim('a', 'w1', 0, 1), victim('b', 'w2', 0, 2));
    expect(scheduler.schedule(urgent()).postFilter?.nominated).toBe('w2');
    const tie = schedulerWith(node('w1'), node('w2'), victim('a', 'w1', 0), victim('b', 'w2', 0)).schedule(urgent());
    expect(tie.postFilter).toMatchObject({ nominated: 'w1', best: ['w1', 'w2'] });
  });

  test('lets Pods back in that still have room, the most important first', () => {
    const small = (name: string, priority: number) => bound(pod(name, { requests: { cpu: '2' }, spec: { priority } }), 'w1');
    const scheduler = schedulerWith(node('w1'), small('low', 1), small('middle', 2));
    const decision = scheduler.schedule(pod('urgent', { requests: { cpu: '2' }, spec: { priority: 100 } }));
    expect(decision.postFilter?.victims).toEqual(['default/low']);
  });

  test('avoids victims whose disruption budget is used up', () => {
    const budget = object('policy/v1', 'PodDisruptionBudget', 'web', {
      spec: { selector: { matchLabels: { app: 'web' } } },
      status: { disruptionsAllowed: 0 },
    });
    const scheduler = schedulerWith(
      node('w1'),
      node('w2'),
      budget,
      victim('web', 'w1', 0, 9, { app: 'web' }),
      victim('other', 'w2', 50),
    );
    expect(scheduler.schedule(urgent()).postFilter).toMatchObject({ nominated: 'w2' });
  });

  test('a Pod that may not preempt, and one that nobody can make room for, hear why', () => {
    const scheduler = schedulerWith(node('w1'), victim('a', 'w1', 0));
    expect(scheduler.schedule(urgent({ preemptionPolicy: 'Never' })).message).toBe(
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.',
    );
    expect(scheduler.schedule(pod('equal', { requests: { cpu: '4' } })).message).toBe(
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, ' +
        'preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    );
    expect(scheduler.schedule(pod('huge', { requests: { cpu: '5' }, spec: { priority: 100 } })).message).toBe(
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, ' +
        'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    );
  });

  test('room made for a nominated Pod is not given to less important ones', () => {
    const waiting = { ...urgent(), status: { nominatedNodeName: 'w1' } };
    const scheduler = schedulerWith(node('w1'), waiting);
    expect(verdictOf(scheduler.schedule(pod('p', { requests: { cpu: '1' }, spec: { priority: 1 } })), 'w1')).toBe(
      'NodeResourcesFit: Insufficient cpu',
    );
    expect(scheduler.schedule(waiting)).toMatchObject({ outcome: 'scheduled', node: 'w1', nominatedNodeFit: true });
  });
});
