import type { Toleration } from '../../api/generated/types.js';
import type { AdmissionPlugin } from './plugin.js';

/** Seconds that a Pod stays on a lost node unless it says otherwise. */
const seconds = 300;

const toleration = (key: string): Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds });
const defaults = [toleration('node.kubernetes.io/not-ready'), toleration('node.kubernetes.io/unreachable')];

const tolerates = (tolerations: readonly Toleration[], key: string | undefined): boolean =>
  tolerations.some(
    (toleration) => (!toleration.key || toleration.key === key) && (!toleration.effect || toleration.effect === 'NoExecute'),
  );

/** DefaultTolerationSeconds: Pods leave a node that is not ready or unreachable after five minutes. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  admitPod: (spec) => {
    const own = spec.tolerations ?? [];
    const added = own.length === 0 ? defaults : defaults.filter(({ key }) => !tolerates(own, key));
    if (added.length > 0) spec.tolerations = own.length === 0 ? added : [...own, ...added];
    return undefined;
  },
};
