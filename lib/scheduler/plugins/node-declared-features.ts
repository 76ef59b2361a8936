import type { PodSpec } from '../../api/generated/types.js';
import { type Plugin, unresolvable } from '../framework.js';

const name = 'NodeDeclaredFeatures';
const refusal = unresolvable(name, "node(s) didn't match Pod's required features");

/** Features of the kubelet that a Pod cannot do without. */
export const requiredFeatures = (spec: PodSpec): readonly string[] => {
  const features: string[] = [];
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  if (
    containers.some(({ restartPolicyRules = [] }) => restartPolicyRules.some(({ action }) => action === 'RestartAllContainers'))
  ) {
    features.push('RestartAllContainersOnContainerExits');
  }
  if (spec.hostNetwork === true && spec.hostUsers === false) features.push('UserNamespacesHostNetworkSupport');
  return features;
};

/** Nodes must declare the features that the Pod needs. https://kep.k8s.io/5328 */
export const nodeDeclaredFeatures: Plugin = {
  name,
  preFilter({ spec }) {
    const required = requiredFeatures(spec);
    if (required.length === 0) return undefined;
    return {
      filter: ({ node }) => {
        const declared = node.status?.declaredFeatures ?? [];
        return required.every((feature) => declared.includes(feature)) ? undefined : refusal;
      },
    };
  },
};
