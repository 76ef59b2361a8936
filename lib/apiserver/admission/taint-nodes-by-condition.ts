import type { Node } from '../../api/generated/types.js';
import type { AdmissionPlugin } from './plugin.js';

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** TaintNodesByCondition: a node that is made runs nothing before its kubelet says that it is ready. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  kinds: [{ apiVersion: 'v1', kind: 'Node' }],
  admit: (object) => {
    const { spec } = object as Node;
    const taints = spec?.taints ?? [];
    if (taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect)) return object;
    return { ...object, spec: { ...spec, taints: [...taints, notReady] } };
  },
};
