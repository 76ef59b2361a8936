import { type CelType, listOf, mapOf, optionalOf, type ScalarKind } from '../type.js';
import { typeNameOf, type Value } from '../value.js';

/** What a function does; arguments have the types of its signature, the receiver first. Throws `EvaluationError`. */
// Arguments are checked against the signature before the call, which no type of TypeScript can follow.
export type Run = (...values: never[]) => Value;

/** `name: receiver.(arguments) result` or `name: (arguments) result`, and what it does. */
export type Library = Readonly<Record<string, Run>>;

export interface Overload {
  readonly member: boolean;
  /** Of the receiver, if there is one, and of the arguments. */
  readonly parameters: readonly CelType[];
  readonly result: CelType;
  readonly run: Run;
}

const scalars = new Set('dyn bool int uint double string bytes null timestamp duration'.split(' '));

/** What signatures call the types of the server's own libraries. */
const opaque = new Map([
  ['quantity', 'kubernetes.Quantity'],
  ['url', 'kubernetes.URL'],
  ['semver', 'kubernetes.Semver'],
  ['format', 'kubernetes.NamedFormat'],
  ['ip', 'net.IP'],
  ['cidr', 'net.CIDR'],
  ['authorizer', 'kubernetes.authorization.Authorizer'],
  ['pathCheck', 'kubernetes.authorization.PathCheck'],
  ['groupCheck', 'kubernetes.authorization.GroupCheck'],
  ['resourceCheck', 'kubernetes.authorization.ResourceCheck'],
  ['decision', 'kubernetes.authorization.Decision'],
]);

const typeOfText = (text: string): CelType => {
  const [, outer = '', inner] = /^([\w.]+)(?:\((.*)\))?$/.exec(text) ?? [];
  if (inner === undefined) {
    if (scalars.has(outer)) return { kind: outer as ScalarKind };
    const name = opaque.get(outer);
    return name === undefined ? { kind: 'param', name: outer } : { kind: 'opaque', name };
  }
  const [first = '', second = ''] = split(inner);
  if (outer === 'list') return listOf(typeOfText(first));
  if (outer === 'map') return mapOf(typeOfText(first), typeOfText(second));
  return outer === 'optional' ? optionalOf(typeOfText(first)) : { kind: 'type', of: typeOfText(first) };
};

const split = (list: string): readonly string[] => {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= list.length; at++) {
    if (list[at] === '(') depth++;
    else if (list[at] === ')') depth--;
    else if (at === list.length || (list[at] === ',' && depth === 0)) {
      if (at > start) parts.push(list.slice(start, at).trim());
      start = at + 1;
    }
  }
  return parts;
};

const overloadOf = (signature: string, run: Run): Overload => {
  const open = signature.startsWith('(') ? 0 : signature.indexOf('.(') + 1;
  let close = open;
  for (let depth = 0; close < signature.length; close++) {
    if (signature[close] === '(') depth++;
    else if (signature[close] === ')' && --depth === 0) break;
  }
  const receiver = open === 0 ? [] : [signature.slice(0, open - 1)];
  const texts = [...receiver, ...split(signature.slice(open + 1, close))];
  return { member: open > 0, parameters: texts.map(typeOfText), result: typeOfText(signature.slice(close + 2)), run };
};

/** Functions by name; a name's signatures are read when it is first asked for. */
export class Functions {
  readonly #libraries: () => readonly Library[];
  #texts: ReadonlyMap<string, readonly (readonly [string, Run])[]> | undefined;
  readonly #read = new Map<string, readonly Overload[]>();

  constructor(libraries: () => readonly Library[]) {
    this.#libraries = libraries;
  }

  #index(): ReadonlyMap<string, readonly (readonly [string, Run])[]> {
    const texts = new Map<string, (readonly [string, Run])[]>();
    for (const [text, run] of this.#libraries().flatMap((library) => Object.entries(library))) {
      const colon = text.indexOf(': ');
      const name = text.slice(0, colon);
      const known = texts.get(name) ?? [];
      known.push([text.slice(colon + 2), run]);
      texts.set(name, known);
    }
    return texts;
  }

  get(name: string): readonly Overload[] | undefined {
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    this.#texts ??= this.#index();
    const overloads = this.#texts.get(name)?.map(([signature, run]) => overloadOf(signature, run));
    if (overloads !== undefined) this.#read.set(name, overloads);
    return overloads;
  }
}

const runtimeNames = new Map<CelType['kind'], string>([
  ['null', 'null_type'],
  ['timestamp', 'google.protobuf.Timestamp'],
  ['duration', 'google.protobuf.Duration'],
  ['optional', 'optional_type'],
]);

/** Whether a value can be an argument; what lists and maps hold is not looked at. */
export const accepts = (type: CelType, value: Value): boolean => {
  if (type.kind === 'dyn' || type.kind === 'param') return true;
  if (type.kind === 'opaque') return typeNameOf(value) === type.name;
  return typeNameOf(value) === (runtimeNames.get(type.kind) ?? type.kind);
};
