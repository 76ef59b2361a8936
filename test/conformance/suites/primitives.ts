import * as names from '../../../lib/api/names.js';
import {
  addQuantities,
  asInt64,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  quantityInteger,
  quantityMilliInteger,
  quantityOf,
  quantitySign,
  subtractQuantities,
} from '../../../lib/api/quantity.js';
import { formatSelector, parseSelector, selectorMatches } from '../../../lib/api/selector.js';
import { differences } from '../compare.js';
import type { CaseRunner, Suite } from '../suite.js';

interface RecordedQuantity {
  readonly valid: boolean;
  readonly error?: string;
  readonly value?: string;
  readonly milliValue?: string;
  readonly asInt64?: string;
  readonly decimal: string;
}

type QuantityCase =
  | { readonly op: 'parse'; readonly input: string | number; readonly expected: RecordedQuantity }
  | { readonly op: 'compare'; readonly a: string; readonly b: string; readonly expected: unknown };

/** A plain decimal as a quantity, read without the code under test. */
const decimalOf = (text: string): Quantity => {
  const [integer = '', fraction = ''] = text.split('.');
  return quantityOf(BigInt(integer + fraction), 'DecimalSI', -fraction.length);
};

const parsed = (input: string | number): Quantity => {
  const result = parseQuantity(input);
  if (!result.ok) throw new Error(`${input}: ${result.error}`);
  return result.value;
};

const runQuantity: CaseRunner = (record) => {
  const recorded = record as QuantityCase;
  if (recorded.op === 'compare') {
    const a = parsed(recorded.a);
    const b = parsed(recorded.b);
    const sum = formatQuantity(addQuantities(a, b));
    const difference = formatQuantity(subtractQuantities(a, b));
    return differences(recorded.expected, { cmp: compareQuantities(a, b), sum, difference });
  }
  const { decimal, ...expected } = recorded.expected;
  const result = parseQuantity(recorded.input);
  if (!result.ok) return differences(recorded.expected, { valid: false, error: result.error });
  const quantity = result.value;
  if (compareQuantities(quantity, decimalOf(decimal)) !== 0)
    return [`decimal: recorded ${decimal}, got ${formatQuantity(quantity)}`];
  const actual = {
    valid: true,
    format: quantity.format,
    canonical: formatQuantity(quantity),
    sign: quantitySign(quantity),
    value: quantityInteger(quantity)?.toString(),
    milliValue: quantityMilliInteger(quantity)?.toString(),
    asInt64: asInt64(quantity)?.toString(),
  };
  // Left out of the record where upstream overflows.
  const overflows = (field: 'value' | 'milliValue' | 'asInt64') => (expected[field] === undefined ? { [field]: undefined } : {});
  return differences(expected, { ...actual, ...overflows('value'), ...overflows('milliValue'), ...overflows('asInt64') });
};

interface SelectorCase {
  readonly selector: string;
  readonly labelSets: readonly Readonly<Record<string, string>>[];
  readonly expected: unknown;
}

const runSelector: CaseRunner = (record) => {
  const { selector, labelSets, expected } = record as SelectorCase;
  const result = parseSelector(selector);
  if (!result.ok) return differences(expected, { valid: false, error: result.error });
  return differences(expected, {
    valid: true,
    canonical: formatSelector(result.value),
    empty: result.value.length === 0,
    matches: labelSets.map((labels) => selectorMatches(result.value, labels)),
  });
};

const checks: ReadonlyMap<string, names.NameCheck> = new Map([
  ['dns1123Label', names.dns1123Label],
  ['dns1123Subdomain', names.dns1123Subdomain],
  ['dns1035Label', names.dns1035Label],
  ['qualifiedName', names.qualifiedName],
  ['labelValue', names.labelValue],
  ['portName', names.portName],
  ['envVarName', names.envVarName],
  ['relaxedEnvVarName', names.relaxedEnvVarName],
  ['configMapKey', names.configMapKey],
  ['wildcardDNS1123Subdomain', names.wildcardDns1123Subdomain],
  ['cIdentifier', names.cIdentifier],
  ['domainPrefixedPath', (text) => names.domainPrefixedPath(text)],
]);

interface NameCase {
  readonly check: string;
  readonly input: string;
  readonly expected: unknown;
}

const runName: CaseRunner = (record) => {
  const { check, input, expected } = record as NameCase;
  const errors = checks.get(check)?.(input);
  if (errors === undefined) return [`no check is named ${check}`];
  return differences(expected, errors.length === 0 ? { valid: true } : { valid: false, errors });
};

export const suite: Suite = { families: { quantity: runQuantity, selector: runSelector, names: runName } };
