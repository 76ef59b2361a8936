import type { Pod } from '../api/generated/types.js';
import type { Admitted, ObjectRef } from '../api/object.js';
import type { App } from '../constructs/app.js';
import { nearName, sourceReader } from '../manifest/source-files.js';
import { textReport } from '../report/text.js';
import type { Verification, VerifyInput } from '../verify/verify.js';
import { verify } from '../verify/verify.js';
import { type NamedObject, workloadNamed } from './named.js';

/** A workload of a dry run with its Pods: what matchers look at. */
export interface Workload {
  readonly ref: ObjectRef;
  readonly pods: readonly Admitted<Pod>[];
  readonly run: DryRun;
}

/** A dry run, for tests. */
export class DryRun {
  readonly verification: Verification;

  constructor(verification: Verification) {
    this.verification = verification;
  }

  /** The report as the command line prints it, without colours. */
  get report(): string {
    return textReport(this.verification, {
      sourceText: sourceReader(),
      fileName: nearName,
      outcome: this.verification.accepted ? 'accepted' : 'refused',
    });
  }

  /**
   * A workload, or one Pod: by `namespace/name`, `name` (namespace default) or `Kind namespace/name`, by its construct, or by its object.
   *
   * @throws Error that lists the workloads there are.
   */
  workload(named: NamedObject): Workload {
    const { cluster } = this.verification;
    const ref = workloadNamed(cluster, named);
    return { ref, pods: cluster.podsOf(ref), run: this };
  }

  /** The same as `workload`, for assertions about its Pods. */
  pods(named: NamedObject): Workload {
    return this.workload(named);
  }
}

const isApp = (subject: App | VerifyInput): subject is App => 'dryRun' in subject;

/**
 * Runs an App (or plain manifests) in its simulated cluster; writes nothing.
 *
 * @example
 * expect(dryRun(shop('production'))).toBeAccepted();
 */
export const dryRun = (subject: App | VerifyInput): DryRun => new DryRun(isApp(subject) ? subject.dryRun() : verify(subject));
