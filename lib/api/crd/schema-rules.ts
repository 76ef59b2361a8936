import { costOf } from '../cel/index.js';
import type { JSONSchemaProps, ValidationRule } from '../generated/types.js';
import { Faults } from '../validate/faults.js';
import type { Path } from '../validate/path.js';
import { declaredType } from './cel-type.js';
import { fieldPathIn } from './field-path.js';
import { internalRule } from './internal.js';
import { isObject } from './json.js';
import { multiplicity, RuleCosts } from './rule-cost.js';
import { rulesOf } from './rules.js';
import { schemaOf } from './schema.js';

/** What a schema inherits from where it stands. */
interface Place {
  readonly at: Path;
  readonly isRoot: boolean;
  /** Why there may be no default here. */
  readonly noDefault: string | undefined;
  readonly inMetadata: boolean;
  /** The first place above from which on values cannot be compared with those before. */
  readonly uncorrelated: Path | undefined;
  /** Rules are compiled only where the whole schema is sound; `occurrences`: how often a value can occur, if that is bounded. */
  readonly rules: { readonly costs: RuleCosts; readonly occurrences: number | undefined } | undefined;
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const metaFields: ReadonlySet<string> = new Set(['metadata', 'kind', 'apiVersion']);

const asProps = (value: unknown): JSONSchemaProps | undefined => (isObject(value) ? (value as JSONSchemaProps) : undefined);

const unsupported = (props: JSONSchemaProps, { at, noDefault, inMetadata }: Place, faults: Faults): void => {
  const { type = '' } = props;
  if (type !== '' && !types.includes(type)) faults.notSupported(at.child('type'), type, types);
  if (noDefault !== undefined && (props.default ?? undefined) !== undefined)
    faults.forbidden(at.child('default'), `must not be set ${noDefault}`);
  if ((props.id ?? '') !== '') faults.forbidden(at.child('id'), 'id is not supported');
  if (props.additionalItems !== undefined) faults.forbidden(at.child('additionalItems'), 'additionalItems is not supported');
  for (const keyword of ['patternProperties', 'definitions', 'dependencies'] as const) {
    const value = props[keyword];
    if (value !== undefined && (keyword === 'dependencies' || Object.keys(value).length > 0))
      faults.forbidden(at.child(keyword), `${keyword} is not supported`);
  }
  if (props.$ref !== undefined) faults.forbidden(at.child('$ref'), '$ref is not supported');
  if (type === 'null') faults.forbidden(at.child('type'), 'type cannot be set to null, use nullable as an alternative');
  if (Array.isArray(props.items) && props.items.length > 0)
    faults.forbidden(at.child('items'), 'items must be a schema object and not an array');
  if (inMetadata && props['x-kubernetes-embedded-resource'] === true)
    faults.forbidden(at.child('x-kubernetes-embedded-resource'), 'must not be used inside of resource meta');
  if (props.uniqueItems === true) {
    const detail = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    faults.forbidden(at.child('uniqueItems'), detail);
  }
  if (props['x-kubernetes-preserve-unknown-fields'] === false)
    faults.invalid(at.child('x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined');
};

const mustBeType = (type: string | undefined, wanted: string, extension: string, at: Path, faults: Faults): void => {
  const detail = `must be ${wanted} if ${extension} is specified`;
  if ((type ?? '') === '') faults.required(at.child('type'), detail);
  else faults.invalid(at.child('type'), type, detail);
};

/** Items of a set are compared whole, so nothing may merge within them. */
const setRules = (items: JSONSchemaProps, at: Path, faults: Faults): void => {
  const listType = items['x-kubernetes-list-type'];
  const inner = at.child('items');
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic')
    faults.invalid(inner.child('x-kubernetes-list-type'), listType, detail);
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    faults.invalid(inner.child('x-kubernetes-map-type'), listType ?? null, detail);
};

const mapRules = (props: JSONSchemaProps, at: Path, faults: Faults): void => {
  const keys = props['x-kubernetes-list-map-keys'] ?? [];
  const keysAt = at.child('x-kubernetes-list-map-keys');
  if (keys.length === 0) faults.required(keysAt, 'must not be empty if x-kubernetes-list-type is map');
  const items = asProps(props.items);
  if (props.items === undefined) faults.required(at.child('items'), 'must have a schema if x-kubernetes-list-type is map');
  else if (items === undefined)
    faults.invalid(at.child('items'), undefined, 'must only have a single schema if x-kubernetes-list-type is map');
  else if (items.type !== 'object') {
    const detail = "must be object if parent array's x-kubernetes-list-type is map";
    faults.invalid(at.child('items').child('type'), items.type ?? '', detail);
  } else {
    for (const [index, key] of keys.entries()) {
      const properties = items.properties ?? {};
      const type = Object.hasOwn(properties, key) ? (properties[key]?.type ?? '') : undefined;
      if (type === undefined) faults.invalid(keysAt, keys, 'entries must all be names of item properties');
      else if (type === 'array' || type === 'object') {
        const detail = "must be a scalar type if parent array's x-kubernetes-list-type is map";
        faults.invalid(at.child('items').child('properties').key(key).child('type'), items.type, detail);
      }
      if (keys.indexOf(key) < index) faults.invalid(keysAt, keys, 'must not contain duplicate entries');
    }
  }
};

/** Items and keys must be there to be told apart. */
const keyRules = (props: JSONSchemaProps, listType: string, at: Path, faults: Faults): void => {
  const items = asProps(props.items);
  if (items === undefined || (listType !== 'set' && listType !== 'map')) return;
  const inner = at.child('items');
  if (items.nullable === true)
    faults.forbidden(inner.child('nullable'), `cannot be nullable when x-kubernetes-list-type is ${listType}`);
  if (listType !== 'map') return;
  for (const key of props['x-kubernetes-list-map-keys'] ?? []) {
    const property = Object.hasOwn(items.properties ?? {}, key) ? items.properties?.[key] : undefined;
    if (property === undefined) continue;
    const keyAt = inner.child('properties').key(key);
    const why = 'this property is in x-kubernetes-list-map-keys, so it';
    if (!items.required?.includes(key) && (property.default ?? undefined) === undefined)
      faults.required(keyAt.child('default'), `${why} must have a default or be a required property`);
    if (property.nullable === true) faults.forbidden(keyAt.child('nullable'), `${why} cannot be nullable`);
  }
};

const collectionRules = (props: JSONSchemaProps, at: Path, faults: Faults): void => {
  const mapType = props['x-kubernetes-map-type'];
  if (mapType !== undefined) {
    if (props.type !== 'object') mustBeType(props.type, 'object', 'x-kubernetes-map-type', at, faults);
    if (mapType !== 'atomic' && mapType !== 'granular')
      faults.notSupported(at.child('x-kubernetes-map-type'), mapType, ['atomic', 'granular']);
  }
  const listType = props['x-kubernetes-list-type'];
  const items = asProps(props.items);
  const typeAt = at.child('x-kubernetes-list-type');
  if (listType !== undefined) {
    if (props.type !== 'array') mustBeType(props.type, 'array', 'x-kubernetes-list-type', at, faults);
    else if (listType === 'set' && items !== undefined) setRules(items, at, faults);
    if (!['atomic', 'set', 'map'].includes(listType)) faults.notSupported(typeAt, listType, ['atomic', 'set', 'map']);
  }
  if ((props['x-kubernetes-list-map-keys'] ?? []).length > 0 && listType !== 'map') {
    const detail = 'must be map if x-kubernetes-list-map-keys is non-empty';
    if (listType === undefined) faults.required(typeAt, detail);
    else faults.invalid(typeAt, listType, detail);
  }
  if (listType === 'map') mapRules(props, at, faults);
  if (listType !== undefined) keyRules(props, listType, at, faults);
};

const hasLineBreak = (text: string): boolean => /[\n\r]/.test(text);

/** The form of one rule; whether it compiles is asked later. */
const ruleForm = (rule: ValidationRule, props: JSONSchemaProps, at: Path, faults: Faults): void => {
  const { message = '', messageExpression = '', reason, fieldPath = '' } = rule;
  const trimmed = message.trim();
  if (rule.rule.trim() === '') faults.required(at.child('rule'), 'rule is not specified');
  else if (message !== '' && trimmed === '') faults.invalid(at.child('message'), message, 'must be non-empty if specified');
  else if (hasLineBreak(trimmed)) faults.invalid(at.child('message'), message, 'must not contain line breaks');
  else if (hasLineBreak(rule.rule.trim()) && trimmed === '')
    faults.required(at.child('message'), 'message must be specified if rule contains line breaks');
  if (messageExpression !== '' && messageExpression.trim() === '')
    faults.required(at.child('messageExpression'), 'messageExpression must be non-empty if specified');
  if (reason !== undefined && !reasons.includes(reason)) faults.notSupported(at.child('reason'), reason, reasons);
  if (fieldPath === '') return;
  const pathAt = at.child('fieldPath');
  if (fieldPath.trim() === '') faults.invalid(pathAt, fieldPath, 'must be non-empty if specified');
  if (hasLineBreak(fieldPath)) faults.invalid(pathAt, fieldPath, 'must not contain line breaks');
  if (!fieldPathIn(fieldPath, schemaOf(props)).ok) faults.invalid(pathAt, fieldPath, 'must be a valid path');
};

const ruleMeaning = (props: JSONSchemaProps, place: Place, faults: Faults): void => {
  const { at, rules } = place;
  const isResource = place.isRoot || props['x-kubernetes-embedded-resource'] === true;
  const schema = schemaOf(props);
  const declared = declaredType(schema, isResource);
  const all = at.child('x-kubernetes-validations');
  if (rules === undefined) return;
  if (declared === undefined) {
    const detail =
      'failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations';
    faults.internal(all, `internal error: ${detail}`);
    return;
  }
  for (const [index, compiled] of rulesOf(schema, isResource).entries()) {
    const { rule, program, error, message, messageError, usesOldSelf } = compiled;
    const here = all.index(index);
    const price = (one: NonNullable<typeof program>): number => costOf(one).max;
    if (program !== undefined)
      rules.costs.count(RuleCosts.of(price(program), rules.occurrences, declared.leastSize), 'rule', here.child('rule'), faults);
    if (error !== undefined) faults.invalid(here.child('rule'), internalRule(rule), error);
    if (messageError !== undefined) faults.invalid(here.child('messageExpression'), internalRule(rule), messageError);
    else if (message !== undefined)
      rules.costs.count(price(message), 'messageExpression', here.child('messageExpression'), faults);
    if (usesOldSelf && place.uncorrelated !== undefined) {
      const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelated.toString()}`;
      faults.invalid(here.child('rule'), rule.rule, detail);
    } else if (!usesOldSelf && rule.optionalOldSelf !== undefined) {
      faults.invalid(here.child('optionalOldSelf'), rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule');
    }
  }
};

/** Faults of the schema and of its rules apart: rules of a faulty schema are not compiled. */
interface Found {
  readonly schema: Faults;
  readonly rules: Faults;
}

const below = (props: JSONSchemaProps, place: Place): Place['rules'] => {
  if (place.rules === undefined) return undefined;
  const { costs, occurrences } = place.rules;
  const factor = multiplicity(props);
  return { costs, occurrences: occurrences === undefined || factor === undefined ? undefined : occurrences * factor };
};

const checkBelow = (props: JSONSchemaProps, place: Place, found: Found): void => {
  const { at } = place;
  const inner = { ...place, isRoot: false, rules: below(props, place) };
  const unruled = { ...inner, rules: undefined };
  const { additionalProperties } = props;
  const values = asProps(additionalProperties);
  const extraAt = at.child('additionalProperties');
  const hasProperties = Object.keys(props.properties ?? {}).length > 0;
  if (hasProperties && (values !== undefined || additionalProperties === false))
    found.schema.forbidden(extraAt, 'additionalProperties and properties are mutual exclusive');
  if (values !== undefined) {
    const noDefault = place.inMetadata ? 'inside additionalProperties applying to object metadata' : place.noDefault;
    check(values, { ...inner, at: extraAt, noDefault }, found);
  }
  const isResource = place.isRoot || props['x-kubernetes-embedded-resource'] === true;
  const isForeign = !['granular', 'atomic', undefined].includes(props['x-kubernetes-map-type']);
  for (const [name, property] of Object.entries(props.properties ?? {})) {
    const isMeta = isResource && metaFields.has(name);
    check(
      property,
      {
        ...inner,
        at: at.child('properties').key(name),
        uncorrelated: place.uncorrelated ?? (isForeign ? at : undefined),
        inMetadata: place.inMetadata || isMeta,
        noDefault: isMeta && place.isRoot ? `in top-level ${name}` : place.noDefault,
      },
      found,
    );
  }
  if (props.not !== undefined) check(props.not, { ...unruled, at: at.child('not') }, found);
  for (const keyword of ['allOf', 'oneOf', 'anyOf'] as const) {
    for (const [index, nested] of (props[keyword] ?? []).entries())
      check(nested, { ...unruled, at: at.child(keyword).index(index) }, found);
  }
  const isMapList = props['x-kubernetes-list-type'] === 'map';
  const itemPlace = { ...inner, uncorrelated: place.uncorrelated ?? (isMapList ? undefined : at) };
  const items = asProps(props.items);
  if (items !== undefined) check(items, { ...itemPlace, at: at.child('items') }, found);
};

const check = (props: JSONSchemaProps, place: Place, found: Found): void => {
  const own: Found = { schema: new Faults(), rules: new Faults() };
  unsupported(props, place, own.schema);
  checkBelow(props, place, own);
  collectionRules(props, place.at, own.schema);
  const rules = props['x-kubernetes-validations'] ?? [];
  for (const [index, rule] of rules.entries())
    ruleForm(rule, props, place.at.child('x-kubernetes-validations').index(index), own.schema);
  if (rules.length > 0 && own.schema.list.length === 0) ruleMeaning(props, place, own.rules);
  found.schema.merge(own.schema);
  found.rules.merge(own.rules);
};

/**
 * The rules of a definition's schema beside being structural: keywords that are not supported, list and map types, the form, meaning
 * and cost of `x-kubernetes-validations`. Rules are compiled only if the schema is `sound`.
 */
export const checkSchema = (props: JSONSchemaProps, at: Path, isSound: boolean, faults: Faults): void => {
  const found: Found = { schema: new Faults(), rules: new Faults() };
  const costs = new RuleCosts();
  const rules = isSound ? { costs, occurrences: 1 } : undefined;
  check(props, { at, isRoot: true, noDefault: undefined, inMetadata: false, uncorrelated: undefined, rules }, found);
  faults.merge(found.schema);
  faults.merge(found.rules);
  costs.report(at, faults);
};
