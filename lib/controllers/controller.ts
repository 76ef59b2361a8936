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
  /** Reconciles the key again when everybody else has done their part, at this moment or after so many seconds. */
  later(key: string, seconds?: number): void;
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
  /** Further kinds (or all) of which only the end concerns it: that an object shall go, or is gone. */
  readonly ends?: readonly Kind[] | 'all';
  /** All kinds that it is there for, where that is not the first one alone. While none of them exists, no other kind concerns it. */
  readonly serves?: readonly Kind[];
  /** Writes down what others did: it never has anything to do before they are done. */
  readonly observes?: true;
  /** Has dealt with what it makes in the step that made it: it is told only of what others make. */
  readonly knowsItsOwn?: true;
  /** Runs within the request that concerns it: what follows in the same moment relies on it. */
  readonly immediate?: true;
  keysFor(change: Change, store: Store): Keys;
  reconcile(key: string, context: ControllerContext): void;
}

/** What a change concerns: mostly one key. */
export type Keys = string | readonly string[];

/** The keys of a change that concerns nothing. */
export const noKeys: readonly string[] = [];

export const keyFor = (object: Admitted): string => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

/** Namespace and name of a key. */
export const splitKey = (key: string): readonly [namespace: string, name: string] => {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
};

/** The object whose uid is the key, if it still exists. A uid is a text that the store has already: most controllers need no other key. */
export const objectOf = <T>(store: Store, uid: string): Admitted<T> | undefined =>
  store.withUid(uid) as Admitted as Admitted<T> | undefined;

/** The uid of the object that is called so now, whichever a reference to it meant. */
export const uidOf = (store: Store, kind: Kind, namespace: string | undefined, name: string): Keys =>
  store.find(kind, namespace, name)?.metadata.uid ?? noKeys;
