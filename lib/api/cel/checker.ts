import type { CelFault } from './fault.js';
import { fieldOf } from './json.js';
import { functions } from './library/index.js';
import type { Overload } from './library/signature.js';
import { type Entry, type FoldNode, type Item, type Node, withoutDot } from './node.js';
import { bool, type CelType, checkedText, dyn, failed, int, listOf, mapOf, optionalOf, sameType, string } from './type.js';
import { mostGeneral, Substitution } from './unify.js';
import { Uint, type Value } from './value.js';

/** What an expression may name. */
export interface Declarations {
  readonly variables: ReadonlyMap<string, CelType>;
  /** Expressions may make `Object{...}`, `Object.spec{...}` and `JSONPatch{...}`, as those of mutating policies do. */
  readonly patchTypes?: boolean;
}

interface Checked {
  readonly type: CelType;
  readonly types: ReadonlyMap<Node, CelType>;
  readonly uses: ReadonlySet<string>;
  readonly qualified: ReadonlyMap<Node, string>;
  readonly faults: readonly CelFault[];
}

const typeNames = new Map<string, CelType>([
  ...(['bool', 'int', 'uint', 'double', 'string', 'bytes'] as const).map((kind): [string, CelType] => [kind, { kind }]),
  ['list', listOf(dyn)],
  ['map', mapOf(dyn, dyn)],
  ['null_type', { kind: 'null' }],
  ['type', { kind: 'type', of: dyn }],
  ['google.protobuf.Timestamp', { kind: 'timestamp' }],
  ['google.protobuf.Duration', { kind: 'duration' }],
]);

const patchType = { kind: 'opaque', name: 'JSONPatch' } as const;
const patchFields = new Map<string, CelType>([
  ['op', string],
  ['path', string],
  ['from', string],
  ['value', dyn],
]);

const literalType = (value: Value): CelType => {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'boolean') return bool;
  if (typeof value === 'bigint') return int;
  if (typeof value === 'number') return { kind: 'double' };
  if (typeof value === 'string') return string;
  return value instanceof Uint ? { kind: 'uint' } : { kind: 'bytes' };
};

/** The types of an expression and its parts, as CEL's type checker finds them; where types are `dyn` the run decides. */
export const check = (node: Node, declarations: Declarations): Checked => {
  const checker = new Checker(declarations);
  const type = checker.check(node);
  return {
    type: checker.substitution.resolve(type, dyn),
    types: checker.types,
    uses: checker.uses,
    qualified: checker.qualified,
    faults: checker.faults,
  };
};

/** `a.b.c` if the node is that and nothing else. */
const qualifiedName = (node: Node): string | undefined => {
  if (node.kind === 'ident') return node.name;
  if (node.kind !== 'select' || node.test) return undefined;
  const of = qualifiedName(node.of);
  return of === undefined ? undefined : `${of}.${node.field}`;
};

class Checker {
  readonly substitution = new Substitution();
  readonly faults: CelFault[] = [];
  readonly types = new Map<Node, CelType>();
  readonly uses = new Set<string>();
  readonly qualified = new Map<Node, string>();
  readonly #declarations: Declarations;
  readonly #scopes: ReadonlyMap<string, CelType>[] = [];

  constructor(declarations: Declarations) {
    this.#declarations = declarations;
  }

  check(node: Node): CelType {
    const type = this.#typeOf(node);
    this.types.set(node, type);
    return type;
  }

