import { compileRegexp } from '../regexp.js';
import type { CelFault } from './fault.js';
import { childrenOf, type Node } from './node.js';
import { parseDuration, parseTimestamp } from './time.js';

const literalText = (node: Node | undefined): string | undefined =>
  node?.kind === 'literal' && typeof node.value === 'string' ? node.value : undefined;

const faultOf = (node: Node): CelFault | undefined => {
  if (node.kind !== 'call') return undefined;
  const [first, second] = node.args;
  const pattern = node.target === undefined ? second : first;
  const place = (at: Node | undefined, text: string): CelFault => ({ at: at?.at ?? node.at, text });
  const text = literalText(node.name === 'matches' ? pattern : first);
  if (text === undefined) return undefined;
  if (node.name === 'matches' && !compileRegexp(text).ok) return place(pattern, 'invalid matches argument');
  if (node.target !== undefined) return undefined;
  if (node.name === 'duration' && parseDuration(text) === undefined) return place(first, 'invalid duration argument');
  return node.name === 'timestamp' && parseTimestamp(text) === undefined ? place(first, 'invalid timestamp argument') : undefined;
};

/** Literals that could never be what they are given as: durations, timestamps and regular expressions. */
export const literalFaults = (node: Node): readonly CelFault[] => {
  const own = faultOf(node);
  return [...(own === undefined ? [] : [own]), ...childrenOf(node).flatMap(literalFaults)];
};
