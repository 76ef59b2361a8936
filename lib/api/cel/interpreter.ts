import { EvaluationError } from './fault.js';
import { fromJson } from './json.js';
import { dispatch } from './library/index.js';
import { type FoldNode, type Node, withoutDot } from './node.js';
import { equals } from './operators.js';
import { select, selectOptional, selects } from './select.js';
import { type CelType, dyn } from './type.js';
import {
  type CelList,
  type CelMap,
  isList,
  isMap,
  LiteralMap,
  Message,
  Optional,
  type Program,
  TypeValue,
  type Value,
} from './value.js';

/** Names and their values; a comprehension adds its variables in a scope of its own. */
export interface Scope {
  readonly get: (name: string) => Value;
}

type Step = (scope: Scope) => Value;

const noOverload = (): never => {
  throw new EvaluationError('no such overload');
};

/** The program as a function of the variables. */
export const plan = ({ node, qualified }: Program): Step => new Planner(qualified).plan(node);

const typeValues = new Set(
  'bool int uint double string bytes list map null_type type google.protobuf.Timestamp google.protobuf.Duration'.split(' '),
);

class Planner {
  readonly #qualified: ReadonlyMap<Node, string>;

  constructor(qualified: ReadonlyMap<Node, string>) {
    this.#qualified = qualified;
  }

  plan(node: Node): Step {
    switch (node.kind) {
      case 'literal':
        return () => node.value;
      case 'ident':
        return this.#name(node.name);
      case 'select':
        return this.#select(node);
      case 'optSelect': {
        const of = this.plan(node.of);
        return (scope) => selectOptional(of(scope), node.field);
      }
      case 'call':
        return this.#call(node);
      case 'list':
        return this.#list(node);
      case 'map':
        return this.#map(node);
      case 'message':
        return this.#message(node);
      case 'fold':
        return this.#fold(node);
      case 'optMap':
        return this.#optMap(node);
    }
  }

  #name(written: string): Step {
    const name = withoutDot(written);
    return (scope) => scope.get(name);
  }

  #select(node: Extract<Node, { kind: 'select' }>): Step {
    const name = this.#qualified.get(node);
    if (name !== undefined) return this.#name(name);
    const of = this.plan(node.of);
    const { field } = node;
    return node.test ? (scope) => selects(of(scope), field) : (scope) => select(of(scope), field);
  }

  #call(node: Extract<Node, { kind: 'call' }>): Step {
    const args = node.args.map((argument) => this.plan(argument));
    const [first, second, third] = args;
    if (first !== undefined && second !== undefined) {
      switch (node.name) {
        case '_&&_':
          return absorb(args, false);
        case '_||_':
          return absorb(args, true);
        case '_?_:_':
          return (scope) => {
            const condition = first(scope);
            if (typeof condition !== 'boolean') return noOverload();
            return condition ? second(scope) : (third?.(scope) ?? null);
          };
        case '_==_':
          return (scope) => equals(first(scope), second(scope));
        case '_!=_':
          return (scope) => !equals(first(scope), second(scope));
        case '_[_]':
          return (scope) => select(first(scope), second(scope));
        case '_[?_]':
          return (scope) => selectOptional(first(scope), second(scope));
      }
    }
    const qualified = this.#qualified.get(node);
    const receiver = qualified === undefined && node.target !== undefined ? [this.plan(node.target)] : [];
    const all = [...receiver, ...args];
    const name = qualified ?? withoutDot(node.name);
    const member = receiver.length > 0;
    if (name === 'orValue' || name === 'or') return this.#or(name, all);
    return (scope) =>
      dispatch(
        name,
        all.map((argument) => argument(scope)),
        member,
      );
  }

  /** `orValue` asks for its argument only when the optional is empty. */
  #or(name: string, [target, other]: readonly Step[]): Step {
    return (scope) => {
      const optional = target?.(scope);
      if (!(optional instanceof Optional)) return noOverload();
      if (optional.value !== undefined) return name === 'or' ? optional : optional.value;
      return other?.(scope) ?? null;
    };
  }

  #list({ items }: Extract<Node, { kind: 'list' }>): Step {
    const steps = items.map(({ value, optional }) => ({ step: this.plan(value), optional }));
    return (scope) => {
      const list: Value[] = [];
      for (const { step, optional } of steps) {
        const value = given(step(scope), optional);
        if (value !== undefined) list.push(value);
      }
      return list;
    };
  }

  #map({ entries }: Extract<Node, { kind: 'map' }>): Step {
    const steps = entries.map(({ key, value, optional }) => ({ key: this.plan(key), step: this.plan(value), optional }));
    return (scope) => {
      const pairs: [Value, Value][] = [];
      for (const { key, step, optional } of steps) {
        const name = key(scope);
        const value = given(step(scope), optional);
        if (value !== undefined) pairs.push([name, value]);
      }
      return new LiteralMap(pairs);
    };
  }

  #message({ name, fields }: Extract<Node, { kind: 'message' }>): Step {
    const steps = fields.map((field) => ({ name: field.name, optional: field.optional, step: this.plan(field.value) }));
    return (scope) => {
      const values = new Map<string, Value>();
      for (const field of steps) {
        const value = given(field.step(scope), field.optional);
        if (value !== undefined) values.set(field.name, value);
      }
      return new Message(name, values);
    };
  }

  #optMap(node: Extract<Node, { kind: 'optMap' }>): Step {
    const target = this.plan(node.target);
    const step = this.plan(node.step);
    return (scope) => {
      const optional = target(scope);
      if (!(optional instanceof Optional)) return noOverload();
      const { value } = optional;
      if (value === undefined) return optional;
      const mapped = step(within(scope, node.variable, value));
      return node.flat ? mapped : new Optional(mapped);
    };
  }

  #fold(node: FoldNode): Step {
    const range = this.plan(node.range);
    const step = this.plan(node.step);
    const filter = node.filter === undefined ? undefined : this.plan(node.filter);
    const run = folds[node.macro];
    return (scope) => {
      const values = range(scope);
      if (!isList(values) && !isMap(values)) throw new EvaluationError(`got '${goType(values)}', expected iterable type`);
      const items = isList(values) ? listItems(node, values) : mapItems(node, values);
      return run({
        items,
        step,
        scope,
        chosen: (inner) => filter === undefined || isTrue(filter(inner)),
        node,
        isMap: isMap(values),
      });
    };
  }
}

