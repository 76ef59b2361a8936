import { describe, expect, test } from 'vitest';
import { refKey, refOf } from '../../lib/api/object.js';
import { Cluster } from '../../lib/cluster/cluster.js';
import {
  container,
  daemonSet,
  deployment,
  job,
  manifest,
  namespace,
  pod,
  ref,
  replicaSet,
  service,
  statefulSet,
} from './objects.js';

const web = ref('apps/v1', 'Deployment', 'web');

/** A cluster with these objects applied and settled. */
const settled = (...objects: Parameters<typeof manifest>[0][]): Cluster => {
  const cluster = new Cluster();
  cluster.apply(objects.map(manifest));
  cluster.settle();
  return cluster;
};

describe('apply', () => {
  test('S14: an object is created, unchanged when applied again, configured when its label and image change', () => {
    const cluster = new Cluster();
    const outcome = (object: Parameters<typeof manifest>[0]) => cluster.apply([manifest(object)])[0]?.outcome;
    expect(outcome(pod('mynginx', { containers: [container({ image: 'nginx:1.17.1' })] }))).toBe('created');
    cluster.settle();
    expect(outcome(pod('mynginx', { containers: [container({ image: 'nginx:1.17.1' })] }))).toBe('unchanged');
    expect(outcome(pod('mynginx', { containers: [container({ image: 'nginx:1.17.2' })] }, { run: 'mynginx', tier: 'web' }))).toBe(
      'configured',
    );
    expect(cluster.get(ref('v1', 'Pod', 'mynginx'))?.metadata.labels).toEqual({ run: 'mynginx', tier: 'web' });
    expect(cluster.list('Pod', { labelSelector: 'run=mynginx' })[0]?.spec?.containers[0]?.image).toBe('nginx:1.17.2');
  });

  test('S14: applying again keeps what others set and drops what the author no longer writes', () => {
    const cluster = settled(deployment('web', { replicas: 2, minReadySeconds: 5 }));
    cluster.patch(web, { metadata: { annotations: { 'example.com/note': 'kept' } } });
    expect(cluster.apply([manifest(deployment('web', { replicas: 2 }))])[0]?.outcome).toBe('configured');
    const live = cluster.list('Deployment')[0];
    expect(live?.spec?.minReadySeconds).toBeUndefined();
    expect(live?.metadata.annotations?.['example.com/note']).toBe('kept');
  });

  test('S15, S25: default namespaces exist; one name collides in a namespace, not in two', () => {
    const cluster = new Cluster();
    expect(cluster.list('Namespace').map(({ metadata }) => metadata.name)).toEqual([
      'default',
      'kube-node-lease',
      'kube-public',
      'kube-system',
    ]);
    const inTeam = {
      ...service('db', { ports: [{ port: 5432 }], clusterIP: '10.96.7.7' }),
      metadata: { name: 'db', namespace: 'team' },
    };
    const outcomes = cluster
      .apply([namespace('team'), service('db', { ports: [{ port: 5432 }] }), inTeam].map(manifest))
      .map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['created', 'created', 'created']);
    expect(cluster.list('Service', { namespace: 'team' }).map(({ metadata }) => metadata.name)).toEqual(['db']);
    expect(cluster.list('ServiceAccount', { namespace: 'team' }).map(({ metadata }) => metadata.name)).toEqual(['default']);
    expect(cluster.list('ConfigMap', { namespace: 'team' }).map(({ metadata }) => metadata.name)).toEqual(['kube-root-ca.crt']);
  });

  test('a namespace that does not exist is refused in a closed world and assumed in an open one', () => {
    const lost = { ...pod('web'), metadata: { name: 'web', namespace: 'nowhere' } };
    const [refused] = new Cluster().apply([manifest(lost)]);
    expect(refused?.refusal).toMatchObject({ code: 404, message: 'namespaces "nowhere" not found' });
    const open = new Cluster({ world: 'open' });
    expect(open.apply([manifest(lost)])[0]?.outcome).toBe('created');
    expect(open.assumptions).toContainEqual(expect.objectContaining({ code: 'exists', text: 'Namespace nowhere exists' }));
  });

  test('what is refused is kept with its reason, and what is not judged is an assumption', () => {
    const cluster = new Cluster();
    const kind = 'ValidatingWebhookConfiguration';
    const hooks = { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name: 'hooks' } };
    cluster.apply([pod('ghost', { serviceAccountName: 'robot' }), hooks].map(manifest));
    expect(cluster.refusals.map(({ refusal }) => refusal.message)).toEqual([
      'pods "ghost" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found',
    ]);
    expect(cluster.assumptions.map(({ object }) => object?.kind)).toEqual([kind]);
  });

  test('nonsense is refused with words, never thrown', () => {
    const cluster = new Cluster();
    const nonsense = [
      null,
      7,
      {},
      { kind: 'Pod' },
      { apiVersion: 'v1', kind: 'Pod' },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: ['a'] } },
      JSON.parse('{"apiVersion":"v1","kind":"Pod","metadata":{"__proto__":{"name":"x"}}}'),
    ];
    const results = cluster.apply(nonsense.map((object) => ({ object: object as never, provenance: {} })));
    expect(results.map(({ outcome }) => outcome)).toEqual(nonsense.map(() => 'refused'));
  });
});

