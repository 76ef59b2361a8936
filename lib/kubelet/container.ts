import type { Container, ContainerState, ContainerStateTerminated, ContainerStatus } from '../api/generated/types.js';
import type { RuntimeState } from './actions.js';
import type { Backoff } from './backoff.js';
import type { ContainerRun } from './container-run.js';

const noState: ContainerState = {};

interface Waiting {
  readonly reason: string;
  readonly message: string;
}

/** Of a container that does not run. A function and not a method, as there is a record for every container: private methods make objects dear. */
const idleState = (
  idleReason: string,
  waiting: Waiting | undefined,
  last: ContainerStateTerminated | undefined,
): ContainerState => {
  if (waiting !== undefined) return { waiting };
  return last === undefined ? { waiting: { reason: idleReason } } : { terminated: last };
};

/** What the kubelet knows of one container of a Pod. */
export class ContainerRecord {
  /** The run that goes on. */
  run: ContainerRun | undefined;
  backoff: Backoff | undefined;
  /** Milliseconds. */
  finishedAt = 0;
  /** The kubelet stopped it to start it again, whatever the restart policy says of its exit. */
  due = false;
  /** When the next start is planned, milliseconds. */
  plannedAt = 0;
  #starts = 0;
  #last: ContainerStateTerminated | undefined;
  #waiting: Waiting | undefined;

  constructor(
    public container: Container,
    readonly init: boolean,
    readonly sidecar: boolean,
  ) {}

  /** As the runtime sees it; undefined when it has to be made anew. */
  get runtime(): RuntimeState | undefined {
    if (this.run !== undefined) return { state: 'running' };
    return this.#last === undefined || this.due ? undefined : { state: 'exited', exitCode: this.#last.exitCode };
  }

  get hasRun(): boolean {
    return this.#starts > 0;
  }

  begin(run: ContainerRun): void {
    this.run = run;
    this.due = false;
    this.#starts++;
    this.#waiting = undefined;
  }

  end(state: ContainerStateTerminated, at: number): void {
    this.run = undefined;
    this.#last = state;
    this.finishedAt = at;
  }

  /** Says why it does not run; returns whether that is news. */
  wait(reason: string, message: string): boolean {
    if (this.#waiting?.reason === reason && this.#waiting.message === message) return false;
    this.#waiting = { reason, message };
    return true;
  }

  /** `idleReason`: why a container waits that was never looked at. */
  status(idleReason: string): ContainerStatus {
    const { run } = this;
    const state = run === undefined ? idleState(idleReason, this.#waiting, this.#last) : run.start.state;
    const completed = this.init && !this.sidecar && state.terminated?.exitCode === 0;
    return {
      name: this.container.name,
      image: (run ?? this).container.image ?? '',
      imageID: '',
      ready: completed || run?.ready === true,
      restartCount: Math.max(this.#starts - 1, 0),
      started: run?.started === true,
      state,
      lastState: this.#last === undefined || state.terminated !== undefined ? noState : { terminated: this.#last },
    };
  }
}
