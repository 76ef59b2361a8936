import type { Node, PersistentVolumeClaim, Pod, PodSpec } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { PodInfo } from '../pod-info.js';
import { claimNameOf } from '../volumes.js';
import type { Edit } from './explanation.js';
import type { Attempt, Sandbox } from './sandbox.js';

/** The Pod as it was before it got a node. */
export const unplaced = (pod: Admitted<Pod>): Admitted<Pod> => {
  const { nodeName: _, ...spec } = pod.spec ?? { containers: [] };
  return { ...pod, spec, status: { phase: 'Pending' } };
};

const keysOf = (spec: PodSpec): readonly (keyof PodSpec)[] => Object.keys(spec) as (keyof PodSpec)[];

/**
 * Pods of one template with an edited spec. They go on to share what they shared before: the parts that the edits change are made once.
 */
const editTogether = (pods: readonly Admitted<Pod>[], to: (spec: PodSpec) => PodSpec): readonly Admitted<Pod>[] => {
  const model = pods[0]?.spec;
  if (model === undefined) return pods;
  const edited = to(model);
  const touched = [...new Set([...keysOf(model), ...keysOf(edited)])].filter((key) => model[key] !== edited[key]);
  const parts = Object.fromEntries(touched.filter((key) => key in edited).map((key) => [key, edited[key]]));
  return pods.map((pod) => {
    const spec = pod.spec ?? { containers: [] };
    if (touched.some((key) => spec[key] !== model[key])) return { ...pod, spec: to(spec) };
    const kept = Object.fromEntries(Object.entries(spec).filter(([key]) => !touched.includes(key as keyof PodSpec)));
    return { ...pod, spec: { ...kept, ...parts } as PodSpec };
  });
};

/** Pods of one template: those that wait, and those that run. */
export interface Template {
  readonly waiting: readonly Admitted<Pod>[];
  readonly running: readonly Admitted<Pod>[];
}

/** Tries changes of a settled cluster on Pods that fit nowhere, by asking the scheduler again. */
export class Trial {
  readonly #sandbox: Sandbox;
  readonly #template: Template;
  #tries = 0;

  constructor(sandbox: Sandbox, template: Template) {
    this.#sandbox = sandbox;
    this.#template = template;
  }

  /** How many Pods wait. */
  get waiting(): number {
    return this.#template.waiting.length;
  }

  /** How often the scheduler was asked about all of them. */
  get tries(): number {
    return this.#tries;
  }

  /** How many of the waiting Pods, one after the other, find a node once the edits are made. */
  fits(edits: readonly Edit[]): number {
    this.#tries++;
    return this.#sandbox.attempt((attempt) => {
      let fitting = 0;
      for (const pod of this.#apply(attempt, edits)) {
        const decision = this.#sandbox.decide(pod);
        if (decision.outcome !== 'scheduled') continue;
        this.#sandbox.bind(attempt, pod, decision);
        fitting++;
      }
      return fitting;
    });
  }

  /** What is found about the first Pod that does not fit after the edits, while those before it have their nodes; undefined if all fit. */
  atFirstMisfit<T>(edits: readonly Edit[], look: (pod: Admitted<Pod>) => T): T | undefined {
    return this.#sandbox.attempt((attempt) => {
      for (const pod of this.#apply(attempt, edits)) {
        const decision = this.#sandbox.decide(pod);
        if (decision.outcome !== 'scheduled') return look(pod);
        this.#sandbox.bind(attempt, pod, decision);
      }
      return undefined;
    });
  }

  /** Makes the edits; returns the waiting Pods as they are then. */
  #apply(attempt: Attempt, edits: readonly Edit[]): readonly Admitted<Pod>[] {
    let { waiting } = this.#template;
    const templates = edits.flatMap((edit) => (edit.kind === 'template' ? [edit.to] : []));
    if (templates.length > 0) {
      const to = (spec: PodSpec): PodSpec => templates.reduce((edited, change) => change(edited), spec);
      waiting = editTogether(waiting, to);
      for (const pod of editTogether(this.#template.running, to)) attempt.put(pod);
    }
    for (const edit of edits) this.#make(attempt, edit);
    return waiting.map(unplaced);
  }

  #make(attempt: Attempt, edit: Edit): void {
    const { cache } = this.#sandbox;
    switch (edit.kind) {
      case 'template':
      case 'replicas':
        return;
      case 'node': {
        const node: Admitted<Node> | undefined = cache.node(edit.node)?.node;
        if (node !== undefined) attempt.put(edit.to(node));
        return;
      }
      case 'pool':
      case 'add':
        edit.objects.forEach(attempt.put);
        return;
      case 'evict':
        edit.pods.forEach(attempt.remove);
        return;
      case 'claim':
        for (const pod of this.#template.waiting) {
          const volume = pod.spec?.volumes?.find(({ name }) => name === edit.volume);
          const name = volume === undefined ? undefined : claimNameOf(volume, new PodInfo(pod));
          const claim: Admitted<PersistentVolumeClaim> | undefined = cache.lists['/PersistentVolumeClaim'].get(
            `${pod.metadata.namespace ?? 'default'}/${name}`,
          );
          if (claim !== undefined) attempt.put(edit.to(claim));
        }
    }
  }
}
