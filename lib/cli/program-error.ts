import { nearName } from '../manifest/source-files.js';

interface Message {
  readonly text: string;
  readonly location?: { readonly file: string; readonly line: number; readonly column: number; readonly lineText: string } | null;
}

const buildMessages = (error: unknown): readonly Message[] | undefined => {
  const { errors } = error as { readonly errors?: unknown };
  return Array.isArray(errors) &&
    errors.length > 0 &&
    errors.every((each) => typeof each === 'object' && each !== null && 'text' in each)
    ? (errors as readonly Message[])
    : undefined;
};

/** Frames of a stack that lie in the author's own files. */
const ownFrames = (stack: string): readonly string[] =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !/node:internal|[\\/]node_modules[\\/]|plimsoll[\\/](?:build|lib)[\\/]/.test(line))
    .map((line) => line.trim().replace(/file:\/\//g, ''));

/**
 * What a program that failed tells its author: the fault and the place in their source, without the inner frames of libraries.
 * Errors of the SDK carry the construct and what to write instead; their place is the line that made them.
 */
export const programError = (program: string, error: unknown, ofSdk: boolean): string => {
  const messages = buildMessages(error);
  if (messages !== undefined) {
    return messages
      .map(({ text, location }) =>
        location === null || location === undefined
          ? text
          : `${text}\n  at ${nearName(location.file)}:${location.line}:${location.column + 1}\n  ${location.line} | ${location.lineText}`,
      )
      .join('\n');
  }
  if (!(error instanceof Error)) return `${program} failed: ${String(error)}`;
  const frames = ownFrames(error.stack ?? '').slice(0, ofSdk ? 1 : 5);
  return `${ofSdk ? '' : `${program} failed: `}${error.message}${frames.map((frame) => `\n  ${frame}`).join('')}`;
};
