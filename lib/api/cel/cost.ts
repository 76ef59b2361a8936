import type { FoldNode, Node } from './node.js';
import type { CelType } from './type.js';
import type { Program } from './value.js';

/** A range of a size or of a cost. */
export interface Estimate {
  readonly min: number;
  readonly max: number;
}

// What has no bound counts as the largest number of 64 bits; sums and products stop there.
const most = 2 ** 64;
const unknown: Estimate = { min: 0, max: most };
const none: Estimate = { min: 0, max: 0 };
const one: Estimate = { min: 1, max: 1 };
const listCost = 10;
const mapCost = 30;
const messageCost = 40;
const traversal = 0.1;
const regexTraversal = 0.25;

const fixed = (cost: number): Estimate => ({ min: cost, max: cost });
const cap = (value: number): number => Math.min(value, most);
const add = (...all: readonly Estimate[]): Estimate => ({
  min: cap(all.reduce((sum, { min }) => sum + min, 0)),
  max: cap(all.reduce((sum, { max }) => sum + max, 0)),
});
const times = (a: Estimate, b: Estimate): Estimate => ({ min: cap(a.min * b.min), max: cap(a.max * b.max) });
const scaled = (a: Estimate, factor: number): Estimate => ({
  min: cap(Math.ceil(a.min * factor)),
  max: cap(Math.ceil(a.max * factor)),
});
const union = (a: Estimate, b: Estimate): Estimate => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) });

const constantSize = new Set<CelType['kind']>(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);
const unbounded = new Set<CelType['kind']>(['string', 'bytes', 'list', 'map', 'dyn']);
const isText = ({ kind }: CelType): boolean => kind === 'string' || kind === 'bytes' || kind === 'dyn';
const comparisons = new Set(['_<_', '_<=_', '_>_', '_>=_']);

/** What is known of a part of an expression besides its type. */
interface Known {
  readonly size?: Estimate | undefined;
  /** Reached from a variable by fields and items alone: then its type says how large it can be. */
  readonly path: boolean;
}

interface Costed extends Known {
  readonly cost: Estimate;
}

/**
 * How much an evaluation costs at least and at most, before anything is evaluated (`checker.Cost` with the estimates of the API
 * server's libraries). Bounds come from the types of the variables.
 */
export const costOf = (program: Program): Estimate => new Coster(program).cost(program.node).cost;

class Coster {
  readonly #types: Program['types'];
  readonly #qualified: Program['qualified'];
  readonly #locals: ReadonlyMap<string, Known>[] = [];

  constructor({ types, qualified }: Program) {
    this.#types = types;
    this.#qualified = qualified;
  }

