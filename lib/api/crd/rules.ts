import { type CelType, compile, evaluate, type Program } from '../cel/index.js';
import type { ValidationRule } from '../generated/types.js';
import type { Faults } from '../validate/faults.js';
import { Path } from '../validate/path.js';
import { declaredType } from './cel-type.js';
import { type Correlation, MapList } from './correlation.js';
import { fieldPathIn } from './field-path.js';
import { childPath, isObject, own } from './json.js';
import { nowhere } from './result.js';
import { type Schema, valuesOf } from './schema.js';

/** One of `x-kubernetes-validations`, compiled. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  /** Absent when the rule does not compile. */
  readonly program?: Program;
  readonly error?: string;
  readonly message?: Program;
  readonly messageError?: string;
  /** A transition rule: it compares with the value before. */
  readonly usesOldSelf: boolean;
}

const compileRule = (rule: ValidationRule, self: CelType): CompiledRule => {
  const oldSelf: CelType = rule.optionalOldSelf === true ? { kind: 'optional', value: self } : self;
  const variables = new Map([
    ['self', self],
    ['oldSelf', oldSelf],
  ]);
  const compiled = compile(rule.rule, { variables });
  if (!compiled.ok) return { rule, usesOldSelf: false, error: `compilation failed: ${compiled.error}` };
  const { program } = compiled;
  if (program.type.kind !== 'bool') return { rule, usesOldSelf: false, error: 'cel expression must evaluate to a bool' };
  const usesOldSelf = program.uses.has('oldSelf');
  if ((rule.messageExpression ?? '') === '') return { rule, program, usesOldSelf };
  const message = compile(rule.messageExpression ?? '', { variables });
  if (!message.ok) return { rule, program, usesOldSelf, messageError: `messageExpression compilation failed: ${message.error}` };
  if (message.program.type.kind !== 'string')
    return { rule, program, usesOldSelf, messageError: 'messageExpression must evaluate to a string' };
  return { rule, program, usesOldSelf, message: message.program };
};

const compiled = new WeakMap<Schema, readonly CompiledRule[]>();

/** The rules of a schema, compiled once; none where CEL cannot see the value. `isResource`: of a resource, which has metadata. */
export const rulesOf = (schema: Schema, isResource: boolean): readonly CompiledRule[] => {
  const rules = schema.props['x-kubernetes-validations'] ?? [];
  if (rules.length === 0) return [];
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const declared = declaredType(schema, isResource);
  const written = rules.filter(({ rule }) => rule.trim() !== '');
  const made = declared === undefined ? [] : written.map((rule) => compileRule(rule, declared.type));
  compiled.set(schema, made);
  return made;
};

/** A place in the resource while its rules are checked. */
interface Place {
  readonly path: string;
  /** The value before, undefined when there is none to compare with. */
  readonly old: unknown;
  readonly correlation: Correlation | undefined;
  /** The nearest place above that could be compared. */
  readonly above: Correlation | undefined;
}

interface Findings {
  readonly faults: Faults;
  /** What fails but was so before: the server only warns. */
  readonly warned: Faults;
}

const isUnchanged = ({ correlation, above }: Place): boolean => (correlation ?? above)?.isUnchanged === true;

const mostMessageBytes = 5 * 1024;

const messageOf = ({ rule, message }: CompiledRule, variables: Readonly<Record<string, unknown>>): string => {
  if (message !== undefined) {
    const evaluated = evaluate(message, variables);
    const text = evaluated.ok && typeof evaluated.value === 'string' ? evaluated.value.trim() : '';
    if (text !== '' && !text.includes('\n') && new TextEncoder().encode(text).length <= mostMessageBytes) return text;
  }
  const written = rule.message ?? '';
  return written === '' ? `failed rule: ${rule.rule.trim()}` : written.trim();
};

const ruleText = (rule: ValidationRule): string => ((rule.message ?? '') === '' ? rule.rule : (rule.message ?? '')).trim();

