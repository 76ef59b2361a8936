import { profilesOf } from '../scheduler/configuration/index.js';
import type { Profile } from '../scheduler/profile.js';
import type { ClusterConfig } from './config.js';

/**
 * The scheduler's profiles of a cluster, with what about them is not simulated; undefined where nothing is declared.
 *
 * @throws RangeError for a configuration that kube-scheduler would refuse, naming the fields.
 */
export const schedulerProfiles = ({
  scheduler,
}: ClusterConfig): { readonly profiles: readonly Profile[]; readonly warnings: readonly string[] } | undefined => {
  if (scheduler === undefined) return undefined;
  const verdict = profilesOf(scheduler);
  if (!verdict.ok) throw new RangeError(verdict.message);
  return { profiles: verdict.value, warnings: verdict.warnings };
};
