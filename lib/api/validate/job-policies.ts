import type { JobSpec, PodFailurePolicyRule, SuccessPolicyRule } from '../generated/types.js';
import { qualifiedName } from '../names.js';
import type { Faults } from './faults.js';
import { nonNegative } from './numbers.js';
import type { Path } from './path.js';

const quoted = (values: readonly string[]): string => `valid values: [${values.map((value) => `"${value}"`).join(' ')}]`;

const oneOf = (value: string, supported: readonly string[], at: Path, faults: Faults): void => {
  if (value === '') faults.required(at, quoted(supported));
  else if (!supported.includes(value)) faults.notSupported(at, value, supported);
};

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const mostRules = 20;
const mostConditions = 20;
const mostExitCodes = 255;

const validateExitCodes = (rule: PodFailurePolicyRule, containers: ReadonlySet<string>, at: Path, faults: Faults): void => {
  const codes = rule.onExitCodes;
  if (codes === undefined) return;
  oneOf(codes.operator, ['In', 'NotIn'], at.child('operator'), faults);
  if (codes.containerName !== undefined && !containers.has(codes.containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    faults.invalid(at.child('containerName'), codes.containerName, detail);
  }
  const values = codes.values ?? [];
  const place = at.child('values');
  if (values.length === 0) faults.invalid(place, values, 'at least one value is required');
  else if (values.length > mostExitCodes) faults.tooMany(place, values.length, mostExitCodes);
  const seen = new Set<number>();
  for (const [index, value] of values.entries()) {
    if (codes.operator === 'In' && value === 0) faults.invalid(place.index(index), value, 'must not be 0 for the In operator');
    if (seen.has(value)) faults.duplicate(place.index(index), value);
    seen.add(value);
  }
  if (values.some((value, index) => index > 0 && (values[index - 1] ?? value) > value))
    faults.invalid(place, values, 'must be ordered');
};

const validateFailureRule = (
  spec: JobSpec,
  rule: PodFailurePolicyRule,
  containers: ReadonlySet<string>,
  at: Path,
  faults: Faults,
): void => {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  if (action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined)
      faults.invalid(at.child('action'), action, 'requires the backoffLimitPerIndex to be set');
  } else oneOf(action, actions, at.child('action'), faults);
  validateExitCodes(rule, containers, at.child('onExitCodes'), faults);
  const conditions = at.child('onPodConditions');
  if (onPodConditions.length > mostConditions) faults.tooMany(conditions, onPodConditions.length, mostConditions);
  for (const [index, { type, status = '' }] of onPodConditions.entries()) {
    faults.invalidEach(conditions.index(index).child('type'), type, qualifiedName(type));
    oneOf(status, ['False', 'True', 'Unknown'], conditions.index(index).child('status'), faults);
  }
  if (onExitCodes !== undefined && onPodConditions.length > 0) {
    faults.invalid(at, undefined, 'specifying both OnExitCodes and OnPodConditions is not supported');
  }
  if (onExitCodes === undefined && onPodConditions.length === 0) {
    faults.invalid(at, undefined, 'specifying one of OnExitCodes and OnPodConditions is required');
  }
};

export const validateFailurePolicy = (spec: JobSpec, at: Path, faults: Faults): void => {
  if (spec.podFailurePolicy === undefined) return;
  const rules = spec.podFailurePolicy.rules ?? [];
  if (rules.length > mostRules) faults.tooMany(at.child('rules'), rules.length, mostRules);
  const { containers = [], initContainers = [] } = spec.template.spec ?? {};
  const names = new Set([...containers, ...initContainers].map((container) => container.name));
  for (const [index, rule] of rules.entries()) validateFailureRule(spec, rule, names, at.child('rules').index(index), faults);
};

type Interval = { readonly first: number; readonly last: number } | { readonly fault: string };

const parseInterval = (text: string, completions: number): Interval => {
  const parts = text.split('-');
  if (parts.length > 2) {
    return {
      fault: `the fragment "${text}" violates the requirement that an index interval can have at most two parts separated by '-'`,
    };
  }
  for (const part of parts) {
    if (!/^\+?\d+$/.test(part)) return { fault: `cannot convert string to integer for index: "${part}"` };
    if (Number(part) >= completions) return { fault: `too large index: "${part}"` };
  }
  const [first = 0, last = first] = parts.map(Number);
  if (parts.length === 2 && first >= last) return { fault: `non-increasing order, previous: ${first}, current: ${last}` };
  return { first, last };
};

/** How many indexes a list such as `0,2-4` names, or what is wrong with it. */
const countIndexes = (text: string, completions: number): { readonly count: number; readonly fault?: string } => {
  let count = 0;
  let previous: number | undefined;
  for (const part of text === '' ? [] : text.split(',')) {
    const interval = parseInterval(part, completions);
    if ('fault' in interval) return { count: 0, fault: interval.fault };
    if (previous !== undefined && previous >= interval.first) {
      return { count: 0, fault: `non-increasing order, previous: ${previous}, current: ${interval.first}` };
    }
    count += interval.last - interval.first + 1;
    previous = interval.last;
  }
  return { count };
};

const mostIndexBytes = 64 * 1024;

const validateSuccessRule = (rule: SuccessPolicyRule, completions: number, at: Path, faults: Faults): void => {
  const { succeededCount: wanted, succeededIndexes: indexes } = rule;
  if (wanted === undefined && indexes === undefined) {
    faults.required(at, 'at least one of succeededCount or succeededIndexes must be specified');
  }
  const named = indexes === undefined ? undefined : countIndexes(indexes, completions);
  if ((indexes ?? '').length > mostIndexBytes) faults.tooLong(at.child('succeededIndexes'), mostIndexBytes);
  if (named?.fault !== undefined)
    faults.invalid(at.child('succeededIndexes'), indexes, `error parsing succeededIndexes: ${named.fault}`);
  if (wanted === undefined) return;
  const place = at.child('succeededCount');
  nonNegative(wanted, place, faults);
  if (wanted > completions) {
    faults.invalid(place, wanted, `must be less than or equal to ${completions} (the number of specified completions)`);
  }
  if (named !== undefined && wanted > named.count) {
    const detail = `must be less than or equal to ${named.count} (the number of indexes in the specified succeededIndexes field)`;
    faults.invalid(place, wanted, detail);
  }
};

export const validateSuccessPolicy = (spec: JobSpec, at: Path, faults: Faults): void => {
  const policy = spec.successPolicy;
  if (policy === undefined) return;
  if (spec.completionMode !== 'Indexed') {
    faults.invalid(at, policy, 'requires indexed completion mode');
    return;
  }
  const rules = policy.rules ?? [];
  if (rules.length === 0)
    faults.required(at.child('rules'), 'at least one rules must be specified when the successPolicy is specified');
  if (rules.length > mostRules) faults.tooMany(at.child('rules'), rules.length, mostRules);
  for (const [index, rule] of rules.entries())
    validateSuccessRule(rule, spec.completions ?? 0, at.child('rules').index(index), faults);
};
