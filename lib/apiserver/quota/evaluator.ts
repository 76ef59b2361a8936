import type { ScopedResourceSelectorRequirement } from '../../api/generated/types.js';
import type { Stored } from '../kinds.js';
import type { Usage } from './usage.js';

/** A scope of a quota, or a requirement of its scope selector. */
export type Scope = Pick<ScopedResourceSelectorRequirement, 'scopeName' | 'operator' | 'values'>;

/** Measures what the objects of one kind use of a quota. https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
export interface Evaluator {
  /** Whether objects of the kind use the resource of this name. */
  counts(resource: string): boolean;
  /** What an object uses; `now`: milliseconds since 1970. */
  usage(object: Stored, now: number): Usage;
  /** Whether the object falls under a scope; absent where none is about the kind. */
  readonly matches?: (scope: Scope, object: Stored) => boolean;
  /** What an object must say, but does not, to be counted: `must specify ...`. */
  readonly constraint?: (resources: readonly string[], object: Stored) => string | undefined;
  /** Whether an update is held against quotas like a new object; absent: never. */
  readonly judgesUpdate?: (object: Stored, previous: Stored) => boolean;
  /** Whether a change may have altered what the object uses; absent: never. */
  readonly altered?: (object: Stored, previous: Stored) => boolean;
}
