import type { JSONSchemaProps } from '../generated/types.js';
import { numberText } from '../go-text.js';
import { Result } from './result.js';

const mostInt64 = 2 ** 63;
const mostInt32 = 2 ** 31;
const mostFloat32 = 3.4028235677973366e38;

/** Whether the server holds the number as an integer of 64 bits; all others are floating point numbers. */
export const isInt64 = (value: number): boolean => Number.isInteger(value) && value >= -mostInt64 && value < mostInt64;

/** The numeric type against whose range numbers and bounds are checked. */
interface Range {
  readonly type: 'integer' | 'number' | '';
  readonly format: string;
}

export const rangeOf = (types: readonly string[], format: string): Range => {
  const [type = ''] = types.length === 1 ? types : [];
  if (type === 'integer') return { type, format: format === 'int32' || format === 'int64' ? format : '' };
  if (type === 'number') return { type, format: format === 'float' || format === 'double' ? format : '' };
  return { type: '', format: '' };
};

const fits = (value: number, { type, format }: Range): boolean => {
  if (type === 'integer') return isInt64(value) && (format !== 'int32' || (value >= -mostInt32 && value < mostInt32));
  return format !== 'float' || Math.abs(value) <= mostFloat32;
};

/** Says that a number is outside its range; the server names no field for it. */
const checkRange = (value: number, range: Range, what: string, path: string, result: Result): boolean => {
  if (fits(value, range)) return true;
  const format = range.format === '' ? '(default format)' : `with format ${range.format}`;
  result.add({ kind: 'invalid', text: `${what} value must be of type ${range.type} ${format} in ${path}` });
  return false;
};

const mostExact = 2 ** 53 - 1;

/** Whether a quotient is an integer but for what floating point loses. */
const isNearlyInteger = (value: number): boolean => {
  if (Math.abs(value) > mostExact) return false;
  if (Number.isInteger(value)) return true;
  const whole = Math.trunc(value);
  return value > 0 && (value - whole) / (value + whole) < 1e-9;
};

const isMultiple = (value: number, factor: number): boolean =>
  isNearlyInteger(factor < 1 ? (1 / factor) * value : value / factor);

const checkMultiple = (value: number, multipleOf: number, native: boolean, path: string, result: Result): void => {
  // Integers are compared with the integer part of the keyword.
  const factor = native ? Math.trunc(multipleOf) : multipleOf;
  if (factor <= 0) {
    const text = `factor MultipleOf declared for ${path} must be positive: ${numberText(factor)}`;
    result.add({ kind: 'invalid', path, value: factor, text });
  } else if (!(native ? value % factor === 0 : isMultiple(value, factor))) {
    result.add({ kind: 'invalid', path, value, text: `${path} in body should be a multiple of ${numberText(factor)}` });
  }
};

/** The keywords of numbers: the range of the type, `multipleOf`, `maximum`, `minimum`. */
export const checkNumber = (value: number, props: JSONSchemaProps, range: Range, path: string): Result => {
  const result = new Result();
  result.matches = 1;
  checkRange(value, range, 'Checked', path, result);
  const { multipleOf, maximum, minimum } = props;
  const isInteger = isInt64(value);
  if (multipleOf !== undefined) {
    const isNative = checkRange(multipleOf, range, 'MultipleOf', path, result) && isInteger;
    checkMultiple(value, multipleOf, isNative, path, result);
  }
  if (maximum !== undefined) {
    const most = checkRange(maximum, range, 'Maximum boundary', path, result) && isInteger ? Math.trunc(maximum) : maximum;
    const isExclusive = props.exclusiveMaximum === true;
    const than = isExclusive ? 'less than' : 'less than or equal to';
    if (value > most || (isExclusive && value === most))
      result.add({ kind: 'invalid', path, value, text: `${path} in body should be ${than} ${numberText(most)}` });
  }
  if (minimum !== undefined) {
    const least = checkRange(minimum, range, 'Minimum boundary', path, result) && isInteger ? Math.trunc(minimum) : minimum;
    const isExclusive = props.exclusiveMinimum === true;
    const than = isExclusive ? 'greater than' : 'greater than or equal to';
    if (value < least || (isExclusive && value === least))
      result.add({ kind: 'invalid', path, value, text: `${path} in body should be ${than} ${numberText(least)}` });
  }
  return result;
};
