import type { JSONSchemaProps } from '../generated/types.js';
import type { Faults } from '../validate/faults.js';
import type { Path } from '../validate/path.js';
import { schemaOf, valuesOf } from './schema.js';

/** Units of CEL's cost: an estimate of the work that a rule can be. */
const mostRuleCost = 10_000_000;
const mostSchemaCost = 100_000_000;
const mostRequestBytes = 3 * 1024 * 1024;
const mostBlamed = 4;
/** The server counts with 64 bits. */
const mostCost = 2 ** 64 - 1;

const exceeded = (what: string, cost: number, limit: number): string => {
  const factor = cost / limit;
  const text = factor > 100 ? 'more than 100x' : `${factor.toFixed(factor < 1.5 ? 6 : 1)}x`;
  const advice =
    'try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared';
  return `${what} exceeds budget by factor of ${text} (${advice})`;
};

/** How often the values below one of this schema can occur in it; undefined when nothing bounds that. */
export const multiplicity = (props: JSONSchemaProps): number | undefined => {
  if (props.type === 'array') return props.maxItems === undefined ? undefined : Math.max(0, props.maxItems);
  if (props.type !== 'object') return 1;
  const schema = schemaOf(props);
  if (valuesOf(schema) === undefined && schema.additionalProperties === undefined) return 1;
  return props.maxProperties === undefined ? undefined : Math.max(0, props.maxProperties);
};

/** Adds up what the rules of one schema may cost. */
export class RuleCosts {
  readonly #blamed: { readonly at: Path; readonly cost: number }[] = [];
  #total = 0;

  /** What a rule costs where it can apply so often; unbounded, as often as values of the least size fit in a request. */
  static of(estimate: number, occurrences: number | undefined, leastSize: number): number {
    return Math.min(mostCost, estimate * (occurrences ?? Math.floor(mostRequestBytes / (leastSize + 1))));
  }

  /** Counts the cost of an expression, and reports one that is too dear by itself. */
  count(cost: number, what: 'rule' | 'messageExpression', at: Path, faults: Faults): void {
    if (cost > mostRuleCost) faults.forbidden(at, exceeded(`estimated ${what} cost`, cost, mostRuleCost));
    this.#total = Math.min(mostCost, this.#total + cost);
    if (cost >= mostSchemaCost / 100) this.#blamed.push({ at, cost });
  }

  /** Reports rules that are too dear together. */
  report(at: Path, faults: Faults): void {
    if (this.#total <= mostSchemaCost) return;
    const dearest = [...this.#blamed].sort((a, b) => b.cost - a.cost).slice(0, mostBlamed);
    for (const { at: rule } of dearest)
      faults.forbidden(rule, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema');
    const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
    faults.forbidden(at, exceeded(what, this.#total, mostSchemaCost));
  }
}
