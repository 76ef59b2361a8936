import type { Pod } from '../api/generated/types.js';
import { type Admitted, type ObjectRef, refOf, refText } from '../api/object.js';
import type { App } from '../constructs/app.js';
import { nearName, sourceReader } from '../manifest/source-files.js';
import { textReport } from '../report/text.js';
import type { Verification, VerifyInput } from '../verify/verify.js';
import { verify } from '../verify/verify.js';

const workloadKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'Pod',
] as const;

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

  #workloads(): readonly ObjectRef[] {
    const { cluster } = this.verification;
    return workloadKinds
      .flatMap((kind) => cluster.list(kind).map((object) => refOf(cluster.controllerOf(object))))
      .filter((ref, index, all) => all.findIndex((other) => refText(other) === refText(ref)) === index);
  }

  /**
   * A workload by `namespace/name`, `name` (namespace default) or `Kind namespace/name`.
   *
   * @throws Error that lists the workloads there are.
   */
  workload(name: string): Workload {
    const [kind, path] = name.includes(' ') ? (name.split(' ') as [string, string]) : [undefined, name];
    const full = path.includes('/') ? path : `default/${path}`;
    const all = this.#workloads();
    const found = all.filter((ref) => `${ref.namespace}/${ref.name}` === full && (kind === undefined || ref.kind === kind));
    const [ref] = found;
    if (ref === undefined)
      throw new Error(`there is no workload ${name}; there are ${all.map(refText).sort().join(', ') || 'none'}`);
    if (found.length > 1) throw new Error(`${name} names ${found.map(refText).join(' and ')}; write one of these`);
    return { ref, pods: this.verification.cluster.podsOf(ref), run: this };
  }

  /** The same as `workload`, for assertions about its Pods. */
  pods(name: string): Workload {
    return this.workload(name);
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
