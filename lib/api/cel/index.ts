import { check, type Declarations } from './checker.js';
import { EvaluationError, faultsText } from './fault.js';
import { plan, type Scope, scopeOfVariables } from './interpreter.js';
import { toJson } from './json.js';
import { literalFaults } from './literal-check.js';
import { messageMismatch } from './message.js';
import { parse } from './parser.js';
import type { Program, Value } from './value.js';

export type { Declarations } from './checker.js';
export { costOf } from './cost.js';
export { authorizerValue, resourceCheckValue } from './library/authorizer.js';
export { type CelType, typeText } from './type.js';
export type { Program } from './value.js';

type Compiled = { readonly ok: true; readonly program: Program } | { readonly ok: false; readonly error: string };
type Evaluated = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

/**
 * Reads and checks an expression of the API server's CEL (kubernetes.io/docs/reference/using-api/cel). The error is what the server
 * prints behind `compilation failed: `: every fault with its line and a mark at the place. Whether the type is the one
 * that is asked for is the caller's to see.
 */
export const compile = (expression: string, declarations: Declarations): Compiled => {
  const { node, faults } = parse(expression);
  if (node === undefined) return { ok: false, error: faultsText(expression, faults) };
  const { faults: wrong, ...checked } = check(node, declarations);
  const all = wrong.length > 0 ? wrong : literalFaults(node);
  if (all.length > 0) return { ok: false, error: faultsText(expression, all) };
  return { ok: true, program: { expression, node, ...checked, declared: declarations.variables } };
};

const steps = new WeakMap<Program, (scope: Scope) => Value>();

/** Runs a program as a value of CEL; throws `EvaluationError`. */
const run = (program: Program, scope: Scope): Value => {
  const known = steps.get(program) ?? plan(program);
  steps.set(program, known);
  return known(scope);
};

const attempt = (evaluate: () => unknown): Evaluated => {
  try {
    return { ok: true, value: evaluate() };
  } catch (error) {
    if (error instanceof EvaluationError) return { ok: false, error: error.message };
    if (error instanceof RangeError) return { ok: false, error: 'operation cancelled: actual cost limit exceeded' };
    throw error;
  }
};

/**
 * Runs a compiled expression over plain JSON; the value is plain JSON too. Numbers are ints or doubles as their variable's type
 * says, and below `dyn` whole numbers are ints. A variable that is undefined is absent; of an optional type it is
 * `optional.none()`.
 */
export const evaluate = (program: Program, variables: Readonly<Record<string, unknown>>): Evaluated =>
  attempt(() => toJson(run(program, scopeOfVariables(variables, program.declared))));

/** Named expressions that others use as `variables.name`; each runs when it is first asked for. */
export type Composition = ReadonlyMap<string, Compiled>;

/** Like `evaluate` for several expressions over the same variables and their compositions. */
export class Evaluation {
  readonly #scope: Scope;

  constructor(variables: Readonly<Record<string, unknown>>, composition: Composition) {
    const known = new Map<string, Value>();
    const composed = {
      size: composition.size,
      keys: () => [...composition.keys()],
      get: (key: Value): Value | undefined => {
        if (typeof key !== 'string') return undefined;
        const compiled = composition.get(key);
        if (compiled === undefined) return undefined;
        const value = known.get(key) ?? this.#compose(key, compiled);
        known.set(key, value);
        return value;
      },
    };
    this.#scope = scopeOfVariables(variables, new Map(), new Map([['variables', composed]]));
  }

  evaluate(program: Program): Evaluated {
    return attempt(() => toJson(run(program, this.#scope)));
  }

  /** Like `evaluate` for `Object{...}` and lists of `JSONPatch{...}`; `mismatch` says which types are not those of their fields. */
  construct(program: Program): Evaluated & { readonly mismatch?: string | undefined } {
    let mismatch: string | undefined;
    const outcome = attempt(() => {
      const value = run(program, this.#scope);
      mismatch = messageMismatch(value);
      return toJson(value);
    });
    return { ...outcome, mismatch };
  }

  #compose(name: string, compiled: Compiled): Value {
    const quoted = JSON.stringify(name);
    if (!compiled.ok) throw new EvaluationError(`composited variable ${quoted} fails to compile: ${compiled.error}`);
    try {
      return run(compiled.program, this.#scope);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      throw new EvaluationError(`composited variable ${quoted} fails to evaluate: ${error.message}`);
    }
  }
}
