import type { ObjectRef } from '../api/object.js';
import type { SourceLocation } from '../manifest/manifest.js';
import type { Evidence, Finding, FindingCode, Fix, Severity, Stage } from '../verify/finding.js';
import { findingCodes } from '../verify/finding.js';
import type { Verification } from '../verify/verify.js';

/** A finding as it stands in the JSON report. */
export interface JsonFinding {
  readonly code: FindingCode;
  readonly stage: Stage;
  readonly severity: Severity;
  readonly object: ObjectRef;
  readonly constructPath?: string;
  readonly source?: SourceLocation;
  readonly message: string;
  readonly evidence: readonly Evidence[];
  /** The intent that is broken, as it is written. */
  readonly intent?: string;
  readonly fix?: Fix;
  readonly suppressed?: string;
}

/** One App, or one check. */
export interface JsonRun {
  /** Folder of the App in the output; absent for the only one. */
  readonly app?: string;
  readonly accepted: boolean;
  readonly verified: Verification['verified'];
  readonly findings: readonly JsonFinding[];
}

/** The JSON report, version 1 (`report.schema.json`). Within a version fields are only ever added. */
export interface JsonReport {
  readonly version: 1;
  readonly accepted: boolean;
  /** Files written; empty if nothing was. */
  readonly written: readonly string[];
  readonly runs: readonly JsonRun[];
}

const plain = (finding: Finding): JsonFinding => {
  const { code, severity, object, constructPath, source, message, evidence, intent, fix, suppressed } = finding;
  return {
    code,
    stage: findingCodes[code].stage,
    severity,
    object,
    ...(constructPath === undefined ? {} : { constructPath }),
    ...(source === undefined ? {} : { source }),
    message,
    evidence,
    ...(intent === undefined ? {} : { intent }),
    ...(fix === undefined ? {} : { fix }),
    ...(suppressed === undefined ? {} : { suppressed }),
  };
};

/** The report for programs: everything, in a fixed shape. */
export const jsonReport = (
  runs: readonly { readonly app?: string | undefined; readonly verification: Verification }[],
  written: readonly string[] = [],
): JsonReport => ({
  version: 1,
  accepted: runs.every(({ verification }) => verification.accepted),
  written,
  runs: runs.map(({ app, verification: { accepted, verified, findings } }) => ({
    ...(app === undefined ? {} : { app }),
    accepted,
    verified,
    findings: findings.map(plain),
  })),
});
