import { quote } from '../quote.js';
import { compileRegexp, type Regexp } from '../regexp.js';
import type { Correlation } from './correlation.js';
import { formatCheck, isKnownFormat } from './format.js';
import { childPath, identical, isObject, type JsonObject } from './json.js';
import { checkNumber, isInt64, rangeOf } from './number.js';
import { Result } from './result.js';
import { type Schema, valuesOf } from './schema.js';

/** What is made of the keywords of one schema, once. */
interface Keywords {
  readonly types: readonly string[];
  /** Empty for a format that the server does not know. */
  readonly format: string;
  readonly formatCheck: ((text: string) => boolean) | undefined;
  /** Undefined without a pattern, which matches everything. */
  readonly regexp: Regexp | undefined;
  readonly range: ReturnType<typeof rangeOf>;
}

const keywords = new WeakMap<Schema, Keywords>();

const keywordsOf = (schema: Schema): Keywords => {
  const known = keywords.get(schema);
  if (known !== undefined) return known;
  const { type = '', format: written = '', pattern = '' } = schema.props;
  const types = schema.isIntOrString ? ['integer', 'string'] : type === '' ? [] : [type];
  const format = isKnownFormat(written, types) ? written : '';
  const made: Keywords = {
    types,
    format,
    formatCheck: formatCheck(format),
    regexp: pattern === '' ? undefined : compileRegexp(pattern),
    range: rangeOf(types, format),
  };
  keywords.set(schema, made);
  return made;
};

/** The JSON type of a value, and the format that its type in Go has. */
const kindOf = (value: unknown): readonly [type: string, format: string] => {
  if (Array.isArray(value)) return ['array', ''];
  if (typeof value === 'number') return isInt64(value) ? ['integer', 'int64'] : ['number', 'float64'];
  return [typeof value, ''];
};

const wrongType = (path: string, wanted: string, value: string): Result => {
  const result = new Result();
  result.add({ kind: 'type', path, value, text: `${path} in body must be of type ${wanted}: ${quote(value)}` });
  return result;
};

const checkType = (value: unknown, schema: Schema, { types, format }: Keywords, path: string): Result => {
  const fine = new Result();
  fine.matches = 1;
  if (value === null) return types.length > 0 && !schema.nullable ? wrongType(path, types.join(','), 'null') : fine;
  const [type, own] = kindOf(value);
  const isTextual = type === 'string' || type === 'array';
  const isNumeric = types.includes('number') || types.includes('integer');
  const isWanted = types.includes(type) || (type === 'integer' && types.includes('number'));
  if (!isTextual && format !== '' && !isWanted && own !== format) return wrongType(path, format, own);
  // A format stands for the type where the value could have it.
  if (!isNumeric && format !== '' && isTextual) return fine;
  return isWanted ? fine : wrongType(path, types.join(','), type);
};

const runes = (text: string): number => {
  let count = 0;
  for (const _rune of text) count++;
  return count;
};

const checkString = (text: string, schema: Schema, { regexp }: Keywords, path: string, result: Result): void => {
  const { maxLength, minLength, pattern } = schema.props;
  // A text is never longer in code points than in units.
  if (maxLength !== undefined && text.length > maxLength && runes(text) > maxLength) {
    result.add({ kind: 'tooLong', path, most: maxLength, text: `${path} in body should be at most ${maxLength} chars long` });
  } else if (minLength !== undefined && runes(text) < minLength) {
    const detail = `${path} in body should be at least ${minLength} chars long`;
    result.add({ kind: 'invalid', path, value: text, text: detail });
  } else if (regexp !== undefined && !(regexp.ok && regexp.matches(text))) {
    result.add({ kind: 'invalid', path, value: text, text: `${path} in body should match '${pattern}'` });
  }
};

const isEnumerated = (value: unknown, allowed: unknown): boolean => {
  if (value === null || allowed === null) return false;
  // The server converts the value to the type of what is allowed.
  if (typeof value === 'number' && typeof allowed === 'number' && isInt64(allowed)) return Math.trunc(value) === allowed;
  return identical(value, allowed);
};

const checkEnum = (value: unknown, schema: Schema, path: string, result: Result): void => {
  const { enum: values } = schema.props;
  if (values === undefined || values.length === 0 || values.some((allowed) => isEnumerated(value, allowed))) return;
  result.add({ kind: 'enum', path, value, values, text: `${path} in body should be one of ${JSON.stringify(values)}` });
};

const checkList = (list: readonly unknown[], schema: Schema, path: string, correlation: Correlation | undefined): Result => {
  const result = new Result();
  const { minItems, maxItems, uniqueItems } = schema.props;
  const { items } = schema;
  if (items !== undefined) {
    for (let index = 0; index < list.length; index++)
      result.merge(checkChild(list[index], items, `${path}[${index}]`, correlation?.index(index)));
  }
  const { length } = list;
  if (minItems !== undefined && length < minItems)
    result.add({ kind: 'invalid', path, value: length, text: `${path} in body should have at least ${minItems} items` });
  if (maxItems !== undefined && length > maxItems)
    result.add({
      kind: 'tooMany',
      path,
      value: length,
      most: maxItems,
      text: `${path} in body should have at most ${maxItems} items`,
    });
  if (uniqueItems === true && list.some((item, index) => list.slice(0, index).some((other) => identical(item, other))))
    result.add({ kind: 'invalid', path, text: `${path} in body shouldn't contain duplicates` });
  result.matches++;
  return result;
};