describe('controllers', () => {
  test('S22: a ReplicaSet keeps the count', () => {
    const cluster = settled(replicaSet('web', { replicas: 3 }));
    const set = ref('apps/v1', 'ReplicaSet', 'web');
    const [first] = cluster.podsOf(set);
    if (first === undefined) throw new Error('no Pod');
    cluster.delete(refOf(first));
    cluster.settle();
    const now = cluster.podsOf(set);
    expect(now).toHaveLength(3);
    expect(now.map(({ metadata }) => metadata.uid)).not.toContain(first.metadata.uid);
  });

  test('S22: a Deployment owns a ReplicaSet for each of its templates and keeps the old one for a rollback', () => {
    const cluster = settled(deployment('web', { replicas: 2 }));
    cluster.setImage(web, { c: 'nginx:1.28' });
    cluster.settle();
    const sets = cluster
      .list('ReplicaSet')
      .map(({ metadata, spec }) => [metadata.annotations?.['deployment.kubernetes.io/revision'], spec?.replicas]);
    expect(sets.sort()).toEqual([
      ['1', 0],
      ['2', 2],
    ]);
    expect(cluster.podsOf(web).map(({ spec }) => spec?.containers[0]?.image)).toEqual(['nginx:1.28', 'nginx:1.28']);
  });

  test('S23: a DaemonSet runs one Pod on every node that it fits, tainted ones with a toleration only', () => {
    const cluster = settled(
      daemonSet('agent'),
      daemonSet('everywhere', {}, { tolerations: [{ operator: 'Exists' }] }),
      daemonSet('one', {}, { nodeSelector: { 'kubernetes.io/hostname': 'k8s-w2' } }),
    );
    const nodes = (name: string) =>
      cluster
        .podsOf(ref('apps/v1', 'DaemonSet', name))
        .map(({ spec }) => spec?.nodeName)
        .sort();
    expect(nodes('agent')).toEqual(['k8s-w1', 'k8s-w2', 'k8s-w3']);
    expect(nodes('everywhere')).toEqual(['k8s-cp1', 'k8s-w1', 'k8s-w2', 'k8s-w3']);
    expect(nodes('one')).toEqual(['k8s-w2']);
  });

  test('S17: a Job runs to completion, a CronJob is judged by one run', () => {
    const cron = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly' },
      spec: { schedule: '0 3 * * *', jobTemplate: { spec: job('x').spec } },
    };
    const cluster = settled(job('once', { completions: 2 }), cron);
    const done = cluster
      .list('Job')
      .map(({ metadata, status }) => [metadata.name.split('-')[0], status?.succeeded, status?.conditions?.at(-1)?.type]);
    expect(done.sort()).toEqual([
      ['nightly', 1, 'Complete'],
      ['once', 2, 'Complete'],
    ]);
  });

  test('S17: a Job whose Pods fail gives up at its back-off limit', () => {
    const cluster = new Cluster();
    cluster.apply([manifest(job('bad', { backoffLimit: 1 }))], {
      behaviours: new Map([['batch/Job/default/bad', { c: { exits: { code: 1 } } }]]),
    });
    cluster.settle();
    expect(cluster.list('Job')[0]?.status).toMatchObject({
      failed: 2,
      conditions: [{ type: 'FailureTarget' }, { type: 'Failed', reason: 'BackoffLimitExceeded' }],
    });
  });

  test('S35, S40: creating makes ReplicaSet and Pod, scaling follows, a deleted Pod is replaced, the chain is visible', () => {
    const cluster = settled(deployment('web'));
    expect(cluster.podsOf(web)).toHaveLength(1);
    for (const replicas of [3, 4]) {
      cluster.scale(web, replicas);
      cluster.settle();
      expect(cluster.podsOf(web)).toHaveLength(replicas);
    }
    const [one] = cluster.podsOf(web);
    if (one === undefined) throw new Error('no Pod');
    expect(cluster.ownersOf(one).map(({ kind }) => kind)).toEqual(['ReplicaSet', 'Deployment']);
    expect(cluster.provenanceOf(refOf(one))).toEqual({ constructPath: 'test/web' });
    cluster.delete(refOf(one));
    cluster.settle();
    expect(cluster.podsOf(web)).toHaveLength(4);
    expect(cluster.get(refOf(one))).toBeUndefined();
    cluster.delete(web);
    cluster.settle();
    expect(cluster.list('Pod', { namespace: 'default' })).toEqual([]);
  });

  test('S26: the path does not matter: whatever order and detours, the same state', () => {
    const state = (cluster: Cluster) =>
      cluster.list('Pod', { namespace: 'default' }).map(({ metadata, status }) => [metadata.labels?.app, status?.phase]);
    const straight = settled(
      deployment('a', { replicas: 3 }),
      service('a', { selector: { app: 'a' }, ports: [{ port: 80 }] }),
      deployment('b'),
    );
    const detour = settled(deployment('b', { replicas: 5 }));
    detour.apply(
      [service('a', { selector: { app: 'a' }, ports: [{ port: 80 }] }), deployment('a', { replicas: 7 }), deployment('b')].map(
        manifest,
      ),
    );
    detour.scale(ref('apps/v1', 'Deployment', 'b'), 1);
    detour.settle({ seconds: 5 });
    detour.apply([manifest(deployment('a', { replicas: 3 }))]);
    detour.settle();
    expect(state(detour)).toEqual(state(straight));
    const ready = (cluster: Cluster) =>
      cluster.list('EndpointSlice', { namespace: 'default' }).map(({ endpoints }) => endpoints?.length);
    expect(ready(detour)).toEqual(ready(straight));
  });

  test('a StatefulSet starts its Pods in order, each with its own claim', () => {
    const claims = [
      { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
    ];
    const cluster = new Cluster({ defaultStorageClass: 'standard' });
    cluster.apply([manifest(statefulSet('pg', { replicas: 3, volumeClaimTemplates: claims }))]);
    cluster.settle();
    const set = ref('apps/v1', 'StatefulSet', 'pg');
    expect(cluster.podsOf(set).map(({ metadata }) => metadata.name)).toEqual(['pg-0', 'pg-1', 'pg-2']);
    expect(cluster.list('PersistentVolumeClaim').map(({ metadata, status }) => [metadata.name, status?.phase])).toEqual([
      ['data-pg-0', 'Bound'],
      ['data-pg-1', 'Bound'],
      ['data-pg-2', 'Bound'],
    ]);
    const starts = cluster.events.filter(({ reason, component }) => reason === 'Scheduled' && component === 'default-scheduler');
    expect(starts.map(({ object }) => object.name)).toEqual(['pg-0', 'pg-1', 'pg-2']);
  });
});

