import type { Container } from '../generated/types.js';
import type { Faults } from './faults.js';
import type { Path } from './path.js';

const policies = ['Always', 'Never', 'OnFailure'];
const actions = ['Restart', 'RestartAllContainers'];
const operators = ['In', 'NotIn'];
const mostRules = 20;
const mostExitCodes = 255;

/** A container's own restart policy and rules (KEP-5307). */
export const validateContainerRestart = (container: Container, isInit: boolean, at: Path, faults: Faults): void => {
  const { restartPolicy: policy, restartPolicyRules: rules } = container;
  if (policy !== undefined && !policies.includes(policy)) faults.notSupported(at.child('restartPolicy'), policy, policies);
  if (rules === undefined) return;
  const place = at.child('restartPolicyRules');
  if (policy === undefined) faults.required(at.child('restartPolicy'), 'must specify restartPolicy when restart rules are used');
  else if (isInit && policy === 'Always') faults.forbidden(place, 'restartPolicyRules are not allowed for sidecar containers');
  if (rules.length > mostRules) faults.tooMany(place, rules.length, mostRules);
  for (const [index, rule] of rules.entries()) {
    const { action, exitCodes } = rule;
    if (action === '') faults.required(place.index(index).child('action'));
    else if (!actions.includes(action)) faults.notSupported(place.index(index).child('action'), action, actions);
    const codes = place.index(index).child('exitCodes');
    if (exitCodes === undefined) {
      faults.required(codes, 'must be specified');
      continue;
    }
    if (exitCodes.operator === '') faults.required(codes.child('operator'));
    else if (!operators.includes(exitCodes.operator)) faults.notSupported(codes.child('operator'), exitCodes.operator, operators);
    const values = exitCodes.values ?? [];
    if (values.length === 0) faults.required(codes.child('values'), 'must be specified');
    else if (values.length > mostExitCodes) faults.tooMany(codes.child('values'), values.length, mostExitCodes);
  }
};
