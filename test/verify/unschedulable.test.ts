import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import type { ClusterConfig } from '../../lib/cluster/config.js';
import type { Finding } from '../../lib/verify/finding.js';
import { deployment, judge } from './manifests.js';

const zone = 'topology.kubernetes.io/zone';

const finding = (objects: readonly KubeObject[], cluster: ClusterConfig = {}): Finding | undefined =>
  judge(objects, { cluster }).findings.find(({ code }) => code.startsWith('schedule/'));

/** What is proposed, after whole dry runs. */
const fixOf = (objects: readonly KubeObject[], cluster: ClusterConfig = {}): string | undefined => {
  const fix = finding(objects, cluster)?.fix;
  return fix?.verified ? fix.text : undefined;
};

const asks = (requests: Readonly<Record<string, string>>, rest: object = {}) => ({
  containers: [{ name: 'main', image: 'nginx:1.27', resources: { requests } }],
  ...rest,
});

const plain = (rest: object) => asks({}, rest);
const pool = (name: string, count: number, rest: object = {}) => ({ name, count, ...rest });

const claim = (name: string, spec: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } }, ...spec },
});

const storageClass = (name: string, provisioner: string, rest: object = {}): KubeObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner,
  volumeBindingMode: 'WaitForFirstConsumer',
  ...rest,
});

const volume = (name: string, spec: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '10Gi' }, hostPath: { path: '/data' }, ...spec },
});

const uses = (claimName: string) => plain({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] });

