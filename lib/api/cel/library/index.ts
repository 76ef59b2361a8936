import { EvaluationError } from '../fault.js';
import { typeNameOf, type Value } from '../value.js';
import { authorizers } from './authorizer.js';
import { kubernetes } from './kubernetes.js';
import { lists, optionals } from './lists.js';
import { network } from './network.js';
import { regex } from './regex.js';
import { accepts, Functions } from './signature.js';
import { standard } from './standard.js';
import { strings } from './strings.js';

/** Every function of the API server's CEL, that of Kubernetes 1.36. */
export const functions = new Functions(() => [
  ...standard,
  strings,
  ...lists,
  optionals,
  regex,
  ...network,
  ...kubernetes,
  authorizers,
]);

// Functions of which cel-go says no more.
const terse = new Set(['contains', 'startsWith', 'endsWith', 'matches']);

/** Runs the function on values of the types that one of its signatures asks for. */
export const dispatch = (name: string, values: readonly Value[], member: boolean): Value => {
  for (const { member: isMember, parameters, run } of functions.get(name) ?? []) {
    if (isMember !== member || parameters.length !== values.length) continue;
    if (!parameters.every((type, index) => accepts(type, values[index] ?? null))) continue;
    return (run as (...all: readonly Value[]) => Value)(...values);
  }
  if (name.includes('_') || name.startsWith('@') || terse.has(name)) throw new EvaluationError('no such overload');
  throw new EvaluationError(`no such overload: ${name}(${values.map(typeNameOf).join(', ')})`);
};
