import { describe, expect, test } from 'vitest';
import { epoch } from '../../lib/apiserver/clock.js';
import { ControlPlane } from '../../lib/cluster/control-plane.js';
import { Kubelets } from '../../lib/cluster/kubelets.js';
import { nodesOf } from '../../lib/cluster/nodes.js';
import { controllers } from '../../lib/controllers/index.js';
import type { ContainerBehaviour } from '../../lib/kubelet/behaviour.js';
import { Kubelet } from '../../lib/kubelet/index.js';

const labels = { app: 'web' };

const counted = (lines: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const line of lines) counts[line] = (counts[line] ?? 0) + 1;
  return counts;
};

/** What is written and reconciled until a Deployment of one replica and its Service are settled. */
const rollOut = (behaviour: ContainerBehaviour, spec: object = {}, readinessProbe?: object) => {
  const reconciled: string[] = [];
  const plane = new ControlPlane({
    world: 'closed',
    controllers: controllers.map((controller) => ({
      ...controller,
      reconcile: (key, context) => {
        reconciled.push(controller.name);
        controller.reconcile(key, context);
      },
    })),
  });
  const { api, clock } = plane;
  const kubelets = new Kubelets(
    api,
    () => behaviour,
    (host) => new Kubelet(host),
    () => false,
  );
  for (const node of nodesOf({ nodes: [{ name: 'node', count: 1 }] }, false, clock.timestamp)) api.restore(node);
  api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  plane.run(() => kubelets.run());
  reconciled.length = 0;
  const written: string[] = [];
  api.store.watch(({ type, object }) => written.push(`${object.kind} ${type}`));
  const metadata = { name: 'web', namespace: 'shop' };
  const template = {
    metadata: { labels },
    spec: {
      containers: [
        { name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80 }], ...(readinessProbe && { readinessProbe }) },
      ],
      ...spec,
    },
  };
  api.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas: 1, selector: { matchLabels: labels }, template },
  });
  api.apply({ apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 80 }] } });
  plane.run(() => kubelets.run());
  while (clock.step(clock.now + 900_000)) {
    while (clock.step(clock.now));
    plane.run(() => kubelets.run());
  }
  const progressing = api.store.find('Deployment', 'shop', 'web')?.status?.conditions?.find(({ type }) => type === 'Progressing');
  return { written: counted(written), reconciled: counted(reconciled), progressing, seconds: (clock.now - epoch) / 1000 };
};

describe('a rollout of one replica', () => {
  test('is written down when it begins and when it is over', () => {
    const { written, reconciled, progressing, seconds } = rollOut({});
    expect(written).toEqual({
      'Deployment added': 1,
      'Service added': 1,
      'ReplicaSet added': 1,
      'Deployment modified': 2,
      'Pod added': 1,
      'Pod modified': 2,
      'ReplicaSet modified': 1,
      'EndpointSlice added': 1,
    });
    expect(reconciled).toEqual({
      'deployment-controller': 2,
      'replicaset-controller': 2,
      'endpoint-slice-controller': 2,
    });
    expect(progressing?.reason).toBe('NewReplicaSetAvailable');
    // The deadline of the rollout, which nobody waits for any more, lets no time pass.
    expect(seconds).toBe(1);
  });

  test('that no node takes went on when its Pod was made', () => {
    const { progressing } = rollOut({}, { nodeSelector: { disk: 'ssd' } });
    expect(progressing?.reason).toBe('ProgressDeadlineExceeded');
    expect(progressing?.lastTransitionTime).toBe('2026-06-01T00:10:01Z');
  });

  test('whose Pod starts and is not ready went on when its Pod was made, not when it was counted', () => {
    const { written, progressing } = rollOut({ probes: { readiness: false } }, {}, { httpGet: { path: '/', port: 80 } });
    expect(written['Deployment modified']).toBe(3);
    expect(progressing?.reason).toBe('ProgressDeadlineExceeded');
    expect(progressing?.lastTransitionTime).toBe('2026-06-01T00:10:01Z');
  });
});
