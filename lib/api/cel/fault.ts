/** A fault of an expression, at an offset in UTF-16 units; below zero for one of all of it. */
export interface CelFault {
  readonly at: number;
  readonly text: string;
}

/** Thrown inside this folder when an evaluation fails; `evaluate` returns its text. */
export class EvaluationError extends Error {}

export const fail = (text: string): never => {
  throw new EvaluationError(text);
};

const wide = (character: string): boolean => new TextEncoder().encode(character).length > 1;

/** More than these are only counted. */
export const mostFaults = 100;

const longestSnippet = 16_384;

const display = (source: string, { at, text }: CelFault): string => {
  if (at < 0) return `ERROR: <input>:-1:0: ${text}`;
  const before = source.slice(0, at);
  const line = before.split('\n').length;
  const lineStart = before.lastIndexOf('\n') + 1;
  const column = [...source.slice(lineStart, at)].length;
  const head = `ERROR: <input>:${line}:${column + 1}: ${text}`;
  const snippet = (source.slice(lineStart).split('\n', 1)[0] ?? '').replaceAll('\t', ' ');
  if (snippet.length > longestSnippet) return head;
  const characters = [...snippet];
  const dots = characters.slice(0, column).map((character) => (wide(character) ? '\uff0e' : '.'));
  const mark = wide(characters[column] ?? '') ? '\uff3e' : '^';
  return `${head}\n | ${snippet}\n | ${dots.join('')}${mark}`;
};

/** The faults as the server prints them, each with its line and a mark below the place. */
export const faultsText = (source: string, faults: readonly CelFault[]): string => {
  const shown = faults.slice(0, mostFaults).sort((a, b) => a.at - b.at);
  const texts = shown.map((fault) => display(source, fault));
  const rest = faults.length - shown.length;
  return [...texts, ...(rest > 0 ? [`${rest} more errors were truncated`] : [])].join('\n');
};
