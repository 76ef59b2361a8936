import { type Paint, visible, wrap } from '../paint.js';

/**
 * Rows below a head, columns as wide as their longest cell; the last column takes what is left of the width and is wrapped. Cells are texts from
 * manifests and made safe to show.
 */
export const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width, paint, indent = 2 }: { readonly width: number; readonly paint: Paint; readonly indent?: number },
): readonly string[] => {
  const cells = rows.map((row) => row.map(visible));
  const last = head.length - 1;
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const before = widths.slice(0, last).reduce((sum, each) => sum + each + 2, indent);
  const room = Math.max(24, width - before);
  const line = (row: readonly string[]): readonly string[] =>
    wrap(row[last] ?? '', room).map((part, index) =>
      [
        ' '.repeat(indent),
        ...widths.slice(0, last).map((size, column) => `${(index === 0 ? (row[column] ?? '') : '').padEnd(size)}  `),
        part,
      ]
        .join('')
        .trimEnd(),
    );
  const title = head.some((each) => each !== '') ? [paint.dim(line(head)[0] ?? '')] : [];
  return [...title, ...cells.flatMap(line)];
};
