/** A fault of an expression, at an offset in UTF-16 units. */
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

const display = (source: string, { at, text }: CelFault): string => {
  const before = source.slice(0, at);
  const line = before.split('\n').length;
  const lineStart = before.lastIndexOf('\n') + 1;
  const column = [...source.slice(lineStart, at)].length;
  const snippet = (source.slice(lineStart).split('\n', 1)[0] ?? '').replaceAll('\t', ' ');
  const characters = [...snippet];
  const dots = characters.slice(0, column).map((character) => (wide(character) ? '\uff0e' : '.'));
  const mark = wide(characters[column] ?? '') ? '\uff3e' : '^';
  return `ERROR: <input>:${line}:${column + 1}: ${text}\n | ${snippet}\n | ${dots.join('')}${mark}`;
};

/** The faults as the server prints them, each with its line and a mark below the place. */
export const faultsText = (source: string, faults: readonly CelFault[]): string =>
  [...faults]
    .sort((a, b) => a.at - b.at)
    .map((fault) => display(source, fault))
    .join('\n');
