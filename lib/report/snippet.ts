import type { SourceLocation } from '../manifest/manifest.js';

/** The text of a source file, undefined if it cannot be read. */
export type SourceText = (file: string) => string | undefined;

/** The line of a place with the one before it and a mark below: `14 | new Deployment(...)`. Long lines are cut. */
export const snippet = ({ file, line, column }: SourceLocation, sourceText: SourceText, width: number): readonly string[] => {
  const lines = sourceText(file)?.split(/\r?\n/);
  const text = lines?.[line - 1];
  if (lines === undefined || text === undefined) return [];
  const digits = String(line).length;
  const room = Math.max(20, width - digits - 3);
  const shown = (number: number, content: string): string =>
    `${String(number).padStart(digits)} | ${content.slice(0, room)}`.trimEnd();
  const before = line > 1 ? lines[line - 2] : undefined;
  const at = Math.min(column - 1, room - 1);
  return [
    ...(before === undefined || before.trim() === '' ? [] : [shown(line - 1, before)]),
    shown(line, text),
    `${' '.repeat(digits)} | ${' '.repeat(Math.max(0, at))}^`,
  ];
};