describe('the smallest fix of a Pod that fits nowhere', () => {
  test.each<readonly [string, readonly KubeObject[], ClusterConfig, string]>([
    [
      'S4: no node has the label',
      [deployment('web', plain({ nodeSelector: { disktype: 'ssd' } }))],
      { nodes: [pool('w', 2)] },
      'label node w-1 disktype=ssd',
    ],
    [
      'a node label that is misspelt',
      [deployment('web', plain({ nodeSelector: { disktype: 'sssd' } }))],
      { nodes: [pool('hdd', 3, { labels: { disktype: 'hdd' } }), pool('ssd', 1, { labels: { disktype: 'ssd' } })] },
      'set nodeSelector disktype to "ssd" (1 node has it)',
    ],
    [
      'two resources at once',
      [deployment('web', asks({ cpu: '6', memory: '20Gi' }))],
      { nodes: [pool('w', 2)] },
      'resources.requests.cpu <= 4 for container main, and resources.requests.memory <= 16Gi for container main',
    ],
    [
      'as many Pods as nodes take',
      [deployment('web', {}, { replicas: 5 })],
      { nodes: [pool('w', 2, { shape: { pods: 2 } })] },
      'one more node in pool w',
    ],
    [
      'a host port that every node has taken',
      [
        deployment('web', { containers: [{ name: 'c', image: 'nginx:1.27', ports: [{ containerPort: 80, hostPort: 80 }] }] }),
        deployment('api', { containers: [{ name: 'c', image: 'nginx:1.27', ports: [{ containerPort: 80, hostPort: 80 }] }] }),
      ],
      { nodes: [pool('w', 1)] },
      'use hostPort 81 instead of 80 (container c)',
    ],
    [
      'anti-affinity with more replicas than zones',
      [
        deployment(
          'web',
          plain({
            affinity: {
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [
                  { topologyKey: zone, labelSelector: { matchLabels: { app: 'web' } } },
                ],
              },
            },
          }),
          { replicas: 3 },
        ),
      ],
      { nodes: [pool('w', 4, { zones: ['a', 'b'] })] },
      `use the topologyKey kubernetes.io/hostname instead of ${zone} in the anti-affinity to app=web`,
    ],
    [
      'more domains asked for than there are',
      [
        deployment(
          'web',
          plain({
            topologySpreadConstraints: [
              {
                topologyKey: zone,
                maxSkew: 1,
                minDomains: 3,
                whenUnsatisfiable: 'DoNotSchedule',
                labelSelector: { matchLabels: { app: 'web' } },
              },
            ],
          }),
          { replicas: 4 },
        ),
      ],
      { nodes: [pool('w', 2, { zones: ['a', 'b'] })] },
      `ask for minDomains 2: there are no more domains of ${zone}`,
    ],
    [
      'a claim that is larger than any volume',
      [
        storageClass('local', 'kubernetes.io/no-provisioner'),
        volume('pv', { storageClassName: 'local', capacity: { storage: '5Gi' } }),
        claim('data', { storageClassName: 'local' }),
        deployment('web', uses('data')),
      ],
      { nodes: [pool('w', 1)] },
      'claim data: storage <= 5Gi',
    ],
    [
      'a class without volumes',
      [
        storageClass('local', 'kubernetes.io/no-provisioner'),
        claim('data', { storageClassName: 'local' }),
        deployment('web', uses('data')),
      ],
      { nodes: [pool('w', 1)] },
      'add a PersistentVolume of class local with 10Gi (ReadWriteOnce)',
    ],
    [
      'claims that a StatefulSet makes',
      [
        storageClass('local', 'kubernetes.io/no-provisioner'),
        volume('pv', { storageClassName: 'local', capacity: { storage: '5Gi' } }),
        {
          apiVersion: 'apps/v1',
          kind: 'StatefulSet',
          metadata: { name: 'db' },
          spec: {
            serviceName: 'db',
            selector: { matchLabels: { app: 'db' } },
            template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image: 'postgres:16' }] } },
            volumeClaimTemplates: [
              {
                metadata: { name: 'data' },
                spec: {
                  storageClassName: 'local',
                  accessModes: ['ReadWriteOnce'],
                  resources: { requests: { storage: '10Gi' } },
                },
              },
            ],
          },
        },
      ],
      { nodes: [pool('w', 1)] },
      'claim data-db-0: storage <= 5Gi',
    ],
    [
      'a claim that only one Pod may use',
      [
        storageClass('std', 'x.example.com'),
        claim('data', { storageClassName: 'std', accessModes: ['ReadWriteOncePod'] }),
        deployment('web', uses('data'), { replicas: 2 }),
      ],
      { nodes: [pool('w', 1)] },
      'claim data: access mode ReadWriteOnce',
    ],
    [
      'a node that was cordoned',
      [deployment('web')],
      {
        nodes: [
          {
            apiVersion: 'v1',
            kind: 'Node',
            metadata: { name: 'n1' },
            spec: { unschedulable: true },
            status: { allocatable: { cpu: '4', memory: '8Gi', pods: '10' } },
          },
        ],
      },
      'uncordon node n1',
    ],
    [
      'a gate',
      [deployment('web', plain({ schedulingGates: [{ name: 'example.com/ready' }] }))],
      { nodes: [pool('w', 1)] },
      'remove the scheduling gate example.com/ready',
    ],
  ])('%s', (_, objects, cluster, fix) => {
    expect(fixOf(objects, cluster)).toBe(fix);
  });

  test('the nodes of a snapshot are changed in place', () => {
    const node = (name: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'cloud.google.com/gke-nodepool': 'general' } },
      status: { allocatable: { cpu: '4', memory: '8Gi', pods: '10' } },
    });
    const snapshot = [node('a'), node('b')];
    expect(fixOf([deployment('web', plain({ nodeSelector: { disktype: 'ssd' } }))], { snapshot })).toBe(
      'label node a disktype=ssd',
    );
    expect(fixOf([deployment('web', asks({ cpu: '3' }), { replicas: 3 })], { snapshot })).toBe(
      'resources.requests.cpu <= 2 for container main',
    );
  });

  test('what holds the room is named with its numbers', () => {
    const objects = [deployment('a', asks({ cpu: '3' })), deployment('b', asks({ cpu: '2' }))];
    expect(finding(objects, { nodes: [pool('w', 1)] })).toMatchObject({
      code: 'schedule/unschedulable',
      evidence: [
        {
          kind: 'nodes',
          nodes: ['w-1'],
          reason: 'Insufficient cpu',
          asks: '2',
          free: '1 (w-1)',
          heldBy: [{ object: { kind: 'Pod' }, amount: '3' }],
          facts: [{ kind: 'resource', node: 'w-1', free: '1', size: '4' }],
        },
      ],
    });
  });

  test('what cannot be mended has no fix', () => {
    const required = { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['w-1'] }] }] };
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
    expect(finding([deployment('web', plain({ affinity }))], { nodes: [] })).toMatchObject({
      message: expect.stringContaining('no nodes available to schedule pods'),
      fix: undefined,
    });
  });
});
