import type { Container } from '../api/generated/types.js';

/** How a command ends as far as its words tell: by itself after some seconds with a code, never, or nobody knows. */
export type CommandEnd = { readonly code: number; readonly after: number } | 'never' | 'unknown';

const done: CommandEnd = { code: 0, after: 1 };

/**
 * Well-known commands that do one thing and end. Only what obviously ends belongs here: a service taken for a one-shot
 * command would be reported as crashing.
 */
const oneShot = new Set(
  'echo printf true : ls pwd date printenv hostname uname whoami id cp mv rm mkdir rmdir touch chmod chown ln test ['.split(' '),
);

/** Parts of a script that only prepare what follows. */
const preparing = new Set('set cd export unset umask'.split(' '));

const shells = new Set(['sh', 'bash', 'ash', 'dash', 'zsh']);

const sleepUnits: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

const sleepSeconds = (words: readonly string[]): number => {
  let seconds = 0;
  for (const word of words) {
    if (word === 'infinity' || word === 'inf') return Number.POSITIVE_INFINITY;
    const match = /^(\d+(?:\.\d+)?)([smhd]?)$/u.exec(word);
    if (match === null) return Number.NaN;
    seconds += Number(match[1]) * (sleepUnits[match[2] ?? ''] ?? 1);
  }
  return seconds;
};

const baseName = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

const simpleEnd = (words: readonly string[]): CommandEnd => {
  const name = baseName(words[0] ?? '');
  if (name === 'exec') return simpleEnd(words.slice(1));
  if (name === 'env') {
    const rest = words.slice(1).filter((word) => !word.includes('='));
    return rest.length === 0 ? done : simpleEnd(rest);
  }
  if (name === 'git') return words[1] === 'daemon' ? 'unknown' : done;
  if (name === 'sleep') {
    const seconds = sleepSeconds(words.slice(1));
    if (Number.isNaN(seconds)) return 'unknown';
    return seconds === Number.POSITIVE_INFINITY ? 'never' : { code: 0, after: Math.max(seconds, 1) };
  }
  if (name === 'exit') return /^\d+$/u.test(words[1] ?? '0') ? { code: Number(words[1] ?? 0) % 256, after: 1 } : 'unknown';
  if (name === 'false') return { code: 1, after: 1 };
  if (name === 'tail' && words.some((word) => /^-[a-zA-Z0-9]*[fF]/u.test(word) || word === '--follow')) return 'never';
  if (name === 'cat') return words.length > 1 ? done : 'unknown';
  return oneShot.has(name) ? done : 'unknown';
};

const endlessLoop = /\b(?:while|until)\s+(?:true|:|\[\s*1\s*\]|false)\s*[;\n]|for\s*\(\(\s*;\s*;\s*\)\)/u;

const branches = /\b(?:while|until|for|if|case|wait|trap)\b|[`({]|\|\||&&\s*exit|&\s*$/u;

/** A script ends by itself when all of its commands do; loops and conditions are beyond reading, endless ones aside. */
const scriptEnd = (script: string): CommandEnd => {
  if (endlessLoop.test(script)) return 'never';
  if (branches.test(script)) return 'unknown';
  const commands = script
    .split(/&&|[|;\n]/u)
    .map((command) => command.trim())
    .filter((command) => command !== '' && !command.startsWith('#'));
  let after = 0;
  let code = 0;
  let known = true;
  for (const command of commands) {
    const words = command.split(/\s+/u).map((word) => word.replaceAll(/^["']|["']$/gu, ''));
    if (preparing.has(words[0] ?? '')) continue;
    const end = simpleEnd(words);
    if (end === 'never') return 'never';
    if (end === 'unknown') {
      known = false;
      continue;
    }
    after += end.after;
    code = end.code;
    if (words[0] === 'exit') break;
  }
  return known && after > 0 ? { code, after } : 'unknown';
};

/** How a container's own words say that it ends; the entry point of its image is not known. */
export const commandEnd = (container: Container): CommandEnd => {
  if (container.command === undefined && container.args === undefined) return 'unknown';
  const { command = [], args = [] } = container;
  if (command.length + args.length === 0) return 'unknown';
  const words = [...command, ...args];
  const name = baseName(words[0] ?? '');
  if (shells.has(name)) {
    const option = words.findIndex((word, index) => index > 0 && word.includes('c') && /^-[a-z]+$/u.test(word));
    return option < 0 ? 'unknown' : scriptEnd(words[option + 1] ?? '');
  }
  // Arguments alone go to the entry point of the image, which plain base images do not have.
  return command.length > 0 || name === 'sleep' || name === 'echo' ? simpleEnd(words) : 'unknown';
};
