import type { StatefulSet } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { Clock } from '../../apiserver/clock.js';
import type { Stored } from '../../apiserver/kinds.js';
import { ApiServer } from '../../apiserver/server.js';
import { keyOf } from '../../apiserver/store.js';
import type { ControllerContext } from '../../controllers/controller.js';
import { WorkQueue } from '../../controllers/index.js';
import { persistentVolumeController } from '../../controllers/persistentvolume.js';
import { createClaims } from '../../controllers/statefulset/claims.js';
import type { VolumeDecision } from '../../scheduler/decision.js';
import { chooseVolumes } from '../volume-choice.js';

const kinds: ReadonlySet<string> = new Set([
  'Namespace',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'StorageClass',
  'LimitRange',
]);

const isBound = ({ status }: Stored): boolean => (status as { readonly phase?: string } | undefined)?.phase === 'Bound';

/**
 * The claims and volumes of a trial that have not found each other yet, with the controller that binds and provisions them. Those that have
 * are told to the scheduler and then forgotten, or else each would be looked at for every one that comes after it.
 */
export class Volumes {
  readonly #api = new ApiServer({ clock: new Clock(), world: 'open' });
  readonly #queue: WorkQueue;
  readonly #bound: Stored[] = [];

  constructor(objects: readonly Stored[], tell: (object: Stored) => void) {
    const { store } = this.#api;
    this.#queue = new WorkQueue(this.#api, [persistentVolumeController]);
    for (const object of objects) if (kinds.has(object.kind) && !isBound(object)) this.#api.restore(object);
    store.watch(({ type, object }) => {
      if (type === 'deleted') return;
      tell(object);
      if (isBound(object)) this.#bound.push(object);
    });
    this.#work();
  }

  /** Makes the claims of one replica; why not, if the server refuses them. */
  claim(set: Admitted<StatefulSet>, ordinal: number): string | undefined {
    const api = this.#api;
    const nothing = (): void => undefined;
    const context: ControllerContext = {
      api,
      store: api.store,
      clock: api.clock,
      event: nothing,
      after: nothing,
      later: nothing,
      retry: nothing,
    };
    const fault = createClaims(set, ordinal, context);
    this.#work();
    return fault;
  }

  /** Carries out what the scheduler decided about the volumes of a Pod that goes to the node. */
  assign(node: string, decision: VolumeDecision): void {
    chooseVolumes(this.#api, node, decision);
    this.#work();
  }

  #work(): void {
    while (this.#queue.run() + this.#queue.runLater() > 0);
    // Volumes first: one whose claim is gone would be released.
    const bound = this.#bound
      .splice(0)
      .sort((a, b) => Number(b.kind === 'PersistentVolume') - Number(a.kind === 'PersistentVolume'));
    for (const object of bound) this.#api.store.remove(keyOf(object));
    this.#queue.run();
  }
}
