import type { PodTemplateSpec, ReplicaSet } from '../../../lib/api/generated/types.js';
import { type Admitted, type KubeObject, type ObjectRef, refOf } from '../../../lib/api/object.js';
import type { Refusal, Verdict } from '../../../lib/api/verdict.js';
import { type Kind, kindVersion, type Stored } from '../../../lib/apiserver/kinds.js';
import { mergePatch, strategicPatch } from '../../../lib/apiserver/patch.js';
import { controllerRefOf } from '../../../lib/apiserver/store.js';
import { bootstrap } from '../../../lib/cluster/bootstrap.js';
import { ControlPlane } from '../../../lib/cluster/control-plane.js';
import { setNodeDown, setUnschedulable } from '../../../lib/cluster/node-actions.js';
import type { Action, NodeSpec, Scenario } from './scenario.js';
import { SimulatedKubelet } from './simulated-kubelet.js';

/** Seconds without a change after which the recording took a state for final. */
const quietSeconds = 25;

const nodeOf = ({ name, labels, taints, allocatable, unschedulable }: NodeSpec): KubeObject => {
  const resources = { cpu: '8', memory: '32Gi', 'ephemeral-storage': '100Gi', pods: '110', ...allocatable };
  const own = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { ...own, ...labels } },
    spec: { ...(taints && { taints }), ...(unschedulable && { unschedulable }) },
    status: {
      allocatable: resources,
      capacity: resources,
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
    },
  };
};

const ref = (kind: string, name: string, namespace: string | undefined = 'default'): ObjectRef => ({
  apiVersion: kindVersion[kind as Kind] ?? 'v1',
  kind,
  name,
  ...(kind !== 'Namespace' && kind !== 'Node' && { namespace }),
});

/** A refused request as the snapshots show it. */
const refusedResult = ({ code, reason, message }: Refusal) => ({ code, reason, message });

/** One scenario, replayed step by step. */
export class Replay {
  readonly plane: ControlPlane;
  readonly kubelet: SimulatedKubelet;
  readonly #lockstep: boolean;

