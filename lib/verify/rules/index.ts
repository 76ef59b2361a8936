import type { Rule } from '../rule.js';
import { assumptionsRule } from './assumptions.js';
import { auditRule } from './audit.js';
import { changesRule } from './changes.js';
import { connectionsRule } from './connections.js';
import { creationRule } from './creation.js';
import { dependenciesRule } from './dependencies.js';
import { designRule } from './design.js';
import { exposureRule } from './exposure.js';
import { gatewayRule } from './gateway.js';
import { hostPortsRule } from './host-ports.js';
import { ingressRule } from './ingress.js';
import { inputRule } from './input.js';
import { namesRule } from './names.js';
import { placementRule } from './placement.js';
import { portsRule } from './ports.js';
import { rbacRule } from './rbac.js';
import { readyRule } from './ready.js';
import { referencesRule } from './references.js';
import { refusedRule } from './refused.js';
import { selectorsRule } from './selectors.js';
import { servicesRule } from './services.js';
import { startingRule } from './starting.js';
import { targetsRule } from './targets.js';
import { unschedulableRule } from './unschedulable.js';

/** In the order in which things go wrong in life: a rule knows whom the ones before it blame. */
export const rules: readonly Rule[] = [
  inputRule,
  refusedRule,
  namesRule,
  changesRule,
  referencesRule,
  creationRule,
  unschedulableRule,
  placementRule,
  portsRule,
  hostPortsRule,
  startingRule,
  readyRule,
  servicesRule,
  ingressRule,
  gatewayRule,
  selectorsRule,
  connectionsRule,
  exposureRule,
  dependenciesRule,
  targetsRule,
  rbacRule,
  designRule,
  auditRule,
  assumptionsRule,
];
