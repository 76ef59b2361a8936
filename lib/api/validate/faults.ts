import { numberText } from '../go-text.js';
import { quote } from '../quote.js';
import type { FieldError, FieldErrorType } from '../verdict.js';
import type { Path } from './path.js';

const texts: Readonly<Record<FieldErrorType, string>> = {
  FieldValueInvalid: 'Invalid value',
  FieldValueRequired: 'Required value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueNotFound: 'Not found',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
};

const withoutValue: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'InternalError',
]);

/** A value as the server prints it in a field error; JSON of Go escapes what HTML would read. */
const valueText = (value: unknown): string => {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return numberText(value);
  return JSON.stringify(value).replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
};

const quoteList = (values: readonly string[]): string => values.map(quote).join(', ');

/** The field errors of one object, collected while its rules run; worded as the API server's `field.Error`. */
export class Faults {
  readonly list: readonly FieldError[] = [];

  /** Takes over what others found. */
  merge(other: { readonly list: readonly FieldError[] }): void {
    (this.list as FieldError[]).push(...other.list);
  }

  /** The value is not allowed: `detail` says what it must be. An undefined value is not shown. */
  invalid(at: Path, value: unknown, detail: string): void {
    this.#add('FieldValueInvalid', at, value, detail);
  }

  /** `invalid` once for each text of a check. */
  invalidEach(at: Path, value: unknown, details: readonly string[]): void {
    for (const detail of details) this.#add('FieldValueInvalid', at, value, detail);
  }

  /** The value is of another JSON type than its schema says. */
  typeInvalid(at: Path, value: unknown, detail: string): void {
    this.#add('FieldValueTypeInvalid', at, value, detail);
  }

  required(at: Path, detail = ''): void {
    this.#add('FieldValueRequired', at, undefined, detail);
  }

  forbidden(at: Path, detail: string): void {
    this.#add('FieldValueForbidden', at, '', detail);
  }

  /** The value is none of the few that are allowed; `supported` in the order in which the server names them. */
  notSupported(at: Path, value: unknown, supported: readonly string[]): void {
    this.#add('FieldValueNotSupported', at, value, supported.length === 0 ? '' : `supported values: ${quoteList(supported)}`);
  }

  duplicate(at: Path, value: unknown, detail = ''): void {
    this.#add('FieldValueDuplicate', at, value, detail);
  }

  notFound(at: Path, value: unknown, detail = ''): void {
    this.#add('FieldValueNotFound', at, value, detail);
  }

  tooLong(at: Path, bytes: number): void {
    this.#add('FieldValueTooLong', at, '<value omitted>', `may not be more than ${bytes} bytes`);
  }

  tooMany(at: Path, count: number, most: number): void {
    this.#add('FieldValueTooMany', at, count, `must have at most ${most} items`);
  }

  internal(at: Path, detail: string): void {
    this.#add('InternalError', at, undefined, detail);
  }

  #add(type: FieldErrorType, at: Path, value: unknown, detail: string): void {
    const field = at.toString();
    const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const parts = [`${field}: ${texts[type]}`];
    if (!withoutValue.has(type) && value !== undefined) parts.push(valueText(value));
    if (detail !== '') parts.push(detail);
    const badValue = isScalar ? { badValue: value } : {};
    (this.list as FieldError[]).push({ type, field, ...badValue, detail, message: parts.join(': ') });
  }
}
