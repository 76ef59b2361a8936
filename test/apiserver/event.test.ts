import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClusterEvent, EventLog } from '../../lib/apiserver/event.js';

const object = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web' };
const event = <T extends ClusterEvent['type']>(type: T, message: string) =>
  ({ time: 0, type, reason: 'Told', message, object, component: 'kubelet' }) as const;

const step = fc.oneof(
  fc.record({ step: fc.constant('event' as const), type: fc.constantFrom('Normal' as const, 'Warning' as const) }),
  fc.record({ step: fc.constant('occurrence' as const), count: fc.nat(3) }),
  fc.record({ step: fc.constant('read' as const) }),
);

test('events come in the order in which things happened, whenever they are read', () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const log = new EventLog();
      const wanted: ClusterEvent[] = [];
      for (const [index, each] of steps.entries()) {
        if (each.step === 'event') {
          const told = event(each.type, String(index));
          wanted.push(told);
          log.add(told);
        } else if (each.step === 'occurrence') {
          const events = Array.from({ length: each.count }, (_, nth) => event('Normal', `${index}.${nth}`));
          wanted.push(...events);
          log.note({ events });
        } else expect(log.events).toEqual(wanted);
      }
      expect(log.events).toEqual(wanted);
      expect(log.warnings).toEqual(wanted.filter(({ type }) => type === 'Warning'));
    }),
  );
});

test('what nobody reads is not told', () => {
  const log = new EventLog();
  let told = 0;
  log.note({
    get events() {
      told++;
      return [event('Normal', 'here')];
    },
  });
  expect(log.warnings).toEqual([]);
  expect(told).toBe(0);
  expect([log.events.length, log.events.length, told]).toEqual([1, 1, 1]);
});