  #fault(at: number, text: string): CelType {
    this.faults.push({ at, text });
    return failed;
  }

  #undeclared(at: number, name: string): CelType {
    return this.#fault(at, `undeclared reference to '${name}' (in container '')`);
  }

  #mismatch(at: number, expected: CelType, found: CelType): CelType {
    return this.#fault(at, `expected type '${checkedText(expected)}' but found '${checkedText(found)}'`);
  }

  #typeOf(node: Node): CelType {
    switch (node.kind) {
      case 'literal':
        return literalType(node.value);
      case 'ident':
        return this.#lookUp(node.name) ?? this.#undeclared(node.at, node.name);
      case 'select':
        return this.#select(node);
      case 'optSelect':
        return this.#fieldType(node.at, node.of, node.field, true);
      case 'call':
        return this.#call(node);
      case 'list':
        return listOf(
          this.#join(
            node.items,
            ({ value, optional }) => this.#element(value, optional),
            ({ value }) => value.at,
          ),
        );
      case 'map':
        return this.#map(node.entries);
      case 'message':
        return this.#message(node);
      case 'fold':
        return this.#fold(node);
      case 'optMap':
        return this.#optMap(node);
    }
  }

  #within(variables: ReadonlyMap<string, CelType>, typeOf: () => CelType): CelType {
    this.#scopes.push(variables);
    const type = typeOf();
    this.#scopes.pop();
    return type;
  }

  #lookUp(written: string): CelType | undefined {
    const name = withoutDot(written);
    if (name === written) {
      for (const scope of this.#scopes.toReversed()) {
        const type = scope.get(name);
        if (type !== undefined) return type;
      }
    }
    const variable = this.#declarations.variables.get(name);
    if (variable !== undefined) {
      this.uses.add(name);
      return variable;
    }
    const type = typeNames.get(name);
    return type === undefined ? undefined : { kind: 'type', of: type };
  }

  #isLocal(node: Node): boolean {
    if (node.kind === 'select') return this.#isLocal(node.of);
    return node.kind === 'ident' && this.#scopes.some((scope) => scope.has(node.name));
  }

  #select(node: Extract<Node, { kind: 'select' }>): CelType {
    const name = qualifiedName(node);
    if (name !== undefined && !this.#isLocal(node)) {
      const type = this.#lookUp(name);
      if (type !== undefined) {
        this.qualified.set(node, name);
        return type;
      }
    }
    const type = this.#fieldType(node.at, node.of, node.field, false);
    return node.test ? bool : type;
  }

  #fieldType(at: number, of: Node, field: string, optional: boolean): CelType {
    const operand = this.substitution.resolve(this.check(of));
    const isOptional = operand.kind === 'optional';
    const type = this.#fieldOf(at, isOptional ? operand.value : operand, field);
    return isOptional || optional ? optionalOf(type) : type;
  }

  #fieldOf(at: number, type: CelType, field: string): CelType {
    switch (type.kind) {
      case 'map':
        return type.value;
      case 'object':
        return fieldOf(type, field) ?? this.#fault(at, `undefined field '${field}'`);
      case 'opaque':
        if (type.name === 'Object' || type.name.startsWith('Object.')) return dyn;
        if (type.name === 'JSONPatch') return patchFields.get(field) ?? this.#fault(at, `undefined field '${field}'`);
        return this.#fault(at, `type '${type.name}' does not support field selection`);
      case 'param':
        this.substitution.assign([dyn], [type]);
        return dyn;
      case 'dyn':
      case 'error':
        return dyn;
      default:
        this.#fault(at, `type '${checkedText(type)}' does not support field selection`);
        return dyn;
    }
  }

  #call(node: Extract<Node, { kind: 'call' }>): CelType {
    const { target, args } = node;
    const name = withoutDot(node.name);
    const types = args.map((argument) => this.check(argument));
    if (name === '_||_' || name === '_&&_') return this.#logical(args, types);
    if (target === undefined) {
      const overloads = functions.get(name);
      return overloads === undefined ? this.#undeclared(node.at, node.name) : this.#resolve(node, name, overloads, types, false);
    }
    const prefix = this.#isLocal(target) ? undefined : qualifiedName(target);
    const namespaced = prefix === undefined ? undefined : functions.get(`${prefix}.${name}`);
    if (namespaced !== undefined && prefix !== undefined) {
      this.qualified.set(node, `${prefix}.${name}`);
      return this.#resolve(node, `${prefix}.${name}`, namespaced, types, false);
    }
    const receiver = this.check(target);
    const overloads = functions.get(name);
    if (overloads === undefined) return this.#undeclared(node.at, name);
    return this.#resolve(node, name, overloads, [receiver, ...types], true);
  }

  #logical(args: readonly Node[], types: readonly CelType[]): CelType {
    let type = bool;
    for (const [index, argument] of args.entries()) {
      const found = types[index] ?? dyn;
      if (!this.substitution.assign([found], [bool])) type = this.#mismatch(argument.at, bool, this.substitution.resolve(found));
    }
    return type;
  }

  #resolve(node: Node, name: string, overloads: readonly Overload[], args: readonly CelType[], member: boolean): CelType {
    let result: CelType | undefined;
    for (const overload of overloads) {
      if (overload.member !== member || overload.parameters.length !== args.length) continue;
      const [type = dyn, ...parameters] = this.substitution.instantiate([overload.result, ...overload.parameters]);
      if (!this.substitution.assign(args, parameters)) continue;
      const found = this.substitution.resolve(type);
      if (result === undefined) result = found;
      else if (result.kind !== 'dyn' && !sameType(found, result)) result = dyn;
    }
    if (result !== undefined) return result;
    const texts = args.map((type) => checkedText(this.substitution.resolve(type, dyn)));
    const applied = member ? `${texts[0]}.(${texts.slice(1).join(', ')})` : `(${texts.join(', ')})`;
    return this.#fault(node.at, `found no matching overload for '${name}' applied to '${applied}'`);
  }

  #element(value: Node, optional: boolean): CelType {
    const type = this.check(value);
    if (!optional) return type;
    if (type.kind === 'optional') return type.value;
    if (type.kind !== 'dyn') this.#mismatch(value.at, optionalOf(type), type);
    return type;
  }

  /** The one type that all elements of a literal have. */
  #join<T>(elements: readonly T[], typeOf: (element: T) => CelType, placeOf: (element: T) => number): CelType {
    let joined: CelType | undefined;
    for (const element of elements) {
      const type = typeOf(element);
      if (joined === undefined) joined = type;
      else if (this.substitution.assign([joined], [type])) joined = mostGeneral(joined, type);
      else joined = this.#mismatch(placeOf(element), joined, type);
    }
    return joined ?? this.substitution.fresh();
  }

  #map(entries: readonly Entry[]): CelType {
    const values = new Map<Item, CelType>();
    const key = this.#join(
      entries,
      (entry) => {
        const type = this.check(entry.key);
        values.set(entry, this.#element(entry.value, entry.optional));
        return type;
      },
      (entry) => entry.key.at,
    );
    return mapOf(
      key,
      this.#join(
        entries,
        (entry) => values.get(entry) ?? dyn,
        ({ value }) => value.at,
      ),
    );
  }

  #message(node: Extract<Node, { kind: 'message' }>): CelType {
    const { name } = node;
    const isObject = name === 'Object' || name.startsWith('Object.');
    if (!this.#declarations.patchTypes || !(isObject || name === 'JSONPatch')) {
      const known = typeNames.get(name);
      return known === undefined ? this.#undeclared(node.at, name) : this.#fault(node.at, `'${name}' is not a message type`);
    }
    for (const field of node.fields) {
      const type = this.#element(field.value, field.optional);
      const declared = isObject ? dyn : (patchFields.get(field.name) ?? this.#fault(field.at, `undefined field '${field.name}'`));
      if (this.substitution.assign([declared], [type])) continue;
      const texts = `is '${checkedText(declared)}' but provided type is '${checkedText(type)}'`;
      this.#fault(field.at, `expected type of field '${field.name}' ${texts}`);
    }
    return isObject ? { kind: 'opaque', name } : patchType;
  }

  #fold(node: FoldNode): CelType {
    const range = this.substitution.resolve(this.check(node.range));
    let first: CelType = dyn;
    let second: CelType = dyn;
    if (range.kind === 'list') [first, second] = node.second === undefined ? [range.element, dyn] : [int, range.element];
    else if (range.kind === 'map') [first, second] = [range.key, range.value];
    else if (range.kind === 'dyn' || range.kind === 'error' || range.kind === 'param') this.substitution.assign([dyn], [range]);
    else {
      const text = checkedText(range);
      first = this.#fault(
        node.range.at,
        `expression of type '${text}' cannot be range of a comprehension (must be list, map, or dynamic)`,
      );
      second = failed;
    }
    const variables = new Map([[node.variable, first], ...(node.second === undefined ? [] : [[node.second, second] as const])]);
    return this.#within(variables, () => this.#step(node, first, range));
  }

  #step(node: FoldNode, element: CelType, range: CelType): CelType {
    const { macro } = node;
    if (node.filter !== undefined) this.#condition(node, this.check(node.filter));
    const step = this.check(node.step);
    const listed = (type: CelType): CelType => listOf(this.substitution.resolve(type));
    switch (macro) {
      case 'all':
      case 'exists':
        if (!this.substitution.assign([step], [bool])) this.#mismatch(node.step.at, bool, step);
        return bool;
      case 'exists_one':
        this.#condition(node, step, int);
        return bool;
      case 'filter':
        this.#condition(node, step, listed(element));
        return listed(element);
      case 'map':
      case 'transformList':
        return listed(step);
      case 'transformMap':
        return mapOf(range.kind === 'map' ? range.key : range.kind === 'list' ? int : dyn, this.substitution.resolve(step));
      case 'transformMapEntry':
        return this.substitution.resolve(step);
      case 'sortBy':
        return listed(element);
    }
  }

  /** The condition under which an element counts is that of a `_?_:_`. */
  #condition(node: FoldNode, type: CelType, accumulated?: CelType): void {
    if (this.substitution.assign([type], [bool])) return;
    const other = checkedText(accumulated ?? listOf(this.substitution.resolve(this.types.get(node.step) ?? dyn, dyn)));
    const applied = `(${checkedText(this.substitution.resolve(type, dyn))}, ${other}, ${other})`;
    this.#fault(node.at, `found no matching overload for '_?_:_' applied to '${applied}'`);
  }

  #optMap(node: Extract<Node, { kind: 'optMap' }>): CelType {
    const target = this.substitution.resolve(this.check(node.target));
    const value = target.kind === 'optional' ? target.value : dyn;
    if (target.kind !== 'optional' && target.kind !== 'dyn' && target.kind !== 'error') {
      this.#fault(node.at, `found no matching overload for 'hasValue' applied to '${checkedText(target)}.()'`);
    }
    const step = this.#within(new Map([[node.variable, value]]), () => this.check(node.step));
    return node.flat ? step : optionalOf(this.substitution.resolve(step));
  }
}
