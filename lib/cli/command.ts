/** An option as `node:util` parses it, with what help says of it. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** Name of the value in help: `DIR`. */
  readonly value?: string;
  /** Closed list of values, checked and completed. */
  readonly values?: readonly string[];
  readonly help: string;
}

export interface Invocation {
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** One command; help, completion and parsing are made from this description. */
export interface Command {
  readonly name: string;
  /** What follows the name: `[PROGRAM...]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly examples: readonly { readonly command: string; readonly does: string }[];
  /** Resolves to the exit code: 0 accepted, 1 refused, 2 wrong usage. */
  readonly run: (invocation: Invocation, commands: readonly Command[]) => Promise<number>;
}

/** Wrong usage: the message goes to standard error, the exit code is 2. */
export class UsageError extends Error {}

/** Bad input of a kind that no finding covers: the message goes to standard error, the exit code is 1. */
export class InputError extends Error {}
