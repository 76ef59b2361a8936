import type { SourceLocation } from './manifest.js';

/** Why an input, a document or a part of it could not be read as an object. */
export interface Problem {
  readonly code: 'input/syntax' | 'input/limit' | 'input/not-an-object';
  /** `warning`: kubectl reads it all the same, so the object is there. Default: an error. */
  readonly severity?: 'warning';
  readonly message: string;
  readonly source?: SourceLocation | undefined;
}

/** A problem in a text, before its file and line are known. */
export type Fault = Omit<Problem, 'source'> & { readonly offset: number };

/** How much of an input is sane. No file, however made, may stop the run. */
export const limits = {
  /** Characters of one input: 64 Mi. */
  input: 64 * 1024 * 1024,
  /** Characters of one string. An object of the API server holds at most 1.5 MiB. */
  scalar: 10_000_000,
  /** Nested maps and lists. The deepest real ones, schemas of custom resources, stay below 80. */
  depth: 200,
  /** Values that aliases stand for, all together. */
  aliased: 100_000,
  objects: 200_000,
} as const;

export const tooDeep = (offset: number): Fault => ({
  code: 'input/limit',
  message: `maps and lists are nested more than ${limits.depth} deep`,
  offset,
});

export const tooLong = (offset: number): Fault => ({
  code: 'input/limit',
  message: `a string is longer than ${limits.scalar / 1_000_000} MB`,
  offset,
});
