import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import { headroom, pendingPods, poolSizes, utilization } from '../../lib/cluster/capacity.js';
import { Cluster } from '../../lib/cluster/cluster.js';
import type { ClusterConfig } from '../../lib/cluster/config.js';
import { type CapacityAnswer, capacityReport } from '../../lib/report/capacity/json.js';
import { capacityText } from '../../lib/report/capacity/text.js';
import { apart, asking, settled, spread } from '../cluster/capacity/worlds.js';
import { deployment, pod, ref } from '../cluster/objects.js';

const web = ref('apps/v1', 'Deployment', 'web');
const nodes = [
  { name: 'general', count: 2, zones: ['x', 'y'] },
  { name: 'db', count: 1, taints: ['dedicated=db:NoSchedule'], shape: { cpu: 8, memory: '32Gi', 'nvidia.com/gpu': 2 } },
];

const overview = (config: ClusterConfig, objects: readonly KubeObject[]): CapacityAnswer => {
  const cluster = settled(config, objects);
  return { utilization: utilization(cluster), pending: pendingPods(cluster), pools: poolSizes(cluster) };
};

const room = (objects: readonly KubeObject[], config: ClusterConfig = { nodes }): string =>
  capacityText({ headroom: headroom(settled(config, objects), web, { withOneNodeMore: true }) }, { width: 100 });