describe('time', () => {
  test('S37: the seven steps from the request to the running Pod', () => {
    const cluster = settled(deployment('web'));
    expect(cluster.trace(web).map(({ step, component }) => [step, component])).toEqual([
      ['accepted', 'kube-apiserver'],
      ['told', 'deployment-controller'],
      ['created', 'replicaset-controller'],
      ['scheduled', 'default-scheduler'],
      ['assigned', 'kubelet'],
      ['started', 'kubelet'],
      ['reported', 'kubelet'],
    ]);
  });

  test('a crash loop settles within bounded work', () => {
    const cluster = new Cluster();
    const behaviours = new Map([['apps/Deployment/default/web', { c: { exits: { code: 1 } } }]]);
    cluster.apply([manifest(deployment('web', { replicas: 2 }))], { behaviours });
    cluster.settle();
    const statuses = cluster.podsOf(web).map(({ status }) => status?.containerStatuses?.[0]);
    expect(statuses.map((status) => status?.state?.waiting?.reason)).toEqual(['CrashLoopBackOff', 'CrashLoopBackOff']);
    expect(statuses.every((status) => (status?.restartCount ?? 0) < 12)).toBe(true);
    expect(cluster.list('Deployment')[0]?.status?.conditions?.find(({ type }) => type === 'Available')?.status).toBe('False');
  });

  test('a rollout that makes no progress passes its deadline', () => {
    const cluster = settled(deployment('web', { progressDeadlineSeconds: 60 }, { nodeSelector: { disktype: 'ssd' } }));
    const condition = cluster.list('Deployment')[0]?.status?.conditions?.find(({ type }) => type === 'Progressing');
    expect(condition).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
  });

  test('the same input gives the same cluster', () => {
    const build = () =>
      settled(
        deployment('web', { replicas: 3 }),
        service('web', { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80 }] }),
      );
    const [a, b] = [build(), build()];
    expect(a.objects()).toEqual(b.objects());
    expect(a.events).toEqual(b.events);
  });
});

