import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import { deployment, judge } from './manifests.js';

const pod = (spec: object): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
const containers = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `c${index}`, image: 'nginx' }));
const advice = (objects: readonly KubeObject[]): readonly string[] =>
  judge(objects).findings.flatMap(({ severity, code }) => (severity === 'advice' ? [code] : []));

describe('advice, which never closes the gate', () => {
  test('S1: one container is the norm, a sidecar makes two, three earn an advice', () => {
    expect(advice([deployment('web', { containers: containers(1) })])).toEqual([]);
    expect(advice([deployment('web', { containers: containers(2) })])).toEqual([]);
    expect(advice([deployment('web', { containers: containers(3) })])).toEqual(['design/many-containers']);
    expect(judge([deployment('web', { containers: containers(3) })]).accepted).toBe(true);
  });

  test('S36: the questions to ask are in it: life cycle, scaling, size', () => {
    const [finding] = judge([deployment('web', { containers: containers(3) })]).findings;
    expect(finding?.message).toMatch(/life cycle.*scale.*fit nodes/);
    const large = { containers: [{ name: 'c', image: 'nginx', resources: { requests: { memory: '12Gi' } } }] };
    expect(advice([deployment('web', large)])).toEqual(['design/large-pod']);
  });

  test('S39: a bare Pod does not heal; one that ends is no service and needs no healing', () => {
    expect(advice([pod({ containers: containers(1) })])).toEqual(['design/bare-pod']);
    expect(advice([pod({ restartPolicy: 'Never', containers: containers(1) })])).toEqual([]);
  });

  test.each([
    ['emptyDir', { emptyDir: {} }, ['design/volatile-data']],
    ['hostPath', { hostPath: { path: '/data/mysql' } }, ['design/volatile-data']],
    [
      'a claim',
      {
        ephemeral: {
          volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
        },
      },
      [],
    ],
  ])('S42: the files of a database on %s', (_, volume, expected) => {
    const spec = {
      volumes: [{ name: 'data', ...volume }],
      containers: [{ name: 'db', image: 'mysql', volumeMounts: [{ name: 'data', mountPath: '/var/lib/mysql' }] }],
    };
    expect(advice([deployment('db', spec)])).toEqual(expected);
  });
});
