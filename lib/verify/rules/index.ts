import type { Rule } from '../rule.js';
import { assumptionsRule } from './assumptions.js';
import { auditRule } from './audit.js';
import { changesRule } from './changes.js';
import { connectionsRule } from './connections.js';
import { creationRule } from './creation.js';
import { designRule } from './design.js';
import { inputRule } from './input.js';
import { placementRule } from './placement.js';
import { portsRule } from './ports.js';
import { rbacRule } from './rbac.js';
import { readyRule } from './ready.js';
import { referencesRule } from './references.js';
import { refusedRule } from './refused.js';
import { selectorsRule } from './selectors.js';
import { servicesRule } from './services.js';
import { startingRule } from './starting.js';
import { unschedulableRule } from './unschedulable.js';

/** In the order in which things go wrong in life: a rule knows whom the ones before it blame. */
export const rules: readonly Rule[] = [
  inputRule,
  refusedRule,
  changesRule,
  referencesRule,
  creationRule,
  unschedulableRule,
  placementRule,
  portsRule,
  startingRule,
  readyRule,
  servicesRule,
  selectorsRule,
  connectionsRule,
  rbacRule,
  designRule,
  auditRule,
  assumptionsRule,
];
