import { describe, expect, test } from 'vitest';
import type { Node } from '../../../lib/api/generated/types.js';
import type { KubeObject } from '../../../lib/api/object.js';
import { inventoryOf } from '../../../lib/cluster/capacity/inventory.js';
import { type Pool, poolsIn } from '../../../lib/cluster/capacity/pools.js';
import { poolSizes } from '../../../lib/cluster/capacity.js';
import type { ClusterConfig } from '../../../lib/cluster/config.js';
import { deployment } from '../objects.js';
import { asking, settled, spread } from './worlds.js';

interface Machine {
  readonly labels?: Record<string, string>;
  readonly memory?: string;
  readonly spec?: Node['spec'];
}

const node = (name: string, { labels = {}, memory = '16Gi', spec = {} }: Machine = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
  spec,
  status: { allocatable: { cpu: '4', memory, pods: '110', 'ephemeral-storage': '100Gi' } },
});

const zoned = (name: string, zone: string, machine: Machine = {}): KubeObject =>
  node(name, { ...machine, labels: { 'topology.kubernetes.io/zone': zone, ...machine.labels } });

const poolsOf = (config: ClusterConfig, objects: readonly KubeObject[] = []): readonly Pool[] =>
  poolsIn(inventoryOf(settled(config, objects)));

const shown = (pools: readonly Pool[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(pools.map(({ name, nodes }) => [name, nodes.map(({ metadata }) => metadata.name)]));

describe('the pools of a cluster', () => {
  test('are those that its configuration declares', () => {
    const nodes = [
      { name: 'web', count: 2 },
      { name: 'db', count: 1 },
      { name: 'none', count: 0 },
    ];
    expect(shown(poolsOf({ nodes }))).toEqual({ web: ['web-1', 'web-2'], db: ['db-1'], none: [] });
    expect(shown(poolsOf({}))).toEqual({ 'k8s-w': ['k8s-w1', 'k8s-w2', 'k8s-w3'], 'k8s-cp': ['k8s-cp1'] });
  });

  test('of a snapshot: nodes of equal labels, taints and shape, whatever their names and zones are', () => {
    const snapshot = [
      zoned('web-00001', 'x', { memory: '16116152Ki' }),
      zoned('web-00002', 'y', { memory: '16116148Ki' }),
      zoned('web-00003', 'x', { spec: { unschedulable: true }, memory: '16116152Ki' }),
      node('large-1', { memory: '64Gi' }),
      node('gpu-1', { spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } }),
    ];
    expect(shown(poolsOf({ snapshot }))).toEqual({
      // One zone after the other.
      web: ['web-00001', 'web-00002', 'web-00003'],
      'large-1': ['large-1'],
      'gpu-1': ['gpu-1'],
    });
  });

  test('are named by their provider, or else by what their names begin with and what tells them apart', () => {
    const pool = (name: string) => ({ labels: { 'eks.amazonaws.com/nodegroup': name } });
    const named = [node('ip-10-0-0-1.ec2.internal', pool('spot')), node('ip-10-0-7-2.ec2.internal', pool('base'))];
    expect(Object.keys(shown(poolsOf({ snapshot: named })))).toEqual(['spot', 'base']);
    const disk = (disktype: string) => ({ labels: { disktype } });
    const alike = [
      node('node-1', disk('ssd')),
      node('node-2', disk('hdd')),
      node('node-3', disk('ssd')),
      node('node-4', disk('hdd')),
    ];
    expect(shown(poolsOf({ snapshot: alike }))).toEqual({
      'node disktype=ssd': ['node-1', 'node-3'],
      'node disktype=hdd': ['node-2', 'node-4'],
    });
  });

  test('a label may have any name', () => {
    const odd = (value: string) => ({
      labels: Object.fromEntries([
        ['__proto__', value],
        ['constructor', 'x'],
      ]),
    });
    expect(shown(poolsOf({ snapshot: [node('a-1', odd('1')), node('a-2', odd('2'))] }))).toEqual({
      'a-1': ['a-1'],
      'a-2': ['a-2'],
    });
  });
});

describe('a pool that grows', () => {
  test('as its declaration says: the next number, the next zone', () => {
    const [pool] = poolsOf({
      nodes: [{ name: 'a', count: 2, zones: ['x', 'y', 'z'], labels: { disk: 'ssd' }, taints: ['k=v:NoSchedule'] }],
    });
    expect(pool?.grow(0).node).toMatchObject({
      metadata: { name: 'a-3', labels: { 'kubernetes.io/hostname': 'a-3', 'topology.kubernetes.io/zone': 'z', disk: 'ssd' } },
      spec: { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] },
    });
    expect(pool?.grow(1).node.metadata.labels?.['topology.kubernetes.io/zone']).toBe('x');
  });

  test('of a snapshot: a copy of a node in the zone that has fewest, healthy, with its CSINode and its static Pods', () => {
    const proxy: KubeObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'kube-proxy-n-2', namespace: 'kube-system', annotations: { 'kubernetes.io/config.mirror': '1' } },
      spec: { nodeName: 'n-2', ...asking('100m') },
    };
    const csi: KubeObject = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSINode',
      metadata: { name: 'n-2' },
      spec: { drivers: [{ name: 'd', nodeID: 'n-2', allocatable: { count: 3 } }] },
    };
    const tainted = {
      spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] },
    };
    const snapshot = [zoned('n-1', 'x'), zoned('n-2', 'y'), zoned('n-3', 'x', tainted), proxy, csi];
    const [pool] = poolsOf({ snapshot });
    const grown = pool?.grow(0);
    expect(grown?.node).toMatchObject({
      metadata: { name: 'n-new-1', labels: { 'kubernetes.io/hostname': 'n-new-1', 'topology.kubernetes.io/zone': 'y' } },
    });
    expect(grown?.company).toMatchObject([
      { kind: 'CSINode', metadata: { name: 'n-new-1' } },
      { kind: 'Pod', metadata: { name: 'kube-proxy-n-new-1' }, spec: { nodeName: 'n-new-1' } },
    ]);
    const second = pool?.grow(1).node;
    expect(second?.metadata.labels?.['topology.kubernetes.io/zone']).toBe('x');
    expect(second?.spec?.unschedulable).toBeUndefined();
    expect(second?.spec?.taints).toEqual([]);
  });

  test('of a snapshot: sizes are found as of a declared pool', () => {
    const snapshot = [zoned('n-1', 'x'), zoned('n-2', 'y'), zoned('n-3', 'z')];
    const web = deployment('web', { replicas: 6 }, { ...asking('3'), ...spread('web') });
    expect(poolSizes(settled({ snapshot }, [web]))).toMatchObject([{ pool: 'n', nodes: 3, needed: { nodes: 6, pending: 0 } }]);
  });
});
