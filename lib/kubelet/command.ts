import type { Container } from '../api/generated/types.js';

/** How a command ends as far as its words tell: by itself after some seconds with a code, never, or nobody knows. */
export type CommandEnd = { readonly code: number; readonly after: number } | 'never' | 'unknown';

const done: CommandEnd = { code: 0, after: 1 };

/**
 * Well-known commands that do one thing and end. Only what obviously ends belongs here: a service taken for a one-shot
 * command would be reported as crashing.
 */
const oneShot = new Set(
  'echo printf true : ls pwd date env printenv hostname uname whoami id cp mv rm mkdir rmdir touch chmod chown ln test [ git'.split(
    ' ',
  ),
);

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

/** The end of a shell script is the end of its last command; loops and conditions are beyond reading, endless ones aside. */
const scriptEnd = (script: string): CommandEnd => {
  if (endlessLoop.test(script)) return 'never';
  if (/\b(?:while|until|for|if|case|wait|trap)\b|[`({]|&\s*$/u.test(script)) return 'unknown';
  const commands = script.split(/&&|\|\||[;\n]/u).map((command) => command.trim().split('|').at(-1)?.trim() ?? '');
  let after = 0;
  let end: CommandEnd = 'unknown';
  for (const command of commands.filter((text) => text !== '' && !text.startsWith('#'))) {
    end = simpleEnd(command.split(/\s+/u).map((word) => word.replaceAll(/^["']|["']$/gu, '')));
    if (end === 'never') return 'never';
    if (end === 'unknown') continue;
    after += end.after;
    if (command.startsWith('exit')) break;
  }
  return end === 'unknown' ? end : { code: end.code, after: Math.max(after, 1) };
};

/** How a container's own words say that it ends; the entry point of its image is not known. */
export const commandEnd = ({ command = [], args = [] }: Container): CommandEnd => {
  const words = [...command, ...args];
  if (command.length === 0 && !shells.has(baseName(words[0] ?? '')) && !oneShot.has(baseName(words[0] ?? ''))) {
    // Arguments alone go to an unknown entry point, unless they are a command themselves, as plain base images take it.
    return baseName(words[0] ?? '') === 'sleep' ? simpleEnd(words) : 'unknown';
  }
  if (!shells.has(baseName(words[0] ?? ''))) return simpleEnd(words);
  const option = words.findIndex((word, index) => index > 0 && /^-[a-z]*c[a-z]*$/u.test(word));
  return option < 0 ? 'unknown' : scriptEnd(words[option + 1] ?? '');
};
