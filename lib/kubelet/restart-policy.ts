import type { Container, PodSpec } from '../api/generated/types.js';

/** A native sidecar: an init container that is kept running (KEP-753). */
export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

const ruleRestarts = (container: Container, exitCode: number): boolean => {
  const rule = (container.restartPolicyRules ?? []).find(({ exitCodes }) => {
    if (exitCodes === undefined) return false;
    const listed = (exitCodes.values ?? []).includes(exitCode);
    return exitCodes.operator === 'In' ? listed : exitCodes.operator === 'NotIn' && !listed;
  });
  return rule?.action === 'Restart';
};

/** Whether a container that ended with `exitCode` starts again: its own policy and rules (KEP-5307) before the Pod's. */
export const restartsAfterExit = (container: Container, spec: PodSpec, exitCode: number): boolean => {
  if (container.restartPolicy !== undefined && ruleRestarts(container, exitCode)) return true;
  const policy = container.restartPolicy ?? spec.restartPolicy ?? 'Always';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
};

/** Whether a container that the kubelet itself stops starts again: there is no exit code, so rules do not count. */
export const restartsAfterKill = (container: Container, spec: PodSpec): boolean =>
  (container.restartPolicy ?? spec.restartPolicy) !== 'Never';
