import type { IConstruct } from 'constructs';
import { declareIntent } from './declarations.js';
import { type DestinationLike, destination } from './destination.js';
import { objectRef } from './object-ref.js';
import { provenanceOfCall } from './provenance.js';

/** What the author wants to be true of a workload. Verified at every synth, never in the YAML. */
export interface Intends {
  /** Every Pod of the workload can connect to it. */
  reaches(...to: readonly DestinationLike[]): Intends;
  /** No Pod of the workload can connect to it. */
  mustNotReach(...to: readonly DestinationLike[]): Intends;
  /** Every Pod of the workload runs on nodes with these labels. */
  runsOn(labels: Readonly<Record<string, string>>): Intends;
}

/**
 * The intents of a workload of any library; workloads of this one have them as `intends`.
 *
 * @example
 * intends(kplusDeployment).reaches(db.at('pg')).mustNotReach('https://example.com');
 */
export const intends = (workload: IConstruct): Intends => {
  const connections = (kind: 'reaches' | 'mustNotReach', to: readonly DestinationLike[]): Intends => {
    const provenance = provenanceOfCall(workload);
    for (const each of to)
      declareIntent(workload, { kind, from: objectRef(workload), to: destination(workload, each), provenance });
    return self;
  };
  const self: Intends = {
    reaches: (...to) => connections('reaches', to),
    mustNotReach: (...to) => connections('mustNotReach', to),
    runsOn: (labels) => {
      declareIntent(workload, { kind: 'runsOn', workload: objectRef(workload), labels, provenance: provenanceOfCall(workload) });
      return self;
    },
  };
  return self;
};
