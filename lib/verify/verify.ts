import { type ObjectRef, refKey } from '../api/object.js';
import type { Cluster } from '../cluster/cluster.js';
import type { ClusterConfig } from '../cluster/config.js';
import type { PodBehaviour } from '../kubelet/behaviour.js';
import type { Manifest } from '../manifest/manifest.js';
import type { Problem } from '../manifest/problem.js';
import type { Network } from '../network/network.js';
import { dryRun, type SettledRun } from './dryrun.js';
import { type Finding, type FindingCode, findingCodes, type Stage, stages } from './finding.js';
import { fixer, identity } from './fix.js';
import type { Call, Intent } from './intent.js';
import type { Candidate, Draft, DryRun } from './rule.js';
import { rules } from './rules/index.js';

/** A finding that the author accepts, and why. */
export interface Suppression {
  readonly object: ObjectRef;
  readonly code: FindingCode;
  readonly reason: string;
}

export interface VerifyInput {
  readonly manifests: readonly Manifest[];
  /** What could not be read; becomes findings of stage `input`. */
  readonly problems?: readonly Problem[];
  readonly cluster?: ClusterConfig;
  /** By `refKey` of the workload or Pod. */
  readonly behaviours?: ReadonlyMap<string, PodBehaviour>;
  /** What runs now, to judge the manifests as a change to it: what was applied last, or objects of a snapshot. */
  readonly against?: readonly Manifest[] | undefined;
  readonly calls?: readonly Call[];
  readonly intents?: readonly Intent[];
  readonly suppressions?: readonly Suppression[];
  /** Warnings close the gate too. */
  readonly strict?: boolean;
  /** Called before each part of the work, with what it is. */
  readonly progress?: (step: string) => void;
}

/** What a dry run found. `accepted` is the gate. */
export interface Verification {
  /** What was verified. */
  readonly input: VerifyInput;
  readonly accepted: boolean;
  /** In the order in which things go wrong in life. */
  readonly findings: readonly Finding[];
  /** The settled cluster, for questions. */
  readonly cluster: Cluster;
  readonly network: Network;
  readonly verified: {
    readonly objects: number;
    readonly pods: number;
    readonly scheduled: number;
    readonly nodes: number;
    readonly connections: number;
    readonly intents: number;
  };
}

/** Annotation by which a manifest accepts a finding: `plimsoll.dev/accept.<code with dots for slashes>: reason`. */
const acceptAnnotation = 'plimsoll.dev/accept.';

/** Who accepts what: `refKey code` to the reason. */
const acceptances = (
  { manifests, suppressions }: VerifyInput,
  namespaceOf: (manifest: Manifest) => ObjectRef,
): ReadonlyMap<string, string> => {
  const accepted = new Map<string, string>();
  for (const { object, code, reason } of suppressions ?? []) accepted.set(`${refKey(object)} ${code}`, reason);
  for (let index = 0; index < manifests.length; index++) {
    const manifest = manifests[index];
    const annotations = manifest?.object.metadata.annotations;
    if (manifest === undefined || !annotations) continue;
    for (const [name, reason] of Object.entries(annotations)) {
      if (!name.startsWith(acceptAnnotation)) continue;
      accepted.set(`${refKey(namespaceOf(manifest))} ${name.slice(acceptAnnotation.length).replace('.', '/')}`, String(reason));
    }
  }
  return accepted;
};

const located = (run: DryRun, draft: Draft): Finding => {
  const provenance = run.manifestOf(draft.object)?.provenance ?? run.cluster.provenanceOf(draft.object);
  const { code, severity, object, message, evidence = [] } = draft;
  return {
    code,
    severity,
    object,
    message,
    evidence,
    intent: draft.intent,
    get constructPath() {
      return provenance?.constructPath;
    },
    get source() {
      return (
        draft.source ?? (draft.field === undefined ? undefined : provenance?.fieldSource?.(draft.field)) ?? provenance?.source
      );
    },
  };
};

interface Judged {
  readonly finding: Finding;
  readonly fixes: readonly Candidate[];
}

/** Every finding of a dry run, each once, with its ways out. Rules come in the order of life: later ones know whom earlier ones blame. */
const judge = (settled: SettledRun): readonly Judged[] => {
  const blamed = new Set<string>();
  const run: DryRun = Object.assign(Object.create(settled) as SettledRun, {
    blamed: (ref: ObjectRef) => blamed.size > 0 && blamed.has(refKey(ref)),
  });
  const found = new Map<string, Judged>();
  for (const rule of rules) {
    for (const draft of rule(run)) {
      const finding = located(run, draft);
      const key = `${identity(finding)} ${finding.message}`;
      // Ways out may be costly to find, and are not asked for while one is tried.
      if (!found.has(key))
        found.set(key, {
          finding,
          get fixes() {
            return draft.fixes ?? [];
          },
        });
      // A broken intent is not what other faults follow from.
      if (finding.severity === 'error' && !finding.code.startsWith('intent/')) blamed.add(refKey(finding.object));
    }
  }
  return [...found.values()];
};

const stageOrder = new Map<Stage, number>(stages.map((stage, index) => [stage, index]));
const severityOrder = { error: 0, warning: 1, advice: 2, assumption: 3 } as const;

const inOrderOfLife = (a: Finding, b: Finding): number =>
  severityOrder[a.severity] - severityOrder[b.severity] ||
  (stageOrder.get(findingCodes[a.code].stage) ?? 0) - (stageOrder.get(findingCodes[b.code].stage) ?? 0);

/**
 * Runs manifests in a simulated cluster until it is settled and judges what became of them. Never throws for bad input: what a cluster would
 * refuse is a finding.
 *
 * @example
 * const { accepted, findings } = verify({ manifests, cluster: { nodes: [nodePool('a', { count: 2 })] } });
 */
export const verify = (input: VerifyInput): Verification => {
  const run = dryRun(input);
  input.progress?.('judging the settled cluster');
  const judged = judge(run);
  const accepted = acceptances(input, run.refOf);
  const fix = fixer(
    input,
    judged.map(({ finding }) => finding),
    (changed) => judge(dryRun(changed)).map(({ finding }) => finding),
  );
  if (judged.some(({ finding }) => finding.severity === 'error')) input.progress?.('trying fixes');
  const findings = judged
    .map((one): Finding => {
      const { finding } = one;
      const suppressed = accepted.get(`${refKey(finding.object)} ${finding.code}`);
      // A getter must stay one: the source of a finding is looked up when it is shown.
      const complete = Object.create(Object.getPrototypeOf(finding), Object.getOwnPropertyDescriptors(finding)) as {
        -readonly [K in keyof Finding]: Finding[K];
      };
      if (suppressed !== undefined) complete.suppressed = suppressed;
      else if (finding.severity === 'error' || finding.severity === 'warning') complete.fix = fix(finding, one.fixes);
      return complete;
    })
    .sort(inOrderOfLife);
  const closes = ({ severity, suppressed }: Finding): boolean =>
    suppressed === undefined && (severity === 'error' || (input.strict === true && severity === 'warning'));
  return {
    input,
    accepted: !findings.some(closes),
    findings,
    cluster: run.cluster,
    network: run.network,
    verified: {
      objects: run.accepted.length,
      pods: run.pods.length,
      scheduled: run.pods.filter(({ spec }) => spec?.nodeName !== undefined).length,
      nodes: run.cluster.list('Node').length,
      connections: run.connections.length,
      intents: input.intents?.length ?? 0,
    },
  };
};
