import type { PodSpec } from '../../../api/generated/types.js';
import { type CheckPod, subjectOf, type Violation } from './check.js';
import { baseline, restricted } from './checks.js';
import { type LevelVersion, textOf } from './policy.js';
import { isProfile } from './profiles.js';

const checksOf = ({ level, version }: LevelVersion): readonly CheckPod[] => {
  if (level === 'privileged') return [];
  const minor = version === 'latest' ? Number.POSITIVE_INFINITY : Number(version.slice('v1.'.length));
  const added = level === 'restricted' ? restricted.filter(({ versions }) => versions.some(({ since }) => since <= minor)) : [];
  const overridden = new Set(added.map(({ overrides }) => overrides));
  return [...baseline.filter(({ id }) => !overridden.has(id)), ...added].flatMap(
    ({ versions }) => versions.findLast(({ since }) => since <= minor)?.check ?? [],
  );
};

const checks = new Map<string, readonly CheckPod[]>();

const knownChecksOf = (policy: LevelVersion): readonly CheckPod[] => {
  const key = textOf(policy);
  const known = checks.get(key) ?? checksOf(policy);
  checks.set(key, known);
  return known;
};

const results = new WeakMap<PodSpec, Map<string, readonly Violation[]>>();

/** How a Pod, or the template of a workload, violates a level; Pods of one template are judged once. */
export const violationsOf = (
  policy: LevelVersion,
  metadata: { readonly annotations?: Readonly<Record<string, string>> | undefined } | undefined,
  spec: PodSpec,
): readonly Violation[] => {
  if (policy.level === 'privileged') return [];
  const annotations = metadata?.annotations ?? {};
  const judge = (): readonly Violation[] => {
    const subject = subjectOf(annotations, spec);
    return knownChecksOf(policy).flatMap((check) => check(subject) ?? []);
  };
  if (Object.keys(annotations).some(isProfile)) return judge();
  const known = results.get(spec) ?? new Map<string, readonly Violation[]>();
  results.set(spec, known);
  const key = textOf(policy);
  const violations = known.get(key) ?? judge();
  known.set(key, violations);
  return violations;
};

/** `privileged (container "app" must not ...), hostPort (...)`. */
export const detailsOf = (violations: readonly Violation[]): string =>
  violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
