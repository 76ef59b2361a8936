import { join } from 'node:path';
import { nearName } from '../manifest/source-files.js';
import { packageRoot } from './package-root.js';

interface Message {
  readonly text: string;
  readonly location?: { readonly file: string; readonly line: number; readonly column: number; readonly lineText: string } | null;
}

const buildMessages = (error: unknown): readonly Message[] | undefined => {
  const { errors } = (error ?? {}) as { readonly errors?: unknown };
  return Array.isArray(errors) &&
    errors.length > 0 &&
    errors.every((each) => typeof each === 'object' && each !== null && 'text' in each)
    ? (errors as readonly Message[])
    : undefined;
};

/** `at name (file:line:column)` with the file as the author sees it; undefined for frames of Node, of packages and of Plimsoll. */
const ownFrame = (line: string): string | undefined => {
  const [, name, place = '', position] =
    /^\s+at (?:(.+) \()?(?:file:\/\/)?(\/[^:]*|[A-Za-z]:[^:]*)(:\d+:\d+)\)?$/.exec(line) ?? [];
  const isForeign =
    place === '' ||
    /[\\/]node_modules[\\/]|\.plimsoll-[0-9a-f]{8}\.mjs$/.test(place) ||
    ['build', 'lib'].some((folder) => place.startsWith(join(packageRoot(), folder)));
  return isForeign ? undefined : `at ${name === undefined ? '' : `${name}, `}${nearName(place)}${position}`;
};

/**
 * What a program that failed tells its author: the fault and the place in their source, without the inner frames of libraries.
 * Errors of the SDK carry the construct and what to write instead; their place is the line that made them.
 */
export const programError = (program: string, error: unknown): string => {
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
  // What Node says of a package that it does not find names the bundle.
  const message = error.message.replaceAll(/(?<![^\s'"])[^\s'"]*\.plimsoll-[0-9a-f]{8}\.mjs/g, program);
  const ofSdk = error.name === 'PlimsollError';
  const frames = (error.stack ?? '').split('\n').flatMap((line) => ownFrame(line) ?? []);
  return `${ofSdk ? '' : `${program} failed: `}${message}${frames
    .slice(0, ofSdk ? 1 : 5)
    .map((frame) => `\n  ${frame}`)
    .join('')}`;
};
