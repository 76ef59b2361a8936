import { describe, expect, test } from 'vitest';
import type { Pod } from '../../../lib/api/generated/types.js';
import type { Admitted } from '../../../lib/api/object.js';
import type { Fact, Obstacle } from '../../../lib/scheduler/explain/explanation.js';
import { answersOf } from '../../../lib/scheduler/explain/obstacles.js';
import { Sandbox } from '../../../lib/scheduler/explain/sandbox.js';
import { PodInfo } from '../../../lib/scheduler/pod-info.js';
import { defaultProfile } from '../../../lib/scheduler/profile.js';
import { bound, node, object, pod } from '../objects.js';

const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';

const obstaclesOf = (subject: Admitted<Pod>, ...objects: readonly Admitted[]): readonly Obstacle[] =>
  answersOf(new PodInfo(subject), new Sandbox(objects, [defaultProfile]).cache, defaultProfile, 1).obstacles;

const factsOf = (subject: Admitted<Pod>, ...objects: readonly Admitted[]): readonly Fact[] =>
  obstaclesOf(subject, ...objects).flatMap(({ facts }) => facts);

const named = (name: string) => expect.objectContaining({ name });

describe('what stands behind a refusal', () => {
  test('resources: how much is asked, where most is free, and who holds the rest', () => {
    const small = { cpu: '3', memory: '16Gi', pods: '110' };
    expect(
      factsOf(
        pod('new', { requests: { cpu: '2' } }),
        node('w1'),
        node('w2', {}, { status: { allocatable: small } }),
        bound(pod('a', { requests: { cpu: '2500m' } }), 'w1'),
        bound(pod('b', { requests: { cpu: '500m' } }), 'w1'),
        bound(pod('c', { requests: { cpu: '2' } }), 'w2'),
      ),
    ).toEqual([
      {
        kind: 'resource',
        resource: 'cpu',
        asks: '2',
        node: 'w1',
        free: '1',
        size: '4',
        heldBy: [
          { object: named('a'), amount: '2500m' },
          { object: named('b'), amount: '500m' },
        ],
        more: 0,
      },
    ]);
  });

  test('the node shown is one that nothing else speaks against', () => {
    const taints = [{ key: 'a', effect: 'NoSchedule' }];
    const [cpu] = obstaclesOf(
      pod('new', { requests: { cpu: '9' } }),
      node('big', {}, { spec: { taints }, status: { allocatable: { cpu: '8', memory: '1Gi', pods: '9' } } }),
      node('w1'),
      node('w2'),
    );
    expect(cpu).toMatchObject({ reason: 'Insufficient cpu', nodes: ['w1', 'w2'], alsoOn: ['big'], facts: [{ node: 'w1' }] });
  });

  test('taints, and a toleration that nearly fits', () => {
    const taints = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }];
    const tolerations = [{ key: 'dedicated', operator: 'Equal', value: 'web', effect: 'NoSchedule' }];
    expect(factsOf(pod('new', { spec: { tolerations } }), node('w1', {}, { spec: { taints } }))).toEqual([
      { kind: 'taint', taint: 'dedicated=db:NoSchedule', nodes: ['w1'], near: 'dedicated=web:NoSchedule' },
    ]);
  });

  test('node labels: how many nodes meet each demand, and what they have instead', () => {
    const facts = factsOf(
      pod('new', { spec: { nodeSelector: { disk: 'nvme' } } }),
      node('w1', { disk: 'ssd' }),
      node('w2', { disk: 'ssd' }),
      node('w3', { disk: 'hdd' }),
    );
    expect(facts).toEqual([
      {
        kind: 'selector',
        field: 'nodeSelector[disk]',
        requirement: 'disk=nvme',
        met: 0,
        values: [
          { value: 'ssd', nodes: 2 },
          { value: 'hdd', nodes: 1 },
        ],
      },
    ]);
  });

  test('host ports: who holds them, also by a narrower address', () => {
    const port = (hostIP?: string) => ({
      containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80, ...(hostIP !== undefined && { hostIP }) }] }],
    });
    const holder = bound(pod('old', { spec: port('127.0.0.1') }), 'w1');
    expect(factsOf(pod('new', { spec: port() }), node('w1'), holder)).toEqual([
      { kind: 'hostPort', port: '80/TCP', heldBy: [{ object: named('old'), at: 'w1' }], more: 0 },
    ]);
  });

  const apart = (app: string) => ({
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: zone, labelSelector: { matchLabels: { app } } }],
    },
  });

  test('anti-affinity of the Pod: the Pods that it means, by domain', () => {
    const facts = factsOf(
      pod('new', { spec: { affinity: apart('web') } }),
      node('w1', { [zone]: 'a' }),
      node('w2', { [zone]: 'a' }),
      bound(pod('web', { labels: { app: 'web' } }), 'w1'),
    );
    expect(facts).toMatchObject([
      { kind: 'antiAffinity', whose: 'own', term: 'app=web', topologyKey: zone, blockers: [{ object: named('web'), at: 'a' }] },
    ]);
  });

  test('anti-affinity of others', () => {
    const lonely = bound(pod('lonely', { spec: { affinity: apart('web') } }), 'w1');
    const facts = factsOf(pod('new', { labels: { app: 'web' } }), node('w1', { [zone]: 'a' }), lonely);
    expect(facts).toMatchObject([{ kind: 'antiAffinity', whose: 'theirs', blockers: [{ object: named('lonely'), at: 'a' }] }]);
  });

  test('affinity: whom it means, or that there is nobody', () => {
    const near = {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: zone, labelSelector: { matchLabels: { app: 'db' } } }],
      },
    };
    const subject = pod('new', { spec: { affinity: near } });
    expect(factsOf(subject, node('w1', { [zone]: 'a' }))).toMatchObject([{ kind: 'affinity', term: 'app=db', found: [] }]);
    expect(
      factsOf(
        subject,
        node('w1', { [zone]: 'a' }),
        node('w2', { [zone]: 'b' }, { spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] } }),
        bound(pod('db', { labels: { app: 'db' } }), 'w2'),
      ),
    ).toMatchObject([{ kind: 'affinity', found: [{ object: named('db'), at: 'b' }] }, { kind: 'taint' }]);
  });

  test('topology spread: how full each domain is, and how far ahead it would be', () => {
    const constraint = { topologyKey: zone, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} };
    const labels = { app: 'web' };
    const selector = { ...constraint, labelSelector: { matchLabels: labels } };
    const facts = factsOf(
      pod('new', { labels, requests: { cpu: '3' }, spec: { topologySpreadConstraints: [selector] } }),
      node('w1', { [zone]: 'a' }),
      node('w2', { [zone]: 'b' }),
      bound(pod('one', { labels }), 'w1'),
      bound(pod('full', { requests: { cpu: '2' } }), 'w2'),
    );
    expect(facts).toMatchObject([
      {
        kind: 'spread',
        topologyKey: zone,
        maxSkew: 1,
        domains: [
          { domain: 'b', pods: 0, skew: 1, nodes: 1 },
          { domain: 'a', pods: 1, skew: 2, nodes: 1 },
        ],
      },
      { kind: 'resource' },
    ]);
  });

  test('claims: where their volume is, and which nodes are there', () => {
    const claim = object(
      'v1',
      'PersistentVolumeClaim',
      'data',
      { spec: { volumeName: 'pv-a' } },
      {
        namespace: 'default',
        annotations: { 'pv.kubernetes.io/bind-completed': 'yes' },
      },
    );
    const volume = object('v1', 'PersistentVolume', 'pv-a', { spec: {} }, { labels: { [zone]: 'a' } });
    const spec = { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] };
    const taints = [{ key: 'x', effect: 'NoSchedule' }];
    const facts = factsOf(
      pod('new', { spec }),
      claim,
      volume,
      node('w1', { [zone]: 'a' }, { spec: { taints } }),
      node('w2', { [zone]: 'b' }),
    );
    expect(facts).toContainEqual({
      kind: 'volume',
      object: named('data'),
      text: `is bound to PersistentVolume pv-a, which is at ${zone}=a`,
      nodes: ['w1'],
    });
  });

  test('a claim that no volume serves: what each lacks', () => {
    const claim = object('v1', 'PersistentVolumeClaim', 'data', {
      spec: { storageClassName: 'local', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
    });
    const volume = (name: string, spec: object): Admitted =>
      object('v1', 'PersistentVolume', name, {
        spec: { storageClassName: 'local', accessModes: ['ReadWriteOnce'], capacity: { storage: '10Gi' }, ...spec },
        status: { phase: 'Available' },
      });
    const facts = factsOf(
      pod('new', { spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } }),
      node('w1'),
      claim,
      object(
        'storage.k8s.io/v1',
        'StorageClass',
        'local',
        { provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' },
        {},
      ),
      volume('small', { capacity: { storage: '5Gi' } }),
      volume('taken', { claimRef: { namespace: 'shop', name: 'other' } }),
      volume('shared', { accessModes: ['ReadOnlyMany'] }),
    );
    expect(facts).toMatchObject([
      {
        kind: 'volume',
        text: 'asks for 10Gi (ReadWriteOnce) of StorageClass local, which provisions nothing; small holds only 5Gi, taken belongs to shop/other, shared offers ReadOnlyMany',
      },
    ]);
  });

  test('Pods that wait for room on a node keep it', () => {
    const waiting = { ...pod('waiting', { requests: { cpu: '3' }, spec: { priority: 5 } }), status: { nominatedNodeName: 'w1' } };
    expect(factsOf(pod('new', { requests: { cpu: '2' } }), node('w1'), waiting as Admitted)).toContainEqual({
      kind: 'nominated',
      node: 'w1',
      pods: [named('waiting')],
    });
  });

  test('a Pod that is refused as a whole: each reason once, and what stands behind it', () => {
    const spec = { nodeSelector: { disk: 'ssd' }, volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] };
    expect(obstaclesOf(pod('new', { spec }), node('w1'))).toMatchObject([
      { reason: 'persistentvolumeclaim "data" not found', nodes: ['w1'], alsoOn: [] },
      { reason: "node(s) didn't match Pod's node affinity/selector", nodes: [], alsoOn: ['w1'] },
    ]);
  });

  test('hostnames are as good as zones', () => {
    const labels = { app: 'web' };
    const constraint = {
      topologyKey: hostname,
      maxSkew: 1,
      minDomains: 3,
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: labels },
    };
    const facts = factsOf(
      pod('new', { labels, spec: { topologySpreadConstraints: [constraint] } }),
      node('w1'),
      bound(pod('one', { labels }), 'w1'),
    );
    expect(facts).toMatchObject([{ kind: 'spread', minDomains: 3, domains: [{ domain: 'w1', pods: 1, skew: 2 }] }]);
  });
});