/** What an element of a literal adds to it: nothing, where `?element` is empty. */
const given = (value: Value, optional: boolean): Value | undefined => {
  if (!optional) return value;
  return value instanceof Optional ? value.value : noOverload();
};

interface Element {
  readonly key: Value;
  readonly value: Value;
}

interface Fold {
  readonly items: readonly Element[];
  readonly step: Step;
  readonly scope: Scope;
  readonly chosen: (scope: Scope) => boolean;
  readonly node: FoldNode;
  readonly isMap: boolean;
}

const listItems = (node: FoldNode, list: CelList): readonly Element[] =>
  node.second === undefined
    ? list.map((value) => ({ key: value, value }))
    : list.map((value, index) => ({ key: BigInt(index), value }));

const mapItems = (node: FoldNode, map: CelMap): readonly Element[] =>
  map.keys().map((key) => ({ key, value: node.second === undefined ? key : (map.get(key) ?? null) }));

const within = (scope: Scope, name: string, value: Value): Scope => ({
  get: (asked) => (asked === name ? value : scope.get(asked)),
});

const scopeOf = ({ scope, node }: Fold, { key, value }: Element): Scope => {
  const first = within(scope, node.variable, key);
  return node.second === undefined ? first : within(first, node.second, value);
};

const isTrue = (value: Value): boolean => (typeof value === 'boolean' ? value : noOverload());

/** `all` and `exists`: the first element that decides wins over errors of others. */
const quantify = (fold: Fold, deciding: boolean): Value =>
  absorb(
    fold.items.map((item) => () => fold.step(scopeOf(fold, item))),
    deciding,
  )(fold.scope);

const collect = (fold: Fold, result: (scope: Scope, item: Element) => Value): Value[] =>
  fold.items.flatMap((item) => {
    const scope = scopeOf(fold, item);
    return fold.chosen(scope) ? [result(scope, item)] : [];
  });

const folds: Readonly<Record<FoldNode['macro'], (fold: Fold) => Value>> = {
  all: (fold) => quantify(fold, false),
  exists: (fold) => quantify(fold, true),
  exists_one: (fold) => fold.items.filter((item) => isTrue(fold.step(scopeOf(fold, item)))).length === 1,
  filter: (fold) => fold.items.filter((item) => isTrue(fold.step(scopeOf(fold, item)))).map(({ key }) => key),
  map: (fold) => collect(fold, fold.step),
  transformList: (fold) => collect(fold, fold.step),
  transformMap: (fold) => {
    const pairs: [Value, Value][] = [];
    collect(fold, (scope, { key }) => {
      pairs.push([key, fold.step(scope)]);
      return null;
    });
    return new LiteralMap(pairs);
  },
  transformMapEntry: (fold) => {
    const pairs = new Map<Value, Value>();
    for (const made of collect(fold, fold.step)) {
      if (!isMap(made)) return noOverload();
      for (const key of made.keys()) {
        if (pairs.has(key)) throw new EvaluationError(`insert failed: key ${String(key)} already exists`);
        pairs.set(key, made.get(key) ?? null);
      }
    }
    return new LiteralMap(pairs);
  },
  sortBy: (fold) => {
    const keys = collect(fold, fold.step);
    return dispatch('@sortByAssociatedKeys', [fold.items.map(({ key }) => key), keys], true);
  },
};

/** `&&` (deciding: false) and `||` (true): an operand that decides wins, whatever else fails. */
const absorb =
  (steps: readonly Step[], deciding: boolean): Step =>
  (scope) => {
    let error: EvaluationError | undefined;
    for (const step of steps) {
      try {
        const value = step(scope);
        if (value === deciding) return deciding;
        if (typeof value !== 'boolean') error ??= new EvaluationError('no such overload');
      } catch (thrown) {
        if (!(thrown instanceof EvaluationError)) throw thrown;
        error ??= thrown;
      }
    }
    if (error !== undefined) throw error;
    return !deciding;
  };

const goTypes: Readonly<Record<string, string>> = { string: 'String', bigint: 'Int', number: 'Double', boolean: 'Bool' };
const goType = (value: Value): string => `types.${value === null ? 'Null' : (goTypes[typeof value] ?? 'Object')}`;

/** The variables of an evaluation: JSON becomes values when a variable is first asked for. */
export const scopeOfVariables = (
  variables: Readonly<Record<string, unknown>>,
  types: ReadonlyMap<string, CelType>,
  overrides: ReadonlyMap<string, Value> = new Map(),
): Scope => {
  const values = new Map<string, Value>(overrides);
  return {
    get: (name) => {
      const known = values.get(name);
      if (known !== undefined) return known;
      const type = types.get(name) ?? dyn;
      const isGiven = Object.hasOwn(variables, name) && (variables[name] !== undefined || type.kind === 'optional');
      if (!isGiven && type.kind !== 'optional') {
        if (typeValues.has(name)) return new TypeValue(name);
        throw new EvaluationError(`no such attribute(s): ${name}`);
      }
      const value = fromJson(variables[name], type);
      values.set(name, value);
      return value;
    },
  };
};
