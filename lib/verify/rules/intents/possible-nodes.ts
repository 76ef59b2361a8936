import type { Pod } from '../../../api/generated/types.js';
import type { Admitted, ObjectRef } from '../../../api/object.js';
import { PodInfo } from '../../../scheduler/pod-info.js';
import { toleratesAll } from '../../../scheduler/taints.js';
import type { DryRun } from '../../rule.js';

/** Names of the nodes that labels and taints leave to the Pods of a workload, whatever else runs there. */
const possibleNodes = ({ cluster }: DryRun, workload: ObjectRef, pods: readonly Admitted<Pod>[]): ReadonlySet<string> => {
  const [sample] = pods;
  if (sample === undefined) return new Set();
  // The Pods of a DaemonSet name their nodes, each its own.
  if (workload.kind === 'DaemonSet') return new Set(pods.flatMap(({ spec }) => spec?.nodeName ?? []));
  const { tolerations, requiredNodeAffinity } = new PodInfo(sample);
  return new Set(
    cluster.list('Node').flatMap(({ metadata: { name, labels = {} }, spec }) => {
      const hard = (spec?.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule');
      return toleratesAll(tolerations, hard) && requiredNodeAffinity?.({ name, labels }) !== false ? [name] : [];
    }),
  );
};

/** Whether two workloads could ever be on one node, as far as labels and taints go. */
export const mayMeet = (
  run: DryRun,
  a: { readonly ref: ObjectRef; readonly pods: readonly Admitted<Pod>[] },
  b: { readonly ref: ObjectRef; readonly pods: readonly Admitted<Pod>[] },
): boolean => {
  const nodes = possibleNodes(run, a.ref, a.pods);
  for (const node of possibleNodes(run, b.ref, b.pods)) if (nodes.has(node)) return true;
  return false;
};
