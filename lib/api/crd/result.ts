import type { Faults } from '../validate/faults.js';
import { Path } from '../validate/path.js';
import { childPath, isObject, ordered } from './json.js';

/** What an OpenAPI keyword says against a value, before it becomes a field error. */
export interface Failure {
  readonly kind: 'invalid' | 'type' | 'required' | 'enum' | 'tooLong' | 'tooMany';
  /** Absent where a combinator or a number's range fails: the server then names no field. */
  readonly path?: string;
  readonly value?: unknown;
  /** `spec.replicas in body should be ...`; two failures with one text are one. */
  readonly text: string;
  /** What was allowed, of `enum`. */
  readonly values?: readonly unknown[];
  /** What was allowed, of `tooLong` and `tooMany`. */
  readonly most?: number;
}

/** The outcome of a schema for a value, with the count by which `anyOf` and `oneOf` choose the alternative that was meant. */
export class Result {
  readonly #failures = new Map<string, Failure>();
  matches = 0;

  get failures(): Iterable<Failure> {
    return this.#failures.values();
  }

  get isValid(): boolean {
    return this.#failures.size === 0;
  }

  add(failure: Failure): void {
    if (!this.#failures.has(failure.text)) this.#failures.set(failure.text, failure);
  }

  merge(other: Result): void {
    for (const failure of other.failures) this.add(failure);
    this.matches += other.matches;
  }
}

/** How a value of an `enum` is named: texts as they are, all else as JSON. */
const enumText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(ordered(value)));

const shown = (value: unknown): unknown => (isObject(value) || Array.isArray(value) ? ordered(value) : (value ?? ''));

/** Turns failures into field errors below `at` (the empty text is the root of the resource). */
export const reportFailures = (result: Result, at: string, faults: Faults): void => {
  for (const failure of result.failures) {
    const below = failure.path === undefined || failure.path === '' ? '' : failure.path.replace(/^\./, '');
    const where = below === '' ? at : childPath(at, below);
    const path = where === '' ? nowhere : Path.of(where);
    switch (failure.kind) {
      case 'required':
        faults.required(path);
        break;
      case 'enum':
        faults.notSupported(path, failure.value, (failure.values ?? []).map(enumText));
        break;
      case 'tooLong':
        faults.tooLong(path, failure.most ?? 0);
        break;
      case 'tooMany':
        faults.tooMany(path, Number(failure.value), failure.most ?? 0);
        break;
      case 'type':
        faults.typeInvalid(path, shown(failure.value), failure.text);
        break;
      case 'invalid':
        faults.invalid(path, shown(failure.value), failure.text);
    }
  }
};

/** The root of a resource, as the server names it in field errors. */
export const nowhere = Path.of('<nil>');