  #type(node: Node): CelType {
    return this.#types.get(node) ?? { kind: 'dyn' };
  }

  #size(node: Node, { size, path }: Known): Estimate {
    if (size !== undefined) return size;
    const type = this.#type(node);
    if (path) {
      const bound = 'maxElements' in type ? type.maxElements : undefined;
      if (bound !== undefined) return { min: 0, max: bound };
      return unbounded.has(type.kind) ? unknown : none;
    }
    return constantSize.has(type.kind) ? one : unknown;
  }

  cost(node: Node): Costed {
    switch (node.kind) {
      case 'literal': {
        const { value } = node;
        const length = typeof value === 'string' ? [...value].length : value instanceof Uint8Array ? value.length : 1;
        return { cost: none, size: fixed(length), path: false };
      }
      case 'ident': {
        const local = this.#locals
          .toReversed()
          .find((scope) => scope.has(node.name))
          ?.get(node.name);
        return { cost: one, ...(local ?? { path: true }) };
      }
      case 'select':
        return this.#select(node);
      case 'optSelect':
        return { cost: add(this.cost(node.of).cost, one), path: false };
      case 'call':
        return this.#call(node);
      case 'list': {
        const items = node.items.map(({ value }) => this.cost(value).cost);
        return { cost: add(fixed(listCost), ...items), size: fixed(items.length), path: false };
      }
      case 'map': {
        const entries = node.entries.flatMap(({ key, value }) => [this.cost(key).cost, this.cost(value).cost]);
        return { cost: add(fixed(mapCost), ...entries), size: fixed(node.entries.length), path: false };
      }
      case 'message':
        return { cost: add(fixed(messageCost), ...node.fields.map(({ value }) => this.cost(value).cost)), path: false };
      case 'fold':
        return this.#fold(node);
      case 'optMap': {
        const target = this.cost(node.target).cost;
        const step = this.#within([[node.variable, { path: false }]], () => this.cost(node.step).cost);
        return { cost: add(target, target, fixed(listCost + 3), step), path: false };
      }
    }
  }

  #within<T>(variables: readonly (readonly [string, Known])[], run: () => T): T {
    this.#locals.push(new Map(variables));
    const result = run();
    this.#locals.pop();
    return result;
  }

  #select(node: Extract<Node, { kind: 'select' }>): Costed {
    if (this.#qualified.has(node)) return { cost: one, path: true };
    const of = this.cost(node.of);
    if (node.test) return { cost: of.cost, path: false };
    const { kind } = this.#type(node.of);
    const step = kind === 'map' || kind === 'object' || kind === 'param' ? one : none;
    return { cost: add(of.cost, step), path: of.path };
  }

  #call(node: Extract<Node, { kind: 'call' }>): Costed {
    const { args } = node;
    const costed = args.map((argument) => this.cost(argument));
    const argsCost = add(none, ...costed.map(({ cost }) => cost));
    const qualified = this.#qualified.get(node);
    const receiver = qualified === undefined ? node.target : undefined;
    const target = receiver === undefined ? undefined : this.cost(receiver);
    const sizes = args.map((argument, index) => this.#size(argument, costed[index] ?? { path: false }));
    const call: Call = {
      name: qualified ?? node.name,
      target: receiver === undefined || target === undefined ? undefined : this.#size(receiver, target),
      element: receiver === undefined ? undefined : this.#elementSize(receiver, target?.path === true),
      targetType: receiver === undefined ? undefined : this.#type(receiver),
      sizes,
      costs: costed.map(({ cost }) => cost),
      types: args.map((argument) => this.#type(argument)),
    };
    const { cost, size, whole } = callCost(call);
    const total = whole ? cost : add(cost, argsCost);
    const isIndex = node.name === '_[_]' && costed[0]?.path === true;
    return { cost: add(target?.cost ?? none, total), size, path: isIndex };
  }

  #elementSize(list: Node, path: boolean): Estimate | undefined {
    const type = this.#type(list);
    if (type.kind !== 'list') return undefined;
    const { element } = type;
    const bound = path && 'maxElements' in element ? element.maxElements : undefined;
    return bound === undefined ? unknown : { min: 0, max: bound };
  }

  #fold(node: FoldNode): Costed {
    const range = this.cost(node.range);
    const count = this.#size(node.range, range);
    const variable: Known = { path: range.path };
    const variables: (readonly [string, Known])[] = [[node.variable, variable]];
    if (node.second !== undefined) variables.push([node.second, variable]);
    const [step, filter] = this.#within(variables, () => [
      this.cost(node.step).cost,
      node.filter === undefined ? undefined : this.cost(node.filter).cost,
    ]);
    const { init, round, result, sized } = foldCost(node, step, filter);
    return {
      cost: add(range.cost, fixed(init), times(count, round), fixed(result)),
      size: sized ? count : one,
      path: false,
    };
  }
}

/** What the loops cost that macros stand for: before, in each round, and behind. */
const foldCost = (node: FoldNode, step: Estimate, filter: Estimate | undefined) => {
  const chosen = (cost: Estimate): Estimate => (filter === undefined ? cost : add(filter, union(cost, one)));
  const appended = (cost: Estimate): Estimate => add(fixed(2 + listCost), cost);
  switch (node.macro) {
    case 'all':
      return { init: 0, round: add(fixed(2), { min: 1, max: cap(1 + step.max) }), result: 1, sized: false };
    case 'exists':
      return { init: 0, round: add(fixed(3), { min: 1, max: cap(1 + step.max) }), result: 1, sized: false };
    case 'exists_one':
      return { init: 0, round: add(step, { min: 1, max: 2 }), result: 2, sized: false };
    case 'filter':
      return { init: listCost, round: add(step, union(appended(one), one)), result: 1, sized: true };
    case 'transformMap':
    case 'transformMapEntry':
      return { init: mapCost, round: chosen(add(fixed(2), step)), result: 1, sized: true };
    case 'map':
    case 'transformList':
    case 'sortBy':
      return { init: listCost, round: chosen(appended(step)), result: 1, sized: true };
  }
};

interface Call {
  readonly name: string;
  readonly target: Estimate | undefined;
  readonly targetType: CelType | undefined;
  /** Of the elements of the list that the call is made on. */
  readonly element: Estimate | undefined;
  readonly sizes: readonly Estimate[];
  readonly costs: readonly Estimate[];
  readonly types: readonly CelType[];
}

/** `whole`: the cost of the arguments is in it already. */
interface CallCost {
  readonly cost: Estimate;
  readonly size?: Estimate;
  readonly whole?: true;
}

const perText = (size: Estimate, rounds = 1): Estimate => scaled(size, rounds * traversal);

