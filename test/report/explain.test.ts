import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import { Cluster } from '../../lib/cluster/cluster.js';
import type { ClusterConfig } from '../../lib/cluster/config.js';
import { jsonExplainReport } from '../../lib/report/explain/json.js';
import { explainText } from '../../lib/report/explain/text.js';
import { container, deployment, manifest, pod, ref } from '../cluster/objects.js';

const asks = (cpu: string) => ({ containers: [container({ resources: { requests: { cpu } } })] });

const settled = (config: ClusterConfig, ...objects: readonly KubeObject[]): Cluster => {
  const cluster = new Cluster(config);
  cluster.apply(objects.map(manifest));
  cluster.settle();
  return cluster;
};

const config: ClusterConfig = {
  nodes: [
    { name: 'w', count: 2 },
    { name: 'db', count: 1, taints: ['dedicated=db:NoSchedule'] },
  ],
};

describe('the text of an explanation', () => {
  test('message, reasons with their numbers, changes; then why the others are where they are', () => {
    const cluster = settled(config, deployment('web', { replicas: 3 }, asks('3')));
    expect(explainText(cluster.explain(ref('apps/v1', 'Deployment', 'web')), { width: 100 })).toMatchInlineSnapshot(`
      "Deployment default/web
        1 Pod without a node: it fits on none  default/web-hml2k4tkm4-gdngh
          0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims
          to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling,
          2 No preemption victims found for incoming pod.
            Insufficient cpu  (2 nodes: w-1, w-2)
              asks 3 cpu; most is free on w-1: 1 of 4, held by default/web-hml2k4tkm4-9j56q 3
            node(s) had untolerated taint(s)  (1 node: db-1)
              dedicated=db:NoSchedule on db-1
          would fit with any one of these, smallest first (the scheduler was asked again with each)
            - tolerate dedicated=db:NoSchedule
            - resources.requests.cpu <= 2 for container c
            - remove the taint dedicated=db:NoSchedule from node db-1
            - one more node in pool w
            - 2 instead of 3 replicas

        1 Pod on w-1  default/web-hml2k4tkm4-9j56q
          as the cluster stood when it was placed (Pods that came later are left out)
            score                            weight  w-1             w-2
            TaintToleration                  x3      300 (0 -> 100)  300 (0 -> 100)
            NodeResourcesFit                 x1      61              61
            PodTopologySpread                x2      200 (2 -> 100)  200 (2 -> 100)
            NodeResourcesBalancedAllocation  x1      56              56
            total                                    617             617
            w-2 has as many points: the first by name is taken (kube-scheduler takes one of them at random)
          nodes that did not come into question
            node(s) had untolerated taint(s)  (1 node: db-1)
              dedicated=db:NoSchedule on db-1

        1 Pod on w-2  default/web-hml2k4tkm4-8fwpf
            no other node passed the filters
      "
    `);
  });

  test('an eviction and its consequences', () => {
    const cluster = settled(
      { nodes: [{ name: 'w', count: 1 }] },
      { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' }, value: 1000 },
      deployment('low', {}, asks('3')),
    );
    cluster.apply([manifest(pod('vip', { ...asks('2'), priorityClassName: 'high' }))]);
    cluster.settle();
    expect(explainText(cluster.explain(ref('v1', 'Pod', 'vip')), { width: 100 })).toMatchInlineSnapshot(`
      "Pod default/vip
        1 Pod on w-1  default/vip
          as the cluster stood when it was placed (Pods that came later are left out)
            score                            weight  w-1
            TaintToleration                  x3      300 (0 -> 100)
            NodeResourcesFit                 x1      74
            NodeResourcesBalancedAllocation  x1      62
            total                                    436
            no other node passed the filters
          made room on w-1 by evicting 1 Pod of lower priority (no PodDisruptionBudget violated)
            default/low-25pwcczfbd-ch84q: Deployment default/low has a node for 0 of 1 Pod
      "
    `);
  });

  test('names cannot write to the terminal', () => {
    const cluster = settled(config, pod('p', { nodeSelector: { disk: 'ssd' } }));
    const explanations = cluster.explain(ref('v1', 'Pod', 'p')).map((one) => ({ ...one, message: 'a\u001b[31mb' }));
    expect(explainText(explanations)).toContain('a\\u001b[31mb');
  });
});

test('JSON says the same with stable keys, and no functions', () => {
  const cluster = settled(config, deployment('web', { replicas: 3 }, asks('3')));
  const report = jsonExplainReport([{ explanations: cluster.explain(ref('apps/v1', 'Deployment', 'web')) }]);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  const [waiting, placed] = report.apps[0]?.explanations ?? [];
  expect(waiting).toMatchObject({
    outcome: 'unschedulable',
    obstacles: [
      { plugin: 'NodeResourcesFit', reason: 'Insufficient cpu', nodes: ['w-1', 'w-2'], alsoOn: [] },
      { plugin: 'TaintToleration' },
    ],
    changes: [
      {
        text: 'tolerate dedicated=db:NoSchedule',
        fits: 1,
        of: 1,
        edits: [
          {
            kind: 'template',
            field: 'tolerations',
            value: [{ key: 'dedicated', operator: 'Equal', value: 'db', effect: 'NoSchedule' }],
          },
        ],
      },
      { edits: [{ kind: 'template', field: 'containers[0].resources.requests.cpu', value: '2' }] },
      { edits: [{ kind: 'node', node: 'db-1', field: 'spec.taints' }] },
      { edits: [{ kind: 'pool', pool: 'w', count: 1 }] },
      { edits: [{ kind: 'replicas', count: 2 }] },
    ],
  });
  expect(placed).toMatchObject({
    outcome: 'scheduled',
    node: 'w-1',
    placement: { asOf: 'placed', scores: [{ node: 'w-1' }, { node: 'w-2' }] },
  });
});
