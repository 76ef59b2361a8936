import type { SourceLocation } from '../manifest/manifest.js';

/** The text of a source file, undefined if it cannot be read. */
export type SourceText = (file: string) => string | undefined;

/** Text of YAML or JSON, or of a program, in which values of a Secret may stand. */
const holdsSecret = /\bkind["']?\s*:\s*["']?Secret\b|\bstringData\b|\bnew Secret\b/;

/** The lines of the YAML document around a line. */
const documentAround = (lines: readonly string[], line: number): readonly string[] => {
  const isSeparator = (text: string): boolean => /^---(?:\s|$)/.test(text);
  const before = lines.slice(0, line - 1).findLastIndex(isSeparator);
  const after = lines.slice(line - 1).findIndex(isSeparator);
  return lines.slice(before + 1, after < 0 ? undefined : line - 1 + after);
};

/**
 * The line of a place with the one before it and a mark below: `14 | new Deployment(...)`. Long lines are cut. Lines
 * of manifests with a Secret in them are never shown, and in a program not the line before: they may hold the values.
 */
export const snippet = ({ file, line, column }: SourceLocation, sourceText: SourceText, width: number): readonly string[] => {
  const source = sourceText(file);
  const lines = source?.split(/\r?\n/);
  const text = lines?.[line - 1];
  if (lines === undefined || text === undefined) return [];
  const isProgram = /\.[cm]?[jt]sx?$/.test(file);
  const secret = holdsSecret.test((isProgram ? lines : documentAround(lines, line)).join('\n'));
  if (secret && !isProgram) return [];
  const digits = String(line).length;
  const room = Math.max(20, width - digits - 3);
  const shown = (number: number, content: string): string =>
    `${String(number).padStart(digits)} | ${content.slice(0, room)}`.trimEnd();
  const before = line > 1 && !secret ? lines[line - 2] : undefined;
  const at = Math.min(column - 1, room - 1);
  return [
    ...(before === undefined || before.trim() === '' ? [] : [shown(line - 1, before)]),
    shown(line, text),
    `${' '.repeat(digits)} | ${' '.repeat(Math.max(0, at))}^`,
  ];
};
