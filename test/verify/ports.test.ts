import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import type { PodBehaviour } from '../../lib/kubelet/behaviour.js';
import { deployment, faults, judge, service } from './manifests.js';

const container = (name: string, ...ports: readonly object[]) => ({ name, image: `${name}:1`, ports });
const nodes = [{ name: 'w', count: 2 }];
const hosted = (port: object = {}) => ({ containers: [container('main', { containerPort: 80, hostPort: 8080, ...port })] });
const daemonSet = (name: string, pod: object, rest: object = {}): KubeObject => {
  const { spec } = deployment(name, pod);
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name }, spec: { ...(spec as object), ...rest } };
};
const behave = (name: string, behaviour: PodBehaviour) => new Map([[`apps/Deployment/default/${name}`, behaviour]]);
const listens = (port: number, protocol: 'TCP' | 'UDP' = 'TCP') => ({ listens: [{ port, protocol }] });

describe('S19: ports of one Pod', () => {
  const conflicts = (pod: object, behaviour: PodBehaviour = {}) =>
    faults(judge([deployment('web', pod)], { behaviours: behave('web', behaviour) })).filter((text) =>
      text.startsWith('pod/port-conflict'),
    );

  test('two containers with one port', () => {
    const { findings } = judge([
      deployment('web', { containers: [container('a', { containerPort: 80 }), container('b', { containerPort: 80 })] }),
    ]);
    expect(findings[0]).toMatchObject({
      code: 'pod/port-conflict',
      message:
        'containers a and b of Deployment default/web both open port 80/TCP: they share one network, so the second one cannot',
      fix: { text: 'let b listen on another port, such as 81', verified: true },
    });
  });

  test.each([
    [
      'another protocol',
      { containers: [container('a', { containerPort: 53 }), container('b', { containerPort: 53, protocol: 'UDP' })] },
      {},
    ],
    [
      'one container that declares it twice',
      { containers: [container('a', { containerPort: 80 }, { containerPort: 80, name: 'again' })] },
      {},
    ],
    [
      'an init container, which is gone before',
      { initContainers: [container('i', { containerPort: 80 })], containers: [container('a', { containerPort: 80 })] },
      {},
    ],
    [
      'a process that listens elsewhere than its container declares',
      { containers: [container('a', { containerPort: 80 }), container('b', { containerPort: 80 })] },
      { b: listens(8080) },
    ],
  ])('%s is no conflict', (_, pod, behaviour) => {
    expect(conflicts(pod, behaviour)).toEqual([]);
  });

  test('a sidecar stays beside the containers, and beside init containers after it', () => {
    const sidecar = { ...container('s', { containerPort: 80 }), restartPolicy: 'Always' };
    expect(conflicts({ initContainers: [sidecar], containers: [container('a', { containerPort: 80 })] })).toHaveLength(1);
    const later = container('i', { containerPort: 80 });
    expect(conflicts({ initContainers: [sidecar, later], containers: [container('a')] })).toHaveLength(1);
    expect(conflicts({ initContainers: [later, sidecar], containers: [container('a')] })).toEqual([]);
  });

  test('what processes listen on counts, declared or not', () => {
    const pod = { containers: [container('a'), container('b', { containerPort: 80 })] };
    expect(conflicts(pod, { a: listens(9000), b: listens(9000) })).toEqual([
      'pod/port-conflict: containers a and b of Deployment default/web both open port 9000/TCP: they share one network, so the second one cannot',
    ]);
    expect(conflicts(pod, { a: listens(9000), b: listens(9000, 'UDP') })).toEqual([]);
    expect(conflicts(pod, { a: listens(80) })).toHaveLength(1);
  });
});

