import { type CelType, dyn, failed, parametersOf, sameType } from './type.js';

const isDyn = (type: CelType): boolean => type.kind === 'dyn';
const isDynOrError = (type: CelType): boolean => type.kind === 'dyn' || type.kind === 'error';
const nullable = new Set<CelType['kind']>(['opaque', 'object', 'optional', 'timestamp', 'duration', 'null']);

/** The same type with other children. */
const withParameters = (type: CelType, change: (parameter: CelType) => CelType): CelType => {
  switch (type.kind) {
    case 'list':
      return { ...type, element: change(type.element) };
    case 'map':
      return { ...type, key: change(type.key), value: change(type.value) };
    case 'optional':
      return { ...type, value: change(type.value) };
    case 'type':
      return { ...type, of: change(type.of) };
    default:
      return type;
  }
};

const isLessSpecific = (a: CelType, b: CelType): boolean => {
  if (isDyn(a) || a.kind === 'param') return true;
  if (isDyn(b) || b.kind === 'param' || a.kind !== b.kind) return false;
  const others = parametersOf(b);
  if (a.kind === 'type') return true;
  if (others.length === 0) return sameType(a, b);
  return parametersOf(a).every((parameter, index) => isLessSpecific(parameter, others[index] ?? failed));
};

export const mostGeneral = (a: CelType, b: CelType): CelType => (isLessSpecific(a, b) ? a : b);

type Bindings = ReadonlyMap<string, CelType>;

/** What the types that are not known yet turn out to be, while an expression is checked. */
export class Substitution {
  #bindings: Bindings = new Map();
  #fresh = 0;

  fresh(): CelType {
    return { kind: 'param', name: `_var${this.#fresh++}` };
  }

  /** Whether a value of each type on the left can stand where the right is asked for; binds what that needs. */
  assign(left: readonly CelType[], right: readonly CelType[]): boolean {
    const attempt = new Map(this.#bindings);
    if (!assignableAll(attempt, left, right)) return false;
    this.#bindings = attempt;
    return true;
  }

  /** The type with what is known put in; `free` becomes what is still not known. */
  resolve(type: CelType, free?: CelType): CelType {
    const bound = type.kind === 'param' ? this.#bindings.get(type.name) : undefined;
    if (bound !== undefined) return this.resolve(bound, free);
    if (type.kind === 'param') return free ?? type;
    return withParameters(type, (parameter) => this.resolve(parameter, free));
  }

  /** The types of a signature with parameters of their own in place of `A`, `B`. */
  instantiate(types: readonly CelType[]): readonly CelType[] {
    const own = new Map<string, CelType>();
    const replace = (type: CelType): CelType => {
      if (type.kind !== 'param') return withParameters(type, replace);
      const known = own.get(type.name) ?? this.fresh();
      own.set(type.name, known);
      return known;
    };
    return types.map(replace);
  }
}

const assignableAll = (bindings: Map<string, CelType>, left: readonly CelType[], right: readonly CelType[]): boolean =>
  left.length === right.length && left.every((type, index) => assignable(bindings, type, right[index] ?? dyn));

const assignable = (bindings: Map<string, CelType>, a: CelType, b: CelType): boolean => {
  if (b.kind === 'param') {
    const bound = bindings.has(b.name);
    if (substitutable(bindings, a, b)) return true;
    if (bound) return false;
  }
  if (a.kind === 'param') return substitutable(bindings, b, a);
  if (isDynOrError(a) || isDynOrError(b)) return true;
  if (a.kind === 'null') return nullable.has(b.kind);
  if (b.kind === 'null') return nullable.has(a.kind);
  if (a.kind !== b.kind) return false;
  if (a.kind === 'type') return true;
  const parameters = parametersOf(a);
  return parameters.length === 0 ? sameType(a, b) : assignableAll(bindings, parameters, parametersOf(b));
};

/** Whether the parameter `param` is, or can become, `type`. */
const substitutable = (bindings: Map<string, CelType>, type: CelType, param: CelType): boolean => {
  if (sameType(type, param) || param.kind !== 'param') return sameType(type, param);
  const bound = bindings.get(param.name);
  if (bound === undefined) {
    if (occurs(bindings, param, type)) return false;
    bindings.set(param.name, type);
    return true;
  }
  if (sameType(type, bound)) return true;
  if (!assignable(bindings, type, bound)) return false;
  const general = mostGeneral(type, bound);
  if (!occurs(bindings, param, general)) bindings.set(param.name, general);
  return true;
};

const occurs = (bindings: Bindings, param: CelType, within: CelType): boolean => {
  if (sameType(param, within)) return true;
  const bound = within.kind === 'param' ? bindings.get(within.name) : undefined;
  if (bound !== undefined) return occurs(bindings, param, bound);
  return parametersOf(within).some((parameter) => occurs(bindings, param, parameter));
};
