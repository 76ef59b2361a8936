import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMap } from '../../lib/network/map/map.js';
import { createPolicies } from '../../lib/network/policy/policies.js';
import { isEmpty, portSetText } from '../../lib/network/policy/port-set.js';
import { clusterOf } from './cluster.js';
import { adminPolicies, cluster, ends } from './random.js';

describe('laws of the map', () => {
  test('it says of every two Pods what a point query says, admin policies included', () => {
    fc.assert(
      fc.property(cluster, adminPolicies, (all, admin) => {
        const view = { ...clusterOf([...all.namespaces, ...all.pods, ...all.policies]), adminPolicies: admin };
        const map = createMap(view);
        const judged = createPolicies(all.policies, admin);
        const keys = new Map<string, number>();
        for (const each of map.classes) for (const { ref } of each.workloads) keys.set(`${ref.namespace}/${ref.name}`, each.id);
        const classOf = (index: number) => {
          const { namespace: space, name } = all.pods[index]?.metadata ?? {};
          const found = map.classes[keys.get(`${space}/${name}`) ?? -1];
          if (found === undefined) throw new Error(`no class has ${space}/${name}`);
          return found;
        };
        const list = ends(all).slice(0, all.pods.length);
        for (const [i, from] of list.entries()) {
          for (const [j, to] of list.entries()) {
            expect(portSetText(map.ports(classOf(i), classOf(j)))).toBe(portSetText(judged.portsBetween(from, to)));
            const open = judged.allowed(from, to, 80, 'TCP').allowed;
            expect(map.ports(classOf(i), classOf(j)).TCP.some(({ first, last }) => first <= 80 && 80 <= last)).toBe(open);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('it lists exactly the connections that it answers for', () => {
    fc.assert(
      fc.property(cluster, (all) => {
        const map = createMap(clusterOf([...all.namespaces, ...all.pods, ...all.policies]));
        const listed = [...map.connections()].map(({ from, to, ports: open }) => `${from.id} ${to.id} ${portSetText(open)}`);
        const asked = map.classes.flatMap((from) =>
          map.classes.flatMap((to) => {
            const open = map.ports(from, to);
            return isEmpty(open) || (from === to && from.pods < 2) ? [] : [`${from.id} ${to.id} ${portSetText(open)}`];
          }),
        );
        expect([...listed].sort()).toEqual([...asked].sort());
      }),
      { numRuns: 100 },
    );
  });
});
