import { compileRegexp } from '../../regexp.js';
import { fail } from '../fault.js';
import type { Library } from './signature.js';

/** Whether the pattern matches anywhere in the text. */
export const matches = (text: string, pattern: string): boolean => {
  const compiled = compileRegexp(pattern);
  return compiled.ok ? compiled.matches(text) : fail(compiled.error);
};

const findAll = (text: string, pattern: string, limit = -1n): readonly string[] => {
  const compiled = compileRegexp(pattern);
  if (!compiled.ok) return fail(`Illegal regex: ${compiled.error}`);
  return compiled.findAll(text, limit < 0n ? undefined : Number(limit));
};

export const regex: Library = {
  'find: string.(string) string': (text: string, pattern: string) => findAll(text, pattern, 1n)[0] ?? '',
  'findAll: string.(string) list(string)': (text: string, pattern: string) => findAll(text, pattern),
  'findAll: string.(string, int) list(string)': findAll,
};
