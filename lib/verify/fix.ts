import { type KubeObject, refKey, refOf } from '../api/object.js';
import type { Manifest } from '../manifest/manifest.js';
import type { Finding, Fix } from './finding.js';
import type { Candidate, Change } from './rule.js';
import type { VerifyInput } from './verify.js';

/** Whether a change left of an object what every reader of manifests requires; faults of the input may suggest any change. */
const isObject = ({ apiVersion, kind, metadata }: KubeObject): boolean =>
  typeof apiVersion === 'string' &&
  typeof kind === 'string' &&
  typeof metadata === 'object' &&
  metadata !== null &&
  [metadata.name, metadata.generateName, metadata.namespace].every((text) => text === undefined || typeof text === 'string');

/** The input with one change made, undefined if that makes no sense. */
const changed = (input: VerifyInput, change: Change): VerifyInput | undefined => {
  if ('cluster' in change) return { ...input, cluster: change.cluster(input.cluster ?? {}) };
  if ('changes' in change) {
    return change.changes.reduce<VerifyInput | undefined>((before, each) => before && changed(before, each), input);
  }
  if ('destination' in change) {
    const { calls = [], intents = [] } = input;
    const move = <T extends object>(item: T): T =>
      'to' in item && item.to === change.destination ? { ...item, to: change.instead } : item;
    return { ...input, calls: calls.map(move), intents: intents.map(move) };
  }
  if ('add' in change) return { ...input, manifests: [...input.manifests, { object: change.add, provenance: {} }] };
  const key = refKey('edit' in change ? change.edit : change.remove);
  // `default` is written only by the server: an object of the input may leave its namespace out.
  const same = (object: KubeObject): boolean => {
    const ref = refOf(object);
    return refKey(ref) === key || (ref.namespace === undefined && refKey({ ...ref, namespace: 'default' }) === key);
  };
  if ('remove' in change) return { ...input, manifests: input.manifests.filter(({ object }) => !same(object)) };
  const manifests = input.manifests.map(
    (manifest): Manifest => (same(manifest.object) ? { ...manifest, object: change.to(manifest.object) } : manifest),
  );
  return manifests.every(({ object }) => isObject(object)) ? { ...input, manifests } : undefined;
};

/** What makes two findings the same one: the fault, not its wording (numbers in it may change with any change). */
export const identity = (finding: Finding): string =>
  `${finding.code} ${refKey(finding.object)} ${finding.intent ?? ''} ${finding.evidence.flatMap((item) => (item.kind === 'field' ? [item.path] : [])).join()}`;

/**
 * Tries candidates in order, each in a dry run of its own, until one makes the finding go away without a new error. A dry run
 * costs as much as the first one, so all tries together may simulate and find a limited number of things.
 */
export const fixer = (input: VerifyInput, found: readonly Finding[], judge: (input: VerifyInput) => readonly Finding[]) => {
  let budget = 20_000;
  const cost = input.manifests.length + found.length + 1;
  const before = new Set(found.filter(({ severity }) => severity === 'error').map(identity));
  return (finding: Finding, candidates: readonly Candidate[]): Fix | undefined => {
    for (const { text, change } of candidates) {
      if (change === undefined) continue;
      if (cost > budget) break;
      budget -= cost;
      const attempt = changed(input, change);
      if (attempt === undefined) continue;
      const after = judge(attempt);
      const solved = after.every((other) => identity(other) !== identity(finding) || other.severity !== finding.severity);
      const harmless = after.every((other) => other.severity !== 'error' || before.has(identity(other)));
      if (solved && harmless) return { text, verified: true };
    }
    const advice = candidates.find(({ change }) => change === undefined);
    return advice === undefined ? undefined : { text: advice.text, verified: false };
  };
};
