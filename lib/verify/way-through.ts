import type { Pod } from '../api/generated/types.js';
import type { Admitted } from '../api/object.js';
import { targetOf } from './connections.js';
import { dryRun, type SettledRun } from './dryrun.js';
import type { Finding, Fix } from './finding.js';
import { fixer } from './fix.js';
import type { Destination } from './intent.js';
import type { DryRun } from './rule.js';
import { otherDestination } from './rules/connection-destinations.js';
import { type Blocked, destinationText, waysThrough } from './rules/connection-fixes.js';
import type { VerifyInput } from './verify.js';

const arrives = (run: SettledRun, { from }: Blocked, to: Destination): boolean => {
  const target = targetOf(run, to);
  const pods: readonly Admitted<Pod>[] = run.cluster.podsOf(from);
  const [pod] = pods;
  return pod !== undefined && target !== undefined && run.network.connect({ pod }, target).arrives;
};

/** The smallest change after which a blocked connection arrives; each is tried in a dry run of the input. */
export const wayThrough = (input: VerifyInput, blocked: Blocked): Fix | undefined => {
  const settled = dryRun(input);
  const run: DryRun = Object.assign(Object.create(settled) as SettledRun, { blamed: () => false });
  const instead = otherDestination(run, blocked);
  if (instead !== undefined && arrives(settled, blocked, instead)) {
    return { text: `call ${destinationText(instead)} instead of ${destinationText(blocked.to)}`, verified: true };
  }
  const finding: Finding = { code: 'network/unreachable', severity: 'error', object: blocked.from, message: '', evidence: [] };
  const fix = fixer(input, [finding], (attempt) => (arrives(dryRun(attempt), blocked, blocked.to) ? [] : [finding]));
  return fix(finding, waysThrough(run, blocked));
};
