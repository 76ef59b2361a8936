import { Clock } from '../apiserver/clock.js';
import type { Stored } from '../apiserver/kinds.js';
import { ApiServer } from '../apiserver/server.js';
import { type Controller, controllers, WorkQueue } from '../controllers/index.js';
import { createScheduler } from '../scheduler/index.js';
import type { Profile } from '../scheduler/profile.js';
import { Scheduling } from './scheduling.js';

export interface ControlPlaneOptions {
  readonly world: 'open' | 'closed';
  /** Pods that the scheduler is not told of. */
  readonly isHidden?: ((pod: Stored) => boolean) | undefined;
  readonly controllers?: readonly Controller[] | undefined;
  readonly profiles?: readonly Profile[] | undefined;
}

/** API server, controllers and scheduler on one clock: a cluster without nodes' agents. */
export class ControlPlane {
  readonly clock = new Clock();
  readonly api: ApiServer;
  readonly scheduling: Scheduling;
  readonly #queue: WorkQueue;

  constructor(options: ControlPlaneOptions) {
    this.api = new ApiServer({ clock: this.clock, world: options.world });
    this.#queue = new WorkQueue(this.api, options.controllers ?? controllers);
    this.scheduling = new Scheduling(
      this.api,
      createScheduler({ profiles: options.profiles }),
      options.isHidden ?? (() => false),
    );
  }

  /**
   * Lets controllers, scheduler and the agents of the nodes (which return how much they did) work, without time passing, until they have nothing to do.
   * Without agents, or when no time is left (`isOver`), nobody waits for Pods to start.
   */
  run(agents?: () => number, tick?: () => void, isOver = agents === undefined): void {
    do {
      while (this.#queue.run(tick) + this.scheduling.run(tick) + (agents?.() ?? 0) > 0);
    } while (this.#queue.runLater(tick) > 0 || (isOver && this.#queue.hurry()));
  }
}
