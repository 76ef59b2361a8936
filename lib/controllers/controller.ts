import type { Admitted } from '../api/object.js';
import type { Clock } from '../apiserver/clock.js';
import type { Kind } from '../apiserver/kinds.js';
import type { ApiServer } from '../apiserver/server.js';
import type { Change, Store } from '../apiserver/store.js';

/** What a controller acts through. */
export interface ControllerContext {
  readonly api: ApiServer;
  readonly store: Store;
  readonly clock: Clock;
  /** Records an event of this controller. */
  event(type: 'Normal' | 'Warning', reason: string, message: string, object: Admitted): void;
  /** Reconciles the key again after so many seconds, unless it is reconciled before. */
  after(seconds: number, key: string): void;
  /** Reconciles the key again after a delay that doubles with every failure in a row. */
  retry(key: string): void;
}

/**
 * A control loop: told which keys changed, it compares what is with what shall be and makes one step. It keeps
 * nothing between calls, so that the path by which the cluster came to a state never matters.
 */
export interface Controller {
  /** The component of its events: `deployment-controller`. */
  readonly name: string;
  /** Kinds whose changes concern it, the one that it is there for first; absent for all. */
  readonly kinds?: readonly Kind[];
  /** Writes down what others did: it never has anything to do before they are done. */
  readonly observes?: true;
  /** Runs within the request that concerns it: what follows in the same moment relies on it. */
  readonly immediate?: true;
  keysFor(change: Change, store: Store): readonly string[];
  reconcile(key: string, context: ControllerContext): void;
}

export const keyFor = (object: Admitted): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

/** Namespace and name of a key. */
export const splitKey = (key: string): readonly [namespace: string, name: string] => {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
};