const report = (at: Path, value: unknown, detail: string, reason: string | undefined, faults: Faults): void => {
  if (reason === 'FieldValueForbidden') faults.forbidden(at, detail);
  else if (reason === 'FieldValueRequired') faults.required(at, detail);
  else if (reason === 'FieldValueDuplicate') faults.duplicate(at, value);
  else faults.invalid(at, value, detail);
};

const checkHere = (value: unknown, schema: Schema, isResource: boolean, place: Place, { faults, warned }: Findings): void => {
  const { type = '' } = schema.props;
  for (const compiledRule of rulesOf(schema, isResource)) {
    const { rule, program, usesOldSelf } = compiledRule;
    const at = place.path === '' ? nowhere : Path.of(place.path);
    if (program === undefined) {
      faults.invalid(at, type, `rule compile error: ${compiledRule.error}`);
      continue;
    }
    const { old } = place;
    if (usesOldSelf && old === undefined && rule.optionalOldSelf !== true) continue;
    const variables = old === undefined ? { self: value } : { self: value, oldSelf: old };
    const evaluated = evaluate(program, variables);
    if (!evaluated.ok) {
      const { error } = evaluated;
      const isOverload = error.startsWith('no such overload');
      const cause = `'${error}': call arguments did not match a supported operator, function or macro signature for rule:`;
      faults.invalid(at, type, `${isOverload ? cause : `${error} evaluating rule:`} ${ruleText(rule)}`);
      continue;
    }
    if (evaluated.value === true) continue;
    const named = (rule.fieldPath ?? '') === '' ? undefined : fieldPathIn(rule.fieldPath ?? '', schema);
    const where = named?.ok ? Path.of(childPath(place.path, named.path)) : at;
    const shown = type === 'object' || type === 'array' ? undefined : value;
    const findings = !usesOldSelf && isUnchanged(place) ? warned : faults;
    report(where, shown, messageOf(compiledRule, variables), rule.reason, findings);
  }
};

const keyOf = (place: Place, name: string, path: string, old: unknown): Place => {
  const { correlation } = place;
  if (correlation === undefined) return { ...place, path, old };
  if (place.above === undefined && (name === 'apiVersion' || name === 'kind'))
    return { path, old, correlation: undefined, above: undefined };
  return { path, old, correlation: correlation.key(name), above: correlation };
};

const isAbsent = (value: unknown): boolean => value === null || value === undefined;

const check = (value: unknown, schema: Schema, isResource: boolean, place: Place, findings: Findings): void => {
  if (isAbsent(value) || !schema.hasRules) return;
  checkHere(value, schema, isResource, place, findings);
  const { path, old } = place;
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined || !items.hasRules) return;
    const before = new MapList(schema, Array.isArray(old) ? old : []);
    for (const [index, item] of value.entries()) {
      const { correlation, above } = place;
      const inner: Place = {
        path: `${path}[${index}]`,
        old: before.get(item),
        correlation: correlation?.index(index),
        above: correlation ?? above,
      };
      check(item, items, items.isEmbeddedResource, inner, findings);
    }
  } else if (isObject(value)) {
    const values = valuesOf(schema);
    for (const name of Object.keys(value)) {
      const before = isObject(old) ? (own(old, name) ?? undefined) : undefined;
      if (values?.hasRules)
        check(value[name], values, values.isEmbeddedResource, keyOf(place, name, `${path}[${name}]`, before), findings);
      const property = schema.properties.get(name);
      if (property === undefined || !property.hasRules) continue;
      const inner = keyOf(place, name, childPath(path, name), before);
      check(value[name], property, property.isEmbeddedResource, inner, findings);
    }
  }
};

/**
 * Checks `x-kubernetes-validations` everywhere in a value. `old` is the value before an update; a transition rule is checked
 * only where it has something to compare with. What an update did not touch is only warned of (KEP-4008).
 */
export const checkRules = (
  value: unknown,
  schema: Schema,
  isResource: boolean,
  path: string,
  findings: Findings,
  update?: { readonly old: unknown; readonly correlation?: Correlation },
): void => {
  const place: Place = { path, old: update?.old, correlation: update?.correlation, above: undefined };
  check(value, schema, isResource, place, findings);
};
