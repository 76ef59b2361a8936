import type { IConstruct } from 'constructs';
import { type ObjectRef, refKey } from '../api/object.js';
import type { PodBehaviour } from '../kubelet/behaviour.js';
import type { Call, Intent } from '../verify/intent.js';
import type { Suppression } from '../verify/verify.js';

/** What the author says beyond the objects: for the simulator and the verdict, never for the YAML. */
export interface Declarations {
  /** By `refKey` of the workload or Pod. */
  readonly behaviours: ReadonlyMap<string, PodBehaviour>;
  readonly calls: readonly Call[];
  readonly intents: readonly Intent[];
  readonly suppressions: readonly Suppression[];
}

interface Registry extends Declarations {
  readonly behaviours: Map<string, PodBehaviour>;
  readonly calls: Call[];
  readonly intents: Intent[];
  readonly suppressions: Suppression[];
}

const registries = new WeakMap<IConstruct, Registry>();

const registryOf = (construct: IConstruct): Registry => {
  const { root } = construct.node;
  const registry = registries.get(root) ?? { behaviours: new Map(), calls: [], intents: [], suppressions: [] };
  registries.set(root, registry);
  return registry;
};

/** Everything declared in the tree that `construct` belongs to. */
export const declarationsOf = (construct: IConstruct): Declarations => registryOf(construct);

export const declareBehaviour = (construct: IConstruct, object: ObjectRef, behaviour: PodBehaviour): void => {
  const { behaviours } = registryOf(construct);
  behaviours.set(refKey(object), { ...behaviours.get(refKey(object)), ...behaviour });
};

export const declareCall = (construct: IConstruct, call: Call): void => {
  registryOf(construct).calls.push(call);
};

export const declareIntent = (construct: IConstruct, intent: Intent): void => {
  registryOf(construct).intents.push(intent);
};

export const declareSuppression = (construct: IConstruct, suppression: Suppression): void => {
  registryOf(construct).suppressions.push(suppression);
};
