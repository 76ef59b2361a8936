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
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === 'name' || key === 'target' ? unlettered(item) : withoutLetters(item)]));
  return value;
};

const unlettered = (name: unknown): unknown => (typeof name === 'string' ? name.replace(/-[a-z]$/, '-*') : name);

const sorted = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(sorted).sort().join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value as Item).filter(([, item]) => item !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => `${key}:${sorted(item)}`).join()}}`;
};

const collection = (value: unknown): unknown => {
  if (!Array.isArray(value)) return value;
  return [...(value as readonly unknown[])].sort((a, b) => (sorted(a) < sorted(b) ? -1 : 1));
};

/** Fields that a recording has only where its scenario is about them. */
const optional = ['node', 'kept', 'tolerations', 'finalizers', 'restarts'];

const onlyRecorded = (section: unknown, recorded: ReadonlySet<string>): unknown =>
  Array.isArray(section)
    ? section.map((item: Item) => Object.fromEntries(Object.entries(item).filter(([key]) => !optional.includes(key) || recorded.has(key))))
    : section;

const fieldsIn = (snapshots: readonly Snapshot[]): ReadonlySet<string> =>
  new Set(snapshots.flatMap(({ pods }) => (Array.isArray(pods) ? (pods as readonly Item[]).flatMap((pod) => Object.keys(pod)) : [])));

const compare = (expected: Snapshot, actual: Item, recorded: ReadonlySet<string>, index: number): readonly string[] =>
  Object.entries(expected).flatMap(([section, wanted]) => {
    const own = onlyRecorded(actual[section], recorded);
    const isList = Array.isArray(wanted) && section !== 'scaling' && section !== 'order';
    const [a, b] = isList ? [collection(withoutLetters(wanted)), collection(withoutLetters(own))] : [wanted, own];
    return sorted(a) === sorted(b) ? [] : differences(a, b, `snapshot ${index} ${section}`, 2);
  });

const run: CaseRunner = (record) => {
  const scenario = record as Scenario;
  const replay = new Replay(scenario);
  const names = new Names(replay);
  const trace = new Trace(replay, names);
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
  'rollout-deadlocks',
  'self-healing',
  'statefulset',
];

export const suite: Suite = { families: Object.fromEntries(families.map((family) => [family, run])) };