describe('ports of nodes', () => {
  const first = (objects: readonly KubeObject[], rest: object = {}) =>
    judge(objects, { cluster: { nodes }, ...rest }).findings.find(
      ({ severity }) => severity === 'error' || severity === 'warning',
    );

  test('more replicas with a host port than nodes: the numbers, and who holds it', () => {
    const found = first([deployment('web', hosted(), { replicas: 5 })]);
    expect(found).toMatchObject({
      code: 'schedule/unschedulable',
      message: expect.stringContaining(
        "3 of 5 Pods of Deployment default/web fit on no node: 0/2 nodes are available: 2 node(s) didn't have free ports",
      ),
      evidence: [{ kind: 'nodes', nodes: ['w-1', 'w-2'] }],
    });
    expect(JSON.stringify(found?.evidence)).toMatch(/8080.*"name":"web-/);
  });

  test('a DaemonSet against another one', () => {
    const found = first([daemonSet('a', hosted()), daemonSet('b', hosted())]);
    expect(found).toMatchObject({ code: 'schedule/unschedulable', object: { name: 'b' } });
    expect(JSON.stringify(found?.evidence)).toMatch(/8080.*"name":"a-/);
    for (const other of [{ protocol: 'UDP' }, { hostPort: 8081 }]) {
      expect(first([daemonSet('a', hosted()), daemonSet('b', hosted(other))])).toBeUndefined();
    }
    const apart = [daemonSet('a', hosted({ hostIP: '10.0.0.1' })), daemonSet('b', hosted({ hostIP: '10.0.0.2' }))];
    expect(first(apart)).toBeUndefined();
  });

  test('a rolling update for which no node has the port free', () => {
    const two = { replicas: 2 };
    expect(first([deployment('web', hosted(), two)])).toMatchObject({
      code: 'port/no-room-to-roll',
      severity: 'warning',
      message:
        'the next rolling update of Deployment default/web would wait for ever: a new Pod needs a node whose host port 8080/TCP is free, none of 2 is (2 replicas hold it), and with maxUnavailable 25% of 2 none may go first',
      fix: {
        text: 'take an old Pod away first: set spec.strategy.rollingUpdate to { maxSurge: 0, maxUnavailable: 1 }',
        verified: true,
      },
    });
    // One node is left, one may go first, all go first, nobody knows how many nodes there are.
    expect(first([deployment('web', hosted(), { replicas: 1 })])).toBeUndefined();
    const rolling = { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } };
    expect(first([deployment('web', hosted(), { ...two, ...rolling })])).toBeUndefined();
    expect(first([deployment('web', hosted(), { ...two, strategy: { type: 'Recreate' } })])).toBeUndefined();
    expect(first([deployment('web', hosted(), { replicas: 3 })], { cluster: {} })).toBeUndefined();
  });

  test('a DaemonSet that starts the new Pod beside the old one', () => {
    const surge = { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } };
    expect(first([daemonSet('a', hosted(), surge)])).toMatchObject({
      code: 'port/no-room-to-roll',
      message:
        'the next rolling update of DaemonSet default/a would wait for ever: with maxSurge 1 the new Pod of a node comes beside the old one, which holds host port 8080/TCP there',
      fix: { verified: true },
    });
    expect(first([daemonSet('a', hosted())])).toBeUndefined();
  });

  test('a node port that takes what a host port is meant to get', () => {
    const nodePort = { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] };
    const objects = [deployment('web'), service('web', nodePort), daemonSet('a', hosted({ hostPort: 30080 }))];
    expect(first(objects)).toMatchObject({
      code: 'port/shadowed',
      severity: 'warning',
      message:
        'host port 30080/TCP of DaemonSet default/a is the node port of Service default/web as well: kube-proxy takes what comes in at a node, and the Pod gets none of it',
    });
    expect(
      first([deployment('web'), service('web', nodePort), daemonSet('a', hosted({ hostPort: 30080, protocol: 'UDP' }))]),
    ).toBeUndefined();
    // The Service leads to the Pod itself.
    expect(first([service('a', nodePort), daemonSet('a', hosted({ hostPort: 30080 }))])).toBeUndefined();
  });

  test('a health check node port', () => {
    const balancer = {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 30500,
      ports: [{ port: 80 }],
    };
    const host = { hostNetwork: true, containers: [container('main', { containerPort: 30500 })] };
    expect(faults(judge([deployment('web'), service('web', balancer), daemonSet('a', host)], { cluster: { nodes } }))).toEqual([
      "port/shadowed: host port 30500/TCP of DaemonSet default/a is the health check node port of Service default/web as well: kube-proxy cannot listen there for Service default/web's load balancer",
    ]);
  });

  test('Pods on the network of one node that open a port they do not declare', () => {
    const host = { hostNetwork: true, nodeSelector: { 'kubernetes.io/hostname': 'w-1' }, containers: [container('main')] };
    const behaviours = new Map(['a', 'b'].map((name) => [`apps/Deployment/default/${name}`, { main: listens(9100) }]));
    const found = faults(judge([deployment('a', host), deployment('b', host)], { cluster: { nodes }, behaviours }));
    expect(found).toEqual([
      'pod/port-conflict: Pods of Deployment default/a and Deployment default/b both open port 9100/TCP of node w-1 (hostNetwork): the second one cannot',
    ]);
  });

  test('a node port that another Service holds, and one out of range', () => {
    const at = (name: string, nodePort: number) => service(name, { type: 'NodePort', ports: [{ port: 80, nodePort }] });
    const { findings } = judge([deployment('a'), deployment('b'), at('a', 30080), at('b', 30080)]);
    expect(findings[0]).toMatchObject({
      code: 'api/refused',
      message: 'Service default/b: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
      evidence: [{ kind: 'field' }, { kind: 'object', object: { name: 'a' }, text: 'holds 30080 already' }],
      fix: { text: 'remove spec.ports[0].nodePort', verified: true },
    });
    const running = judge([deployment('b'), at('b', 30080)], { cluster: { objects: [at('a', 30080)] } });
    expect(running.findings[0]).toMatchObject({ code: 'api/refused', evidence: [{}, { object: { name: 'a' } }] });
    expect(faults(judge([deployment('a'), at('a', 8080)]))[0]).toContain('provided port is not in the valid range');
  });
});