const checkObject = (object: JsonObject, schema: Schema, path: string, correlation: Correlation | undefined): Result => {
  const result = new Result();
  const { minProperties, maxProperties } = schema.props;
  const names = Object.keys(object);
  if (minProperties !== undefined && names.length < minProperties) {
    const text = `${path} in body should have at least ${minProperties} properties`;
    result.add({ kind: 'invalid', path, value: names.length, text });
  }
  if (maxProperties !== undefined && names.length > maxProperties) {
    const text = `${path} in body should have at most ${maxProperties} properties`;
    result.add({ kind: 'tooMany', path, value: names.length, most: maxProperties, text });
  }
  const values = valuesOf(schema);
  for (const name of names) {
    const property = schema.properties.get(name);
    // The type of the whole resource is compared with nothing: it is the same by definition.
    const child = path === '' && (name === 'kind' || name === 'apiVersion') ? undefined : correlation?.key(name);
    if (property !== undefined) result.merge(checkChild(object[name], property, childPath(path, name), child));
    else if (values !== undefined) result.merge(checkChild(object[name], values, `${path}.${name}`, child));
    else if (schema.additionalProperties === false)
      result.add({ kind: 'invalid', path, value: name, text: `${path}.${name} in body is a forbidden property` });
  }
  for (const name of schema.required) {
    if (Object.hasOwn(object, name)) continue;
    result.add({ kind: 'required', path: `${path}.${name}`, text: `${path}.${name} in body is required` });
  }
  return result;
};

/** The failures of the alternative that fits best: of the first that has most in common with the value. */
const closest = (results: readonly Result[]): Result | undefined =>
  results.reduce<Result | undefined>((best, one) => (best === undefined || one.matches > best.matches ? one : best), undefined);

const combine = (value: unknown, schema: Schema, path: string, correlation: Correlation | undefined): Result => {
  const result = new Result();
  const check = (alternative: Schema): Result => checkValue(value, alternative, path, correlation);
  const fail = (detail: string): void => result.add({ kind: 'invalid', text: `${quote(path)} ${detail}` });
  if (schema.anyOf.length > 0) {
    const tried: Result[] = [];
    let chosen: Result | undefined;
    for (const alternative of schema.anyOf) {
      const one = check(alternative);
      tried.push(one);
      if (!one.isValid) continue;
      chosen = one;
      break;
    }
    if (chosen === undefined) fail('must validate at least one schema (anyOf)');
    const shown = chosen ?? closest(tried);
    if (shown !== undefined) result.merge(shown);
  }
  if (schema.oneOf.length > 0) {
    const tried = schema.oneOf.map(check);
    const valid = tried.filter((one) => one.isValid);
    const [only] = valid;
    if (valid.length === 1 && only !== undefined) result.merge(only);
    else {
      const found = valid.length === 0 ? 'Found none valid' : `Found ${valid.length} valid alternatives`;
      fail(`must validate one and only one schema (oneOf). ${found}`);
      // Once an alternative was valid, only what failed after the last valid one could be shown: nothing is.
      const shown = valid.length === 0 ? closest(tried) : undefined;
      if (shown !== undefined) result.merge(shown);
    }
  }
  if (schema.allOf.length > 0) {
    const tried = schema.allOf.map(check);
    const valid = tried.filter((one) => one.isValid).length;
    for (const one of tried) result.merge(one);
    if (valid < tried.length) fail(`must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`);
  }
  if (schema.not !== undefined && check(schema.not).isValid) fail('must not validate the schema (not)');
  result.matches++;
  return result;
};

const hasCombinators = ({ anyOf, oneOf, allOf, not }: Schema): boolean =>
  anyOf.length > 0 || oneOf.length > 0 || allOf.length > 0 || not !== undefined;

/**
 * Checks a value against the keywords of its schema as kube-openapi does, with its texts. With a correlation, values below
 * that the update did not change pass.
 */
export const checkValue = (value: unknown, schema: Schema, path: string, correlation?: Correlation): Result => {
  const words = keywordsOf(schema);
  const result = new Result();
  if (value === null) {
    result.merge(checkType(null, schema, words, path));
    checkEnum(null, schema, path, result);
    return result;
  }
  if (words.types.length > 0 || words.format !== '') {
    result.merge(checkType(value, schema, words, path));
    result.matches++;
  }
  if (hasCombinators(schema)) result.merge(combine(value, schema, path, correlation));
  else result.matches++;
  // One for the combinators, one for the enum, one for the schema itself.
  result.matches += 3;
  if (typeof value === 'string') {
    result.matches++;
    checkString(value, schema, words, path, result);
    if (words.formatCheck !== undefined) {
      result.matches++;
      if (!words.formatCheck(value)) {
        const text = `${path} in body must be of type ${words.format}: ${quote(value)}`;
        result.add({ kind: 'type', path, value, text });
      }
    }
  } else if (typeof value === 'number') {
    result.matches++;
    result.merge(checkNumber(value, schema.props, words.range, path));
  } else if (Array.isArray(value)) {
    result.matches++;
    result.merge(checkList(value, schema, path, correlation));
  }
  checkEnum(value, schema, path, result);
  if (isObject(value)) {
    result.matches++;
    result.merge(checkObject(value, schema, path, correlation));
  }
  return result;
};

/** A value below another: unchanged, it passes. */
const checkChild = (value: unknown, schema: Schema, path: string, correlation: Correlation | undefined): Result => {
  const result = checkValue(value, schema, path, correlation);
  if (result.isValid || correlation?.isUnchanged !== true) return result;
  const forgiven = new Result();
  forgiven.matches = result.matches;
  return forgiven;
};

/** `checkValue` of a whole resource or status: where nothing changed, nothing is said. */
export const checkUpdate = (value: unknown, schema: Schema, path: string, correlation: Correlation | undefined): Result =>
  checkChild(value, schema, path, correlation);
