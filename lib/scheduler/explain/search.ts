import type { Pod } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import type { Edit, Obstacle, Remedy } from './explanation.js';
import type { Answers } from './obstacles.js';
import type { Trial } from './trial.js';

/** A change that was tried on the scheduler. */
export interface TriedChange {
  /** All of its edits, as one instruction. */
  readonly text: string;
  readonly edits: readonly Edit[];
  /** How many of the waiting Pods then find a node, one after the other. */
  readonly fits: number;
  readonly of: number;
  /** How much of a change it is: less is better, and only the order means anything. */
  readonly cost: number;
}

/** How often the scheduler is asked at most for one explanation. */
const mostTries = 240;
/** How many changes are told. */
const mostTold = 8;
/** How many remedies are joined at most, and how many are tried as the next one. */
const mostTogether = 3;
const mostExtensions = 6;
/** How many of those that help only some Pods. */
const mostPartial = 2;

/** A change, and the remedies that it is made of. */
interface Tried {
  readonly remedies: readonly Remedy[];
  readonly change: TriedChange;
}

const described = (remedies: readonly Remedy[], steps: readonly number[], fits: number, of: number): TriedChange => {
  const edits = remedies.map((remedy, index) => remedy.at(steps[index] ?? 1));
  const cost = remedies.reduce((sum, remedy, index) => sum + remedy.cost(steps[index] ?? 1), 0);
  return { text: edits.map(({ text }) => text).join(', and '), edits, fits, of, cost };
};

