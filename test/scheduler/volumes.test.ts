import { describe, expect, test } from 'vitest';
import type { Admitted } from '../../lib/api/object.js';
import { bound, node, object, pod, schedulerWith, verdictOf } from './objects.js';

const bindCompleted = { 'pv.kubernetes.io/bind-completed': 'yes' };
const storageClass = (name: string, fields: object = {}): Admitted =>
  object(
    'storage.k8s.io/v1',
    'StorageClass',
    name,
    { provisioner: 'csi.example.com', volumeBindingMode: 'WaitForFirstConsumer', ...fields },
    {},
  );
const claim = (name: string, spec: object, metadata: object = {}): Admitted =>
  object(
    'v1',
    'PersistentVolumeClaim',
    name,
    { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } }, ...spec } },
    { namespace: 'default', ...metadata },
  );
const volume = (name: string, spec: object, labels = {}): Admitted =>
  object(
    'v1',
    'PersistentVolume',
    name,
    { spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '10Gi' }, ...spec }, status: { phase: 'Available' } },
    { labels },
  );
const onHost = (host: string) => ({
  nodeAffinity: {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [host] }] }] },
  },
});
const using = (name: string, ...claims: readonly string[]) =>
  pod(name, { spec: { volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) } });

describe('Claims', () => {
  test('a claim that waits for its consumer takes the smallest volume that serves it where the Pod goes', () => {
    const local = { storageClassName: 'local' };
    const scheduler = schedulerWith(
      node('w1'),
      node('w2'),
      storageClass('local', { provisioner: 'kubernetes.io/no-provisioner' }),
      volume('small', { ...local, ...onHost('w2'), capacity: { storage: '1Gi' } }),
      volume('large', { ...local, ...onHost('w2'), capacity: { storage: '20Gi' } }),
      volume('medium', { ...local, ...onHost('w2') }),
      claim('data', local),
    );
    const decision = scheduler.schedule(using('db', 'data'));
    expect(decision).toMatchObject({
      node: 'w2',
      volumes: { bind: [{ claim: 'default/data', volume: 'medium' }], provision: [] },
    });
    expect(verdictOf(decision, 'w1')).toBe("VolumeBinding: node(s) didn't find available persistent volumes to bind");
  });

  test('or is provisioned there, where the class allows it and the driver has room', () => {
    const labels = (zone: string) => ({ zone });
    const capacity = object(
      'storage.k8s.io/v1',
      'CSIStorageCapacity',
      'cap',
      { storageClassName: 'lvm', capacity: '4Gi', nodeTopology: { matchLabels: { zone: 'b' } } },
      { namespace: 'kube-system' },
    );
    const scheduler = schedulerWith(
      node('w1', labels('a')),
      node('w2', labels('b')),
      storageClass('lvm', { allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['b'] }] }] }),
      claim('data', { storageClassName: 'lvm' }),
    );
    expect(scheduler.schedule(using('db', 'data'))).toMatchObject({ node: 'w2', volumes: { provision: ['default/data'] } });
    scheduler.upsert(object('storage.k8s.io/v1', 'CSIDriver', 'csi.example.com', { spec: { storageCapacity: true } }, {}));
    scheduler.upsert(capacity);
    expect(verdictOf(scheduler.schedule(using('db', 'data')), 'w2')).toBe(
      'VolumeBinding: node(s) did not have enough free storage',
    );
  });

  test.each([
    ['missing', [], '0/1 nodes are available: persistentvolumeclaim "data" not found. not found'],
    ['unbound', [claim('data', {})], '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found'],
    [
      'deleted',
      [claim('data', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' })],
      '0/1 nodes are available: persistentvolumeclaim "data" is being deleted. not found',
    ],
    [
      'bound to a volume that is gone',
      [claim('data', { volumeName: 'gone' }, { annotations: bindCompleted })],
      '0/1 nodes are available: persistentvolume "gone" not found. not found',
    ],
  ])('a claim that is %s keeps the Pod from all nodes', (_what, claims, message) => {
    expect(schedulerWith(node('w1'), ...claims).schedule(using('db', 'data')).message).toBe(message);
  });

  test('a ReadWriteOncePod claim has one user in the cluster', () => {
    const spec = { accessModes: ['ReadWriteOncePod'], volumeName: 'disk' };
    const scheduler = schedulerWith(
      node('w1'),
      node('w2'),
      volume('disk', {}),
      claim('data', spec, { annotations: bindCompleted }),
    );
    scheduler.upsert(bound(using('first', 'data'), 'w1'));
    expect(verdictOf(scheduler.schedule(using('second', 'data')), 'w2')).toContain('ReadWriteOncePod access mode already in-use');
    scheduler.remove({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'first' });
    expect(scheduler.schedule(using('second', 'data')).outcome).toBe('scheduled');
  });

  test('volumes with zone labels hold their Pods there', () => {
    const zone = 'topology.kubernetes.io/zone';
    const scheduler = schedulerWith(
      node('w1', { [zone]: 'a' }),
      node('w2', { [zone]: 'c' }),
      volume('disk', {}, { [zone]: 'b__c' }),
      claim('data', { volumeName: 'disk' }, { annotations: bindCompleted }),
    );
    const decision = scheduler.schedule(using('db', 'data'));
    expect(decision.node).toBe('w2');
    expect(verdictOf(decision, 'w1')).toBe('VolumeZone: node(s) had no available volume zone');
  });

  test('a node attaches no more volumes of a driver than it can', () => {
    const csiNode = object(
      'storage.k8s.io/v1',
      'CSINode',
      'w1',
      { spec: { drivers: [{ name: 'ebs.csi.aws.com', nodeID: 'n', allocatable: { count: 1 } }] } },
      {},
    );
    const scheduler = schedulerWith(
      node('w1'),
      csiNode,
      storageClass('ebs', { provisioner: 'ebs.csi.aws.com' }),
      claim('data', { storageClassName: 'ebs' }),
    );
    expect(scheduler.schedule(using('db', 'data')).outcome).toBe('scheduled');
    const disk = { volumes: [{ name: 'd', awsElasticBlockStore: { volumeID: 'vol-1' } }] };
    scheduler.upsert(bound(pod('old', { spec: disk }), 'w1'));
    expect(verdictOf(scheduler.schedule(using('db', 'data')), 'w1')).toBe('NodeVolumeLimits: node(s) exceed max volume count');
    expect(verdictOf(scheduler.schedule(pod('same', { spec: disk })), 'w1')).toBe(
      'VolumeRestrictions: node(s) had no available disk',
    );
  });
});
