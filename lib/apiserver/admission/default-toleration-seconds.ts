import type { PodSpec } from '../../api/generated/types.js';
import type { AdmissionPlugin } from './plugin.js';

/** Seconds that a Pod stays on a lost node unless it says otherwise. */
const seconds = 300;

const tolerates = (spec: PodSpec, key: string): boolean =>
  spec.tolerations?.some(
    (toleration) => (!toleration.key || toleration.key === key) && (!toleration.effect || toleration.effect === 'NoExecute'),
  ) ?? false;

/** DefaultTolerationSeconds: Pods leave a node that is not ready or unreachable after five minutes. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  admitPod: (spec) => {
    const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter((key) => !tolerates(spec, key));
    const added = missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds }));
    if (added.length > 0) spec.tolerations = [...(spec.tolerations ?? []), ...added];
    return undefined;
  },
};