  constructor(scenario: Scenario) {
    this.#lockstep = scenario.kubelet === 'lockstep';
    this.plane = new ControlPlane({
      world: 'closed',
      isHidden: ({ kind, metadata }) => kind === 'Pod' && metadata.namespace === 'kube-system',
    });
    this.kubelet = new SimulatedKubelet(this.plane, scenario.outcomes ?? [], this.#lockstep);
    for (const node of scenario.nodes) this.plane.api.restore(nodeOf(node));
    bootstrap(this.plane.api, {});
    // The namespace of the recordings was a fresh one; only here is it called `default`.
    this.plane.api.delete(ref('Service', 'kubernetes'));
    const { namespaceLabels: labels } = scenario;
    if (labels !== undefined) this.plane.api.patch(ref('Namespace', 'default'), { metadata: { labels } });
  }

  /** Lets time pass until nothing changed for long enough. */
  settle(): void {
    const { plane } = this;
    let still = plane.clock.now;
    plane.run();
    for (;;) {
      const before = plane.api.store.revision;
      if (!plane.clock.step(this.#lockstep ? plane.clock.now + 500 : still + quietSeconds * 1000)) {
        if (!this.#lockstep) return;
        if (!this.kubelet.step() && !plane.clock.step(still + quietSeconds * 1000)) return;
      }
      while (plane.clock.step(plane.clock.now));
      plane.run();
      if (plane.api.store.revision !== before) still = plane.clock.now;
    }
  }

  /** Lets so many seconds pass. */
  wait(seconds: number): void {
    const end = this.plane.clock.now + seconds * 1000;
    this.plane.run();
    while (this.plane.clock.step(end)) this.plane.run();
    this.plane.clock.advanceTo(end);
  }

  apply(objects: readonly KubeObject[], isSetup = true): unknown {
    const results = objects.map((object): readonly [KubeObject, Verdict<Stored>] => {
      const { api } = this.plane;
      const target = ref(object.kind, object.metadata.name ?? '', object.metadata.namespace);
      const live = api.get({ ...target, apiVersion: object.apiVersion });
      const verdict =
        live === undefined
          ? api.create(object)
          : api.patch({ ...target, apiVersion: object.apiVersion }, object, mergePatch as typeof strategicPatch);
      this.plane.run();
      return [object, verdict];
    });
    const refused = results.flatMap(([{ kind, metadata }, verdict]) =>
      verdict.ok ? [] : [{ ...(isSetup && { object: `${kind}/${metadata.name}` }), ...refusedResult(verdict) }],
    );
    return refused.length > 0 ? { results: refused } : undefined;
  }

  /** Does an action; returns what there is to say of its request. */
  act(action: Action): unknown {
    const { api } = this.plane;
    const target = ref(action.kind ?? '', action.name ?? '');
    const said = (verdict: Verdict<Stored>): unknown => (verdict.ok ? undefined : refusedResult(verdict));
    switch (action.do) {
      case 'apply':
        return this.apply(action.objects ?? [], false);
      case 'patch':
        return said(
          api.patch(
            target,
            action.patch ?? {},
            (action.patchType === 'strategic' ? strategicPatch : mergePatch) as typeof strategicPatch,
          ),
        );
      case 'scale':
        return said(api.patch(target, { spec: { replicas: action.replicas } }));
      case 'delete':
        return said(api.delete(target, { propagation: action.propagation }));
      case 'patch-pod':
        return said(api.patch(this.#pod(action), action.patch ?? {}));
      case 'delete-pod':
        return said(api.delete(this.#pod(action), { gracePeriodSeconds: action.gracePeriodSeconds }));
      case 'evict':
        return evicted(api.evict(this.#pod(action)));
      case 'rollout-undo':
        return said(this.#undo(action));
      case 'rollout-restart':
        return said(
          api.patch(target, {
            spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': api.clock.timestamp } } } },
          }),
        );
      case 'set-outcome':
      case 'set-live-outcome':
        if (action.outcome !== undefined) this.kubelet.setOutcome(action.outcome, action.do === 'set-live-outcome');
        return undefined;
      case 'wait':
        this.wait(action.seconds ?? 0);
        return undefined;
      default:
        return this.#actOnNode(action);
    }
  }

  #actOnNode(action: Action): unknown {
    const { api } = this.plane;
    const name = action.node ?? '';
    switch (action.do) {
      case 'cordon':
      case 'uncordon':
        setUnschedulable(api, name, action.do === 'cordon');
        return undefined;
      case 'add-node':
        if (action.nodeSpec !== undefined) this.#join(action.nodeSpec);
        return undefined;
      case 'delete-node':
        api.delete(ref('Node', name));
        return undefined;
      case 'label-node':
        api.patch(ref('Node', name), { metadata: { labels: action.labels } });
        return undefined;
      case 'taint':
        this.#taint(action);
        return undefined;
      case 'node-down':
      case 'node-up':
        for (const node of action.nodes ?? [name]) {
          this.kubelet.setDown([node], action.do === 'node-down');
          setNodeDown(api, node, action.do === 'node-down');
        }
        return undefined;
      case 'drain':
        return this.#drain(name);
      default:
        throw new Error(`nothing does ${action.do} yet`);
    }
  }

  /** A node joins before its kubelet says that it is ready. */
  #join(spec: NodeSpec): void {
    const { api } = this.plane;
    const node = nodeOf(spec);
    const conditions = [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady' }];
    const taints = [...(spec.taints ?? []), { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }];
    api.restore({ ...node, spec: { ...(node.spec as object), taints }, status: { ...(node.status as object), conditions } });
    this.plane.run();
    const joined = api.store.find('Node', undefined, spec.name);
    if (joined !== undefined) api.updateStatus(joined, node.status as object);
  }

  #taint({ node = '', key = '', value, effect = '', remove }: Action): void {
    const { api } = this.plane;
    const current = api.store.find('Node', undefined, node);
    if (current === undefined) return;
    const others = (current.spec?.taints ?? []).filter((taint) => taint.key !== key || taint.effect !== effect);
    const taints = remove ? others : [...others, { key, ...(value !== undefined && { value }), effect }];
    api.update({ ...(current as Admitted as Stored), spec: { ...current.spec, taints } }, { trusted: true });
  }

  #drain(node: string): unknown {
    const { api } = this.plane;
    setUnschedulable(api, node, true);
    this.plane.run();
    const rounds: unknown[] = [];
    for (;;) {
      const pods = api.store
        .list('Pod', 'default')
        .filter(
          (pod) =>
            pod.spec?.nodeName === node &&
            controllerRefOf(pod)?.kind !== 'DaemonSet' &&
            pod.metadata.deletionTimestamp === undefined,
        );
      if (pods.length === 0) return { rounds, drained: true };
      const outcomes = pods.map((pod) => {
        const verdict = api.evict(refOf(pod));
        // Each request sees what the one before it left.
        this.plane.run();
        return { pods: this.ownerName(pod) ?? pod.metadata.name, verdict };
      });
      rounds.push({
        evicted: counted(outcomes.filter(({ verdict }) => verdict.ok).map(({ pods: group }) => ({ pods: group }))),
        refused: counted(
          outcomes.flatMap(({ pods: group, verdict }) => (verdict.ok ? [] : [{ pods: group, ...(evicted(verdict) as object) }])),
        ),
      });
      this.settle();
      if (outcomes.every(({ verdict }) => !verdict.ok)) return { rounds, drained: false };
    }
  }

  #undo({ name = '', toRevision }: Action): Verdict<Stored> {
    const { api } = this.plane;
    const deployment = api.store.find('Deployment', 'default', name);
    const sets = api.store.controlledBy('ReplicaSet', deployment?.metadata.uid ?? '');
    const revision = (set: Admitted<ReplicaSet>): number =>
      Number(set.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
    const ordered = [...sets].sort((a, b) => revision(b) - revision(a));
    const chosen = toRevision === undefined ? ordered[1] : ordered.find((set) => revision(set) === toRevision);
    const { 'pod-template-hash': _hash, ...labels } = chosen?.spec?.template?.metadata?.labels ?? {};
    const template: PodTemplateSpec = { ...chosen?.spec?.template, metadata: { ...chosen?.spec?.template?.metadata, labels } };
    return api.update({ ...(deployment as Admitted as Stored), spec: { ...deployment?.spec, template } });
  }

  /** The Pod that an action names: by name, or the oldest below an owner. */
  #pod({ pod, podOf = '', onNode }: Action): ObjectRef {
    if (pod !== undefined) return ref('Pod', pod);
    const found = this.plane.api.store
      .list('Pod', 'default')
      .filter((candidate) => this.ownersOf(candidate).some((owner) => `${owner.kind}/${owner.metadata.name}` === podOf))
      .filter((candidate) => onNode === undefined || candidate.spec?.nodeName === onNode);
    return found[0] === undefined ? ref('Pod', podOf) : refOf(found[0]);
  }

  /** What drained Pods are counted by; the recording's name for a ReplicaSet once names are known. */
  ownerName: (pod: Admitted) => string | undefined = (pod) => this.ownersOf(pod)[0]?.metadata.name;

  ownersOf(object: Admitted): readonly Admitted[] {
    const owners: Admitted[] = [];
    for (let at: Admitted | undefined = object; at !== undefined; ) {
      const owner = controllerRefOf(at);
      at = owner && this.plane.api.store.withUid(owner.uid);
      if (at !== undefined) owners.push(at);
    }
    return owners;
  }
}

/** The answer to an eviction. */
const evicted = (verdict: Verdict<Stored>): unknown => {
  if (verdict.ok) return { code: 201 };
  const causes = verdict.causes.map(({ message }) => ({ reason: 'DisruptionBudget', message }));
  return { ...refusedResult(verdict), ...(causes.length > 0 && { causes }) };
};

const counted = (items: readonly object[]): readonly object[] => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(JSON.stringify(item), (counts.get(JSON.stringify(item)) ?? 0) + 1);
  return [...counts].map(([item, count]) => ({ ...(JSON.parse(item) as object), count }));
};
