import type { PriorityClass } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { forbidden } from '../refusals.js';
import type { Store } from '../store.js';
import type { AdmissionPlugin } from './plugin.js';

/** The class of Pods that name none; of several the one with the lowest value. */
const globalDefault = (store: Store): Admitted<PriorityClass> | undefined => {
  let lowest: Admitted<PriorityClass> | undefined;
  for (const candidate of store.list('PriorityClass')) {
    if (candidate.globalDefault && (lowest === undefined || (candidate.value ?? 0) < (lowest.value ?? 0))) lowest = candidate;
  }
  return lowest;
};

/** Priority: the number behind a Pod's class, or behind the class that is the default. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  kinds: [{ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' }],
  admitPod: (spec, namespace, context) => {
    const name = spec.priorityClassName;
    const found = name ? context.store.find('PriorityClass', undefined, name) : globalDefault(context.store);
    if (name && found === undefined) {
      if (context.world === 'closed') return `no PriorityClass with name ${name} was found`;
      const object = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', name };
      context.assume({
        code: 'exists',
        text: `PriorityClass ${name} exists; its priority is taken as 0 (namespace ${namespace})`,
        object,
      });
    }
    const value = found?.value ?? 0;
    if (spec.priority !== undefined && spec.priority !== value) {
      return `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
    }
    const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
      return `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`;
    }
    const className = name || found?.metadata.name;
    spec.priority = value;
    spec.preemptionPolicy = policy;
    if (className) spec.priorityClassName = className;
    return undefined;
  },
  validate: (object, { store }) => {
    const standing = object.globalDefault ? globalDefault(store) : undefined;
    if (standing === undefined || standing.metadata.name === object.metadata.name) return undefined;
    return forbidden(object, `PriorityClass ${standing.metadata.name} is already marked as default. Only one default can exist`);
  },
};
