import { differences } from '../compare.js';
import { Names } from '../controllers/names.js';
import { Replay } from '../controllers/replay.js';
import { rolloutsOf } from '../controllers/rollouts.js';
import type { Scenario, Snapshot } from '../controllers/scenario.js';
import { snapshotOf } from '../controllers/snapshot.js';
import { Trace } from '../controllers/trace.js';
import type { CaseRunner, Suite } from '../suite.js';

type Item = Readonly<Record<string, unknown>>;

/** Letters of Pods carry no identity: they are left out before lists are compared as collections. */
const withoutLetters = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutLetters);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        key === 'name' || key === 'target' ? unlettered(item) : withoutLetters(item),
      ]),
    );
  return value;
};

const unlettered = (name: unknown): unknown => (typeof name === 'string' ? name.replace(/-[a-z]$/, '-*') : name);

const sorted = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(sorted).sort().join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value as Item)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${key}:${sorted(item)}`)
    .join()}}`;
};

const collection = (value: unknown): unknown => {
  if (!Array.isArray(value)) return value;
  return [...(value as readonly unknown[])].sort((a, b) => (sorted(a) < sorted(b) ? -1 : 1));
};

/** Fields that a recording has only where its scenario is about them. */
const optional = new Set(['node', 'kept', 'tolerations', 'finalizers', 'restarts', 'unschedulable', 'owner']);

const keysIn = (value: unknown, found = new Set<string>()): ReadonlySet<string> => {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, item] of Object.entries(value)) {
    if (!Array.isArray(value)) found.add(key);
    keysIn(item, found);
  }
  return found;
};

const onlyRecorded = (value: unknown, recorded: ReadonlySet<string>): unknown => {
  if (Array.isArray(value)) return value.map((item) => onlyRecorded(item, recorded));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !optional.has(key) || recorded.has(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, onlyRecorded(item, recorded)]));
};

/** Which fields each section of a scenario has anywhere. */
const fieldsIn = (snapshots: readonly Snapshot[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const sections = new Set(snapshots.flatMap((snapshot) => Object.keys(snapshot)));
  return new Map([...sections].map((section) => [section, keysIn(snapshots.map((snapshot) => snapshot[section] ?? []))]));
};

const compare = (
  expected: Snapshot,
  actual: Item,
  recorded: ReadonlyMap<string, ReadonlySet<string>>,
  index: number,
): readonly string[] =>
  Object.entries(expected).flatMap(([section, wanted]) => {
    const own = onlyRecorded(actual[section], recorded.get(section) ?? new Set());
    const isList = Array.isArray(wanted) && section !== 'scaling' && section !== 'order';
    const [a, b] = isList ? [collection(withoutLetters(wanted)), collection(withoutLetters(own))] : [wanted, own];
    return sorted(a) === sorted(b) ? [] : differences(a, b, `snapshot ${index} ${section}`, 2);
  });

const run: CaseRunner = (record) => {
  const scenario = record as Scenario;
  const replay = new Replay(scenario);
  const names = new Names(replay);
  const trace = new Trace(replay, names);
  replay.ownerName = (pod) => {
    const [owner] = replay.ownersOf(pod);
    return owner && names.owner(owner).split('/')[1];
  };
  const recorded = fieldsIn(scenario.expected);
  const lines: string[] = [];
  let before: ReadonlySet<string> | undefined;
  const look = (index: number, result: unknown): void => {
    const expected = scenario.expected[index];
    if (expected === undefined) return;
    const actual = { ...snapshotOf(replay, names, before), rollouts: rolloutsOf(replay, names), ...trace.take(), result };
    lines.push(...compare(expected, actual, recorded, index));
    before = new Set(replay.plane.api.store.list('Pod', 'default').map(({ metadata }) => metadata.uid));
  };
  const setup = replay.apply(scenario.setup);
  replay.settle();
  look(0, setup);
  for (const [index, action] of scenario.actions.entries()) {
    const result = replay.act(action);
    if (action.observe) replay.wait(1.5);
    else replay.settle();
    look(index + 1, result);
  }
  return lines;
};

const families = [
  'daemonset',
  'deployment-rollout',
  'endpoints',
  'job',
  'node-failure',
  'pdb-drain',
  'preemption',
  'quota',
  'rollout-deadlocks',
  'self-healing',
  'statefulset',
];

export const suite: Suite = { families: Object.fromEntries(families.map((family) => [family, run])) };