describe('nodes', () => {
  test('pools become nodes with zones in turn and the labels of their author', () => {
    const cluster = new Cluster({
      nodes: [
        {
          name: 'ssd',
          count: 3,
          zones: ['a', 'b'],
          labels: { disktype: 'ssd' },
          taints: ['dedicated=db:NoSchedule'],
          shape: { cpu: 8, 'example.com/gpu': 1 },
        },
      ],
    });
    const [first, second, third] = cluster.list('Node');
    expect([first, second, third].map((node) => node?.metadata.labels?.['topology.kubernetes.io/zone'])).toEqual(['a', 'b', 'a']);
    expect(second?.metadata).toMatchObject({ name: 'ssd-2', labels: { disktype: 'ssd', 'kubernetes.io/hostname': 'ssd-2' } });
    expect(second?.spec?.taints).toEqual([{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }]);
    expect(second?.status?.allocatable).toMatchObject({ cpu: '8', memory: '16Gi', pods: '110', 'example.com/gpu': '1' });
  });

  test('a snapshot is read as kubectl prints it', () => {
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'prod-1', uid: 'n1' },
      status: { allocatable: { cpu: '1', memory: '2Gi', pods: '10' } },
    };
    const running = {
      ...pod('old', { nodeName: 'prod-1' }),
      metadata: { name: 'old', namespace: 'default', uid: 'p1' },
      status: { phase: 'Running', podIP: '10.1.1.1' },
    };
    const cluster = new Cluster({ snapshot: { apiVersion: 'v1', kind: 'List', items: [running, node] } });
    expect(cluster.list('Node').map(({ metadata }) => metadata.name)).toEqual(['prod-1']);
    expect(cluster.get(ref('v1', 'Pod', 'old'))).toMatchObject({ status: { phase: 'Running', podIP: '10.1.1.1' } });
  });

  test('draining a node moves its Pods; a Pod that fits nowhere waits until the node is back', () => {
    const cluster = settled(deployment('web', { replicas: 3 }));
    const evictions = cluster.drain('k8s-w1');
    expect(evictions.every(({ verdict }) => verdict.ok)).toBe(true);
    expect(cluster.podsOf(web).map(({ spec }) => spec?.nodeName)).not.toContain('k8s-w1');
    expect(cluster.podsOf(web)).toHaveLength(3);
    for (const node of ['k8s-w2', 'k8s-w3']) cluster.cordon(node);
    cluster.scale(web, 4);
    cluster.settle();
    const waiting = cluster.podsOf(web).filter(({ spec }) => spec?.nodeName === undefined);
    expect(waiting.map((one) => cluster.decisions.get(refKey(refOf(one)))?.outcome)).toEqual(['unschedulable']);
    cluster.uncordon('k8s-w1');
    cluster.settle();
    expect(cluster.podsOf(web).every(({ spec }) => spec?.nodeName !== undefined)).toBe(true);
  });

  test('a lost node: its Pods are replaced elsewhere after five minutes', () => {
    const cluster = settled(deployment('web', { replicas: 3 }));
    cluster.nodeDown('k8s-w1');
    cluster.settle({ seconds: 299 });
    expect(cluster.podsOf(web)).toHaveLength(3);
    cluster.settle();
    const alive = cluster.podsOf(web).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    expect(alive.map(({ spec }) => spec?.nodeName).filter((node) => node !== 'k8s-w1')).toHaveLength(3);
  });
});