describe('capacity as text', () => {
  test('how full pools and nodes are, what waits, and what pools would do', () => {
    const objects = [
      deployment('web', { replicas: 3 }, asking('2500m', '1Gi')),
      pod('lost', { ...asking('1'), nodeSelector: { no: 'where' } }),
    ];
    expect(capacityText(overview({ nodes }, objects), { width: 110, title: 'production' })).toMatchInlineSnapshot(`
      "production

        Requested of allocatable
        pool (nodes)  cpu      memory       ephemeral-storage  pods      nvidia.com/gpu
        general (2)   5/8 63%  2Gi/32Gi 6%  0/200Gi 0%         2/220 1%
        db (1)        0/8 0%   0/32Gi 0%    0/100Gi 0%         0/110 0%  0/2 0%

        node       cpu          memory       ephemeral-storage  pods      nvidia.com/gpu
        general-1  2500m/4 63%  1Gi/16Gi 6%  0/100Gi 0%         1/110 1%
        general-2  2500m/4 63%  1Gi/16Gi 6%  0/100Gi 0%         1/110 1%
        db-1       0/8 0%       0/32Gi 0%    0/100Gi 0%         0/110 0%  0/2 0%

        Without a node
        1 Pod of Pod default/lost: 0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't
          match Pod's node affinity/selector
        1 Pod of Deployment default/web: 0/3 nodes are available: 1 node(s) had untolerated taint(s), 2
          Insufficient cpu

        Pools
        pool     nodes  needed  smallest
        general  2      3       3         with 2, default/web-6dw4gckf9m-xth2g fits nowhere (0/3 nodes are
                                          available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu); 1 Pod
                                          fits nowhere at any size: default/lost fits nowhere (0/4 nodes are
                                          available: 1 node(s) had untolerated taint(s), 3 node(s) didn't match
                                          Pod's node affinity/selector)
        db       1      1       0         2 Pods fit nowhere at any size: default/lost fits nowhere (0/3 nodes are
                                          available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match
                                          Pod's node affinity/selector)
        needed: for all Pods, those that run staying where they are; smallest: if every Pod were scheduled anew; the
        other pools as they are, DaemonSets on every new node. Each size was tried with the scheduler.
      "
    `);
  });

  test('of many nodes the fullest, cordoned ones marked', () => {
    const cluster = settled({ nodes: [{ name: 'a', count: 30 }] }, [deployment('web', { replicas: 2 }, asking('1'))]);
    cluster.cordon('a-1');
    const text = capacityText({ utilization: utilization(cluster) });
    expect(text).toContain('fullest of 30 nodes');
    expect(text).toContain('a-1 (cordoned)');
    expect(text.split('\n').filter((line) => line.startsWith('  a-'))).toHaveLength(10);
  });

  test('no more than can be tried is said, and how to ask for less', () => {
    const cluster = settled({ nodes: [{ name: 'a', count: 2 }] }, [deployment('web', { replicas: 9 }, asking('1'))]);
    expect(capacityText({ pools: poolSizes(cluster, { limit: 10 }) })).toContain('ask about this pool alone with --pool');
  });

  test('what runs out first, by whom it is held, and what one node more would bring', () => {
    expect(room([deployment('web', { replicas: 2 }, asking('700m')), pod('other', asking('1'))])).toMatchInlineSnapshot(`
      "Deployment default/web
        2 replicas; 7 more fit
        nodes have room for 7
          Insufficient cpu on 2 nodes of general
            asks 700m; most is free on general-2: 500m of 4, held by default/web 3500m (5 Pods); 700m is
              left on all of them together
          never: node(s) had untolerated taint(s) on 1 node of db
            dedicated=db:NoSchedule on db-1
        one node more: 5 more with one of general, none with one of db
      "
    `);
  });

  test('constraints with the Pods that are in the way', () => {
    const objects = [
      deployment('web', { replicas: 1 }, { ...asking('700m'), ...spread('web') }),
      pod('large', { ...asking('3'), nodeName: 'general-2' }),
    ];
    expect(room(objects)).toMatchInlineSnapshot(`
      "Deployment default/web
        1 replica; 2 more fit
        nodes have room for 2
          Insufficient cpu on 1 node of general
            asks 700m; most is free on general-2: 300m of 4, held by default/large 3, default/web 700m
          node(s) didn't match pod topology spread constraints on 1 node of general
            topology.kubernetes.io/zone may be 1 ahead at most: x has 2 and would be 2 ahead; the fewest
              are in y: 1
          never: node(s) had untolerated taint(s) on 1 node of db
            dedicated=db:NoSchedule on db-1
        one node more: none with one of general, none with one of db
      "
    `);
    expect(room([deployment('web', { replicas: 1 }, { ...asking('1'), ...apart('web') })])).toMatchInlineSnapshot(`
      "Deployment default/web
        1 replica; 1 more fits
        nodes have room for 1
          node(s) didn't match pod anti-affinity rules on 2 nodes of general
            must be apart from app=web by kubernetes.io/hostname: default/web-psdps2psc5-94rtq
              (general-1), default/web-more-1 (general-2)
          never: node(s) had untolerated taint(s) on 1 node of db
            dedicated=db:NoSchedule on db-1
        one node more: 1 more with one of general, none with one of db
      "
    `);
  });

  test('the number of Pods, quotas, autoscalers, refusals, evictions', () => {
    const quota: KubeObject = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'compute' },
      spec: { hard: { 'requests.cpu': '2' } },
    };
    const autoscaler: KubeObject = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 5 },
    };
    const important: KubeObject = {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'important' },
      value: 1000,
    };
    const small = { nodes: [{ name: 'a', count: 1, shape: { pods: 4 } }] };
    expect(room([quota, autoscaler, deployment('web', { replicas: 1 }, asking('300m'))], small)).toMatchInlineSnapshot(`
      "Deployment default/web
        1 replica; 3 more fit
        nodes have room for 3
          Too many pods on 1 node of a
            a-1 runs 4 Pods of at most 4: default/web 4
        HorizontalPodAutoscaler default/web leaves 4: maxReplicas is 5
        ResourceQuota default/compute leaves 5: requests.cpu 300m of 2 used, a replica takes 300m
        one node more: 4 more with one of a
      "
    `);
    expect(room([quota, deployment('web', { replicas: 1 }, asking('2'))], small)).toMatchInlineSnapshot(`
      "Deployment default/web
        1 replica; none more fits
        none can be had: pods "web-more" is forbidden: exceeded quota: compute, requested:
          requests.cpu=2, used: requests.cpu=2, limited: requests.cpu=2
      "
    `);
    const evicting = [
      important,
      deployment('low', { replicas: 1 }, asking('3')),
      deployment('web', { replicas: 1 }, { ...asking('1'), priorityClassName: 'important' }),
    ];
    expect(room(evicting, { nodes: [{ name: 'a', count: 1 }] })).toMatchInlineSnapshot(`
      "Deployment default/web
        1 replica; none more fits
        no node has room for one
          Insufficient cpu on 1 node of a
            asks 1; most is free on a-1: 0 of 4, held by default/low 3, default/web 1
          one more would evict 1 Pod of lower priority on a-1: default/low-7wbsbghqdj-sjsp4
        one node more: 4 more with one of a
      "
    `);
  });

  test('colours change nothing but colours, and names from manifests cannot paint', () => {
    const answer = { headroom: headroom(settled({ nodes }, [deployment('web', {}, asking('1'))]), web) };
    const coloured = capacityText(answer, { colour: true });
    expect(coloured).not.toBe(capacityText(answer));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences.
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(capacityText(answer));
    const evil = settled({ nodes: [{ name: 'a\u001b[31m', count: 1 }] }, []);
    expect(capacityText({ utilization: utilization(evil) })).not.toContain('\u001b');
  });
});

describe('capacity as JSON', () => {
  test('a version, and the answer of each App as the functions give it', () => {
    const answer = overview({ nodes }, [deployment('web', { replicas: 3 }, asking('2500m'))]);
    const report = capacityReport([{ title: 'production', answer }, { answer: { headroom: headroom(new Cluster(), web) } }]);
    expect(report.version).toBe(1);
    expect(report.apps.map((app) => Object.keys(app))).toEqual([['app', 'utilization', 'pending', 'pools'], ['headroom']]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report.apps[0]?.pools?.[0]).toMatchObject({ pool: 'general', nodes: 2, needed: { nodes: 3, pending: 0 } });
  });
});
