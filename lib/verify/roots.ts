import { type Admitted, type ObjectRef, refKey, refOf } from '../api/object.js';
import type { Cluster } from '../cluster/cluster.js';

/** The object at the top of a Pod's controllers: what an author wrote, or the Pod itself. */
export interface Root {
  readonly object: Admitted;
  readonly ref: ObjectRef;
  /** `refKey` of it. */
  readonly key: string;
}

/** The root of each Pod, looked up once a Pod; Pods that stand next to each other mostly share theirs. */
export const rootsOf = (cluster: Cluster): ((pod: Admitted) => Root) => {
  const known = new Map<Admitted, Root>();
  let last: Root | undefined;
  return (pod) => {
    const before = known.get(pod);
    if (before !== undefined) return before;
    const object = cluster.controllerOf(pod);
    if (last?.object !== object) {
      const ref = refOf(object);
      last = { object, ref, key: refKey(ref) };
    }
    known.set(pod, last);
    return last;
  };
};
