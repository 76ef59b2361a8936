import { Faults } from '../../../api/validate/faults.js';
import { Path } from '../../../api/validate/path.js';
import type { FieldError } from '../../../api/verdict.js';

const levels = ['privileged', 'baseline', 'restricted'] as const;
export type Level = (typeof levels)[number];

/** A level of the Pod Security Standards as of one version of Kubernetes: `restricted:latest`, `baseline:v1.28`. */
export interface LevelVersion {
  readonly level: Level;
  readonly version: string;
}

/** What the labels of a namespace say, and what is wrong with them. */
export interface Policy {
  readonly enforce: LevelVersion;
  readonly warn: LevelVersion;
  readonly audit: LevelVersion;
  readonly faults: readonly FieldError[];
}

type Labels = Readonly<Record<string, string>>;

const at = Path.of('metadata').child('labels');

const labelOf = (labels: Labels, label: string): string | undefined => {
  const key = `pod-security.kubernetes.io/${label}`;
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
};

/** undefined: no level of that name. */
const levelOf = (labels: Labels, mode: string, faults: Faults): { readonly level: Level | undefined } | undefined => {
  const text = labelOf(labels, mode);
  if (text === undefined) return undefined;
  const level = levels.find((known) => known === text);
  if (level === undefined)
    faults.invalid(at.key(`pod-security.kubernetes.io/${mode}`), text, `must be one of ${levels.join(', ')}`);
  return { level };
};

const versionOf = (labels: Labels, mode: string, faults: Faults): string | undefined => {
  const text = labelOf(labels, `${mode}-version`);
  if (text === undefined || text === 'latest') return text;
  const [, minor] = /^v1\.(0|[1-9][0-9]*)$/.exec(text) ?? [];
  if (minor !== undefined && Number(minor) < 2 ** 63) return text;
  faults.invalid(at.key(`pod-security.kubernetes.io/${mode}-version`), text, 'must be "latest" or "v1.x"');
  return 'latest';
};

const read = (labels: Labels): Policy => {
  const faults = new Faults();
  const enforced = levelOf(labels, 'enforce', faults);
  const enforcedVersion = versionOf(labels, 'enforce', faults);
  const audited = levelOf(labels, 'audit', faults);
  const auditedVersion = versionOf(labels, 'audit', faults);
  const warned = levelOf(labels, 'warn', faults);
  const warnedVersion = versionOf(labels, 'warn', faults);

  // A level that nobody knows is enforced as the strictest one, and warned of as the laxest.
  const enforce: LevelVersion = {
    level: enforced === undefined ? 'privileged' : (enforced.level ?? 'restricted'),
    version: enforcedVersion ?? 'latest',
  };
  const level = warned?.level ?? (warned === undefined ? enforced?.level : undefined) ?? 'privileged';
  const isEnforced = warned === undefined && level !== 'privileged';
  const version = warnedVersion ?? (isEnforced ? enforce.version : 'latest');
  const audit: LevelVersion = { level: audited?.level ?? 'privileged', version: auditedVersion ?? 'latest' };
  return { enforce, warn: { level, version }, audit, faults: faults.list };
};

const policies = new WeakMap<Labels, Policy>();
const none: Labels = {};

/** The policy of a namespace with these labels; without any, everything is allowed. */
export const policyOf = (labels: Labels = none): Policy => {
  const known = policies.get(labels);
  if (known !== undefined) return known;
  const policy = read(labels);
  policies.set(labels, policy);
  return policy;
};

export const textOf = ({ level, version }: LevelVersion): string => `${level}:${version}`;

/** How strict a level is, from 0. */
export const strictness = (level: Level): number => levels.indexOf(level);
