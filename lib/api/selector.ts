import { labelValue, qualifiedName } from './names.js';
import { quote } from './quote.js';

/** How a requirement relates its key and values, in Kubernetes' own spelling (`selection.Operator`). */
export type SelectorOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt';

export type Labels = Readonly<Record<string, string>>;

export interface Requirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly values: readonly string[];
}

/** All its requirements must hold; none holds for everything. */
export type Selector = readonly Requirement[];

export type ParsedSelector = { readonly ok: true; readonly value: Selector } | { readonly ok: false; readonly error: string };

const binaryOperators = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'] as const;
const int64Pattern = /^[+-]?\d+$/;
const maxInt64 = 2n ** 63n - 1n;

/** A 64 bit integer as `Gt` and `Lt` read it; undefined for any other text. */
const int64Of = (text: string): bigint | undefined => {
  if (!int64Pattern.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return value <= maxInt64 && value >= -maxInt64 - 1n ? value : undefined;
};

/** Whether one requirement holds for the labels (an absent key satisfies `notin`, `!=` and `!`). */
export const requirementMatches = ({ key, operator, values }: Requirement, labels: Labels): boolean => {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'gt':
    case 'lt': {
      const actual = value === undefined ? undefined : int64Of(value);
      const bound = values.length === 1 && values[0] !== undefined ? int64Of(values[0]) : undefined;
      if (actual === undefined || bound === undefined) return false;
      return operator === 'gt' ? actual > bound : actual < bound;
    }
  }
};

export const selectorMatches = (selector: Selector, labels: Labels): boolean =>
  selector.every((requirement) => requirementMatches(requirement, labels));

const invalid = (path: string, value: string, detail: string): string => `${path}: Invalid value: ${quote(value)}: ${detail}`;

const keyFault = (key: string): string | undefined => {
  const faults = qualifiedName(key);
  return faults.length === 0 ? undefined : invalid('<nil>', key, faults.join('; '));
};

const valueFaults = ({ key, operator, values }: Requirement): string | undefined => {
  const numeric = operator === 'gt' || operator === 'lt';
  const faults = [
    ...values.flatMap((value, index) =>
      numeric && int64Of(value) === undefined
        ? [invalid(`values[${index}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer")]
        : [],
    ),
    ...values.flatMap((value, index) => {
      const texts = labelValue(value);
      return texts.length === 0 ? [] : [invalid(`values[${index}][${key}]`, value, texts.join('; '))];
    }),
  ];
  return faults.length > 1 ? `[${faults.join(', ')}]` : faults[0];
};

/** The tokens of a selector; the empty string stands for its end. */
const tokensOf = (text: string): readonly string[] => [...(text.match(/[=!]=|[=!(),<>]|[^=!(),<> \t\r\n]+/g) ?? []), ''];

const symbols: ReadonlySet<string> = new Set(['', '=', '==', '!=', '!', '(', ')', ',', '<', '>']);
const isIdentifier = (token: string): boolean => !symbols.has(token);

class Fault extends Error {}

/** Reads the tokens of one selector from left to right. */
class SelectorReader {
  readonly #tokens: readonly string[];
  #position = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  selector(): Selector {
    const requirements: Requirement[] = [];
    let next = this.#peek();
    if (next === '') return requirements;
    if (!isIdentifier(next) && next !== '!') throw new Fault(`found '${next}', expected: !, identifier, or 'end of string'`);
    for (;;) {
      requirements.push(this.#requirement());
      const separator = this.#take();
      if (separator === '') return requirements;
      if (separator !== ',') throw new Fault(`found '${separator}', expected: ',' or 'end of string'`);
      next = this.#peek();
      if (!isIdentifier(next) && next !== '!') throw new Fault(`found '${next}', expected: identifier after ','`);
    }
  }

  #peek(): string {
    return this.#tokens[this.#position] ?? '';
  }

  #take(): string {
    const token = this.#peek();
    this.#position++;
    return token;
  }

  #requirement(): Requirement {
    const negated = this.#peek() === '!';
    if (negated) this.#take();
    const key = this.#take();
    if (!isIdentifier(key)) throw requirementFault(`found '${key}', expected: identifier`);
    const fault = keyFault(key);
    if (fault !== undefined) throw requirementFault(fault);
    if (negated) return { key, operator: '!', values: [] };
    if (this.#peek() === '' || this.#peek() === ',') return { key, operator: 'exists', values: [] };
    const operator = this.#operator();
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#value()];
    const requirement: Requirement = { key, operator, values: [...new Set(values)].sort() };
    const valueFault = valueFaults(requirement);
    if (valueFault !== undefined) throw requirementFault(valueFault);
    return requirement;
  }

  #operator(): SelectorOperator {
    const token = this.#take();
    if (token === '<') return 'lt';
    if (token === '>') return 'gt';
    if (token === 'in' || token === 'notin' || token === '=' || token === '==' || token === '!=') return token;
    throw requirementFault(`found '${token}', expected: ${binaryOperators.join(', ')}`);
  }

  /** The one value of `=`, `!=`, `<` and the like; none is the empty value. */
  #value(): string {
    const next = this.#peek();
    if (next === '' || next === ',') return '';
    this.#take();
    if (!isIdentifier(next)) throw requirementFault(`found '${next}', expected: identifier`);
    return next;
  }

  /** `(a,b)`; a missing value before, between or after commas is the empty value. */
  #values(): readonly string[] {
    const open = this.#take();
    if (open !== '(') throw requirementFault(`found '${open}' expected: '('`);
    const first = this.#peek();
    if (first !== ')' && first !== ',' && !isIdentifier(first)) {
      throw requirementFault(`found '${first}', expected: ',', ')' or identifier`);
    }
    const values: string[] = [];
    if (first === ')') values.push('');
    while (this.#peek() !== ')') {
      const token = this.#take();
      const next = this.#peek();
      if (isIdentifier(token)) {
        values.push(token);
        if (next !== ',' && next !== ')') throw requirementFault(`found '${next}', expected: ',' or ')'`);
      } else if (token === ',') {
        if (values.length === 0 || next === ',' || next === ')') values.push('');
      } else {
        throw requirementFault(`found '${token}', expected: ',', or identifier`);
      }
    }
    this.#take();
    return values;
  }
}

const requirementFault = (text: string): Fault => new Fault(`unable to parse requirement: ${text}`);

const byKey = (a: Requirement, b: Requirement): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** Reads a selector as `kubectl -l` does: `app=web,tier in (api, db),!canary`. The requirements come sorted by key. */
export const parseSelector = (text: string): ParsedSelector => {
  try {
    return { ok: true, value: [...new SelectorReader(text).selector()].sort(byKey) };
  } catch (fault) {
    if (fault instanceof Fault) return { ok: false, error: fault.message };
    throw fault;
  }
};

const formatRequirement = ({ key, operator, values }: Requirement): string => {
  const list = [...values].sort().join(',');
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${list})`;
    case 'gt':
      return `${key}>${list}`;
    case 'lt':
      return `${key}<${list}`;
    default:
      return `${key}${operator}${list}`;
  }
};

/** The selector as text, its requirements sorted by key. */
export const formatSelector = (selector: Selector): string => [...selector].sort(byKey).map(formatRequirement).join(',');