/** The smallest step that `helps`; the largest is known to. */
const smallestStep = ({ steps, hints = [] }: Remedy, helps: (step: number) => boolean): number => {
  let [low, high] = [1, steps];
  for (const hint of hints) {
    if (hint < low || hint >= high) continue;
    if (!helps(hint)) low = hint + 1;
    else {
      high = hint;
      // Mostly the hint is exact, and one step less does not help.
      if (hint > low && !helps(hint - 1)) return hint;
    }
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (helps(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
};

/** The remedies together, each as small as it can be; undefined when they help nobody even at their largest. */
const tryTogether = (trial: Trial, remedies: readonly Remedy[]): Tried | undefined => {
  const steps = remedies.map((remedy) => remedy.steps);
  if (steps.some((count) => count < 1) || trial.tries >= mostTries) return undefined;
  const fitsAt = (at: readonly number[]): number => trial.fits(remedies.map((remedy, index) => remedy.at(at[index] ?? 1)));
  const most = fitsAt(steps);
  if (most === 0) return undefined;
  for (const [index, remedy] of remedies.entries()) {
    steps[index] = smallestStep(remedy, (step) => fitsAt(steps.with(index, step)) >= most);
  }
  return { remedies, change: described(remedies, steps, most, trial.waiting) };
};

const isWhole = ({ change: { fits, of } }: Tried): boolean => fits === of;

const changeOf = ({ change }: Tried): TriedChange => change;

const cheapest = (remedies: readonly Remedy[], count: number): readonly Remedy[] =>
  remedies.toSorted((a, b) => a.cost(1) - b.cost(1)).slice(0, count);

const products = <T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] =>
  lists.reduce<readonly (readonly T[])[]>((sets, list) => sets.flatMap((set) => list.map((one) => [...set, one])), [[]]);

/** What stands in the way on nodes that have two or three things against the Pod, the most frequent combinations of the fewest first. */
const combinations = ({ obstacles, question }: Answers): readonly (readonly Obstacle[])[] => {
  const found = new Map<string, { readonly obstacles: readonly Obstacle[]; nodes: number }>();
  const standing = new Map<string, Obstacle[]>();
  for (const obstacle of obstacles) {
    for (const node of [...obstacle.nodes, ...obstacle.alsoOn]) {
      const known = standing.get(node);
      if (known === undefined) standing.set(node, [obstacle]);
      else known.push(obstacle);
    }
  }
  for (const { name } of question.cache.nodes) {
    const against = standing.get(name) ?? [];
    if (against.length < 2 || against.length > 3) continue;
    const key = against.map(({ plugin, reason }) => `${plugin} ${reason}`).join();
    const known = found.get(key);
    if (known === undefined) found.set(key, { obstacles: against, nodes: 1 });
    else known.nodes++;
  }
  return [...found.values()]
    .sort((a, b) => a.obstacles.length - b.obstacles.length || b.nodes - a.nodes)
    .slice(0, 4)
    .map((one) => one.obstacles);
};

/** Changes that set the same fields to the same, though of different nodes, are one; the cheapest stands for them. */
const gistOf = ({ edits }: TriedChange): string =>
  edits.map((edit) => (edit.kind === 'node' ? edit.text.replaceAll(edit.node, '') : edit.text)).join();

const distinct = (changes: readonly TriedChange[]): readonly TriedChange[] => {
  const found = new Map<string, TriedChange>();
  for (const change of changes.toSorted((a, b) => a.cost - b.cost))
    if (!found.has(gistOf(change))) found.set(gistOf(change), change);
  return [...found.values()];
};

/** What makes all Pods fit, and what helps some of them if it is smaller or nothing helps all. */
const toTell = (tried: readonly Tried[]): readonly TriedChange[] => {
  const whole = distinct(tried.filter(isWhole).map(changeOf));
  const least = whole[0]?.cost ?? Number.POSITIVE_INFINITY;
  const partial = distinct(tried.filter((one) => !isWhole(one)).map(changeOf))
    .filter(({ cost }) => cost < least)
    .toSorted((a, b) => b.fits - a.fits || a.cost - b.cost)
    .slice(0, mostPartial);
  return [...partial, ...whole].sort((a, b) => a.cost - b.cost).slice(0, mostTold);
};

const fieldOf = (edit: Edit): string => ('field' in edit ? `${edit.kind} ${edit.field}` : edit.kind);

const isOwn = ({ change: { edits } }: Tried): boolean => edits.some(({ kind }) => kind === 'template' || kind === 'claim');

const remediesOf = ({ obstacles, remediesOf: of }: Answers): readonly Remedy[] => obstacles.flatMap(of);

/** What lets most Pods fit, together with what would help the first that still does not. */
const extended = (
  trial: Trial,
  tried: readonly Tried[],
  answersFor: (pod: Admitted<Pod>) => Answers,
  others: readonly Remedy[],
): readonly Tried[] => {
  const [best] = tried.toSorted((a, b) => b.change.fits - a.change.fits || a.change.cost - b.change.cost);
  if (best === undefined || best.remedies.length >= mostTogether) return [];
  const fields = new Set(best.change.edits.map(fieldOf));
  // One field is changed once: a remedy finds out itself how far it must go.
  const next = (trial.atFirstMisfit(best.change.edits, (pod) => remediesOf(answersFor(pod))) ?? []).filter(
    (remedy) => remedy.steps > 0 && !fields.has(fieldOf(remedy.at(1))),
  );
  return [...cheapest(next, mostExtensions), ...others.filter((remedy) => !best.remedies.includes(remedy))].flatMap(
    (remedy) => tryTogether(trial, [...best.remedies, remedy]) ?? [],
  );
};

/**
 * The smallest changes after which the waiting Pods fit, smallest first: one remedy at a time, and where none is enough, those of everything
 * that stands in the way on a node together, and of what stands in the way of the next Pod then. `others` are remedies that no obstacle brings,
 * such as more nodes.
 */
export const smallestChanges = (
  trial: Trial,
  answersFor: (pod: Admitted<Pod>) => Answers,
  others: readonly Remedy[],
): readonly TriedChange[] => {
  const answers = trial.atFirstMisfit([], answersFor);
  if (answers === undefined) return [];
  const byObstacle = new Map(answers.obstacles.map((obstacle) => [obstacle, answers.remediesOf(obstacle)]));
  const singles = [...byObstacle.values()].flat();
  const tried = [...cheapest(singles, singles.length), ...others].flatMap((remedy) => tryTogether(trial, [remedy]) ?? []);
  if (!tried.some((one) => isWhole(one) && isOwn(one))) {
    for (const against of combinations(answers)) {
      const sets = products(against.map((obstacle) => cheapest(byObstacle.get(obstacle) ?? [], 2)));
      tried.push(...sets.flatMap((remedies) => tryTogether(trial, remedies) ?? []));
    }
  }
  for (let round = 1; round < mostTogether && !tried.some(isWhole); round++)
    tried.push(...extended(trial, tried, answersFor, others));
  return toTell(tried);
};