const callCost = (call: Call): CallCost => {
  const { name, sizes, types, costs, target, element } = call;
  const [first = unknown, second = unknown, third = unknown] = sizes;
  const [left = { kind: 'dyn' }, right = { kind: 'dyn' }] = types as readonly CelType[];
  switch (name) {
    case '_&&_':
    case '_||_': {
      const all = add(none, ...costs);
      return { cost: { min: costs[0]?.min ?? 0, max: all.max }, whole: true };
    }
    case '_?_:_': {
      const [condition = none, yes = none, no = none] = costs;
      return { cost: add(condition, union(yes, no)), size: union(second, third), whole: true };
    }
    case '_==_':
    case '_!=_':
      if (left.kind === 'opaque' && left.name !== 'kubernetes.URL') return { cost: one };
      return { cost: compared(first, second) };
    case '_+_':
      return sum(left, right, add(first, second));
    case '@in':
      return { cost: right.kind === 'map' ? one : second };
    case 'startsWith':
    case 'endsWith':
      return { cost: perText(first) };
    case 'contains':
      return { cost: times(perText(target ?? unknown), perText(first)) };
    case 'matches': {
      const [text, pattern] = target === undefined ? [first, second] : [target, first];
      return { cost: times(perText(add(text, one)), scaled(pattern, regexTraversal)) };
    }
    case 'find':
    case 'findAll': {
      const text = target ?? unknown;
      return { cost: times(perText(add(text, one)), scaled(first, regexTraversal)), size: { min: 0, max: text.max } };
    }
    case 'isSorted':
    case 'sum':
    case 'max':
    case 'min':
    case 'indexOf':
    case 'lastIndexOf': {
      const of = target ?? unknown;
      if (element === undefined) return { cost: perText(of) };
      const { kind } = (call.targetType as Extract<CelType, { kind: 'list' }>).element;
      return { cost: times(of, kind === 'string' || kind === 'bytes' ? add(one, perText(element)) : one) };
    }
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
      return { cost: perText(target ?? unknown), size: target ?? unknown };
    case 'replace':
      return { cost: perText(target ?? unknown, 2), size: replaced(target ?? unknown, first, second) };
    case 'split':
      return { cost: perText(target ?? unknown, 2), size: { min: 0, max: (target ?? unknown).max } };
    case 'join': {
      const list = target ?? unknown;
      const separators = { min: Math.max(0, list.min - 1), max: Math.max(0, list.max - 1) };
      const texts = element === undefined ? none : times(list, element);
      const size = sizes.length === 0 ? texts : add(texts, times(first, separators));
      return { cost: perText(size), size };
    }
    case 'url':
    case 'jsonpatch.escapeKey':
      return { cost: perText(first), size: first };
    case 'format':
      return { cost: perText(target ?? unknown) };
    case 'ip':
      return { cost: target === undefined ? perText(first) : one };
    case 'cidr':
    case 'isIP':
    case 'isCIDR':
    case 'isURL':
    case 'quantity':
    case 'isQuantity':
    case 'semver':
    case 'isSemver':
      return { cost: perText(first) };
    case 'ip.isCanonical':
      return { cost: perText(first, 2) };
    case 'containsIP':
      return { cost: add(perText({ min: 8, max: 32 }), left.kind === 'string' ? perText(first) : none) };
    case 'containsCIDR':
      return {
        cost: add(
          perText({ min: 8, max: 32 }),
          perText({ min: 4, max: 16 }),
          one,
          left.kind === 'string' ? perText(first) : none,
        ),
      };
    case 'validate':
      return { cost: scaled(perText(first), 128 * regexTraversal) };
    case 'check':
      return { cost: fixed(350_000) };
    default:
      if (!comparisons.has(name) || !isText(left) || !isText(right)) return { cost: one };
      // Of a value whose type is not known any comparison may be meant.
      return {
        cost: left.kind === 'dyn' || right.kind === 'dyn' ? union(compared(first, second), one) : compared(first, second),
      };
  }
};

const compared = (a: Estimate, b: Estimate): Estimate => {
  const smaller = Math.min(a.max, b.max);
  return scaled({ min: smaller > 0 ? 1 : 0, max: smaller }, traversal);
};

const sum = (left: CelType, right: CelType, size: Estimate): CallCost => {
  if (left.kind === 'list' || right.kind === 'list') return { cost: one, size };
  return isText(left) && isText(right)
    ? { cost: union(perText(size), left.kind === 'dyn' ? one : perText(size)), size }
    : { cost: one };
};

/** The size of a text in which parts are replaced. */
const replaced = (text: Estimate, old: Estimate, next: Estimate): Estimate => {
  const count = old.min === 0 ? text.max + 1 : next.max <= old.min ? 0 : Math.ceil(text.max / old.min);
  const kept = old.min === 0 || next.max <= old.min ? text.max : 0;
  return { min: 0, max: cap(count * next.max + kept) };
};
