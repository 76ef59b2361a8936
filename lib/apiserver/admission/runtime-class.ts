import { equal } from '../equal.js';
import type { AdmissionPlugin } from './plugin.js';

/** RuntimeClass: its overhead, node selector and tolerations become the Pod's. */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  admitPod: (spec, _namespace, context) => {
    const name = spec.runtimeClassName;
    if (!name)
      return spec.overhead === undefined
        ? undefined
        : 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead';
    const found = context.store.find('RuntimeClass', undefined, name);
    if (found === undefined) {
      if (context.world === 'closed') return `pod rejected: RuntimeClass "${name}" not found`;
      context.assume({
        code: 'exists',
        text: `RuntimeClass ${name} exists, without overhead`,
        object: { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', name },
      });
      return undefined;
    }
    const overhead = found.overhead?.podFixed;
    if (spec.overhead !== undefined && !equal(spec.overhead, overhead)) {
      return `pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead`;
    }
    const selector = found.scheduling?.nodeSelector ?? {};
    for (const [key, value] of Object.entries(selector)) {
      const own = spec.nodeSelector?.[key];
      if (own !== undefined && own !== value) {
        return `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`;
      }
    }
    const tolerations = (found.scheduling?.tolerations ?? []).filter(
      (added) => !spec.tolerations?.some((own) => equal(own, added)),
    );
    if (overhead) spec.overhead = overhead;
    if (found.scheduling?.nodeSelector) spec.nodeSelector = { ...selector, ...spec.nodeSelector };
    if (tolerations.length > 0) spec.tolerations = [...(spec.tolerations ?? []), ...tolerations];
    return undefined;
  },
};