test('a node that comes back in time keeps its Pods, ready again', () => {
  const cluster = settled(deployment('web', { replicas: 3 }));
  const before = cluster.podsOf(web).map(({ metadata }) => metadata.uid);
  const ready = () => cluster.list('Deployment')[0]?.status?.readyReplicas;
  cluster.nodeDown('k8s-w1');
  cluster.settle({ seconds: 60 });
  expect(ready()).toBe(2);
  cluster.nodeUp('k8s-w1');
  cluster.settle();
  expect(ready()).toBe(3);
  expect(cluster.podsOf(web).map(({ metadata }) => metadata.uid)).toEqual(before);
});

test('S16: a disruption budget holds a drain back', () => {
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'web' } } },
  };
  const cluster = settled(deployment('web', { replicas: 3 }), budget);
  const refused = cluster.drain('k8s-w1').filter(({ verdict }) => !verdict.ok);
  expect(refused.map(({ verdict }) => !verdict.ok && verdict.message)).toEqual([
    "Cannot evict pod as it would violate the pod's disruption budget.",
  ]);
  expect(cluster.podsOf(web).map(({ spec }) => spec?.nodeName)).toContain('k8s-w1');
});

describe('views', () => {
  test('S3: labels select Pods', () => {
    const cluster = settled(pod('mynginx'), pod('other'));
    expect(cluster.list('Pod', { labelSelector: 'run' }).map(({ metadata }) => metadata.name)).toEqual(['mynginx', 'other']);
    expect(cluster.list('Pod', { labelSelector: 'run=mynginx' }).map(({ metadata }) => metadata.name)).toEqual(['mynginx']);
    cluster.patch(ref('v1', 'Pod', 'other'), { metadata: { labels: { app: 'demo' } } });
    expect(cluster.list('Pod', { labelSelector: 'app=demo' })[0]?.metadata.labels).toEqual({ run: 'other', app: 'demo' });
    expect(() => cluster.list('Pod', { labelSelector: 'a=,=' })).toThrow(RangeError);
  });

  test('what every cluster has is there and marked as not the author’s', () => {
    const cluster = settled(pod('web'));
    const dns = cluster.list('Service', { namespace: 'kube-system' })[0];
    expect(dns?.spec?.clusterIP).toBe('10.96.0.10');
    expect(cluster.list('Pod', { namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' })).toHaveLength(2);
    expect(cluster.isBuiltIn(ref('v1', 'Service', 'kube-dns', 'kube-system'))).toBe(true);
    expect(cluster.isBuiltIn(ref('v1', 'Pod', 'web'))).toBe(false);
    expect([...cluster.decisions.keys()]).toEqual(['/Pod/default/web']);
  });
});
