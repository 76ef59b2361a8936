/** Colours of a terminal; without colour every function returns its text. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
}

const codes: Readonly<Record<keyof Paint, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  cyan: [36, 39],
};

export const paint = (colour: boolean): Paint => {
  const of =
    (name: keyof Paint) =>
    (text: string): string => {
      const [on, off] = codes[name];
      return colour && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
    };
  return { bold: of('bold'), dim: of('dim'), red: of('red'), yellow: of('yellow'), green: of('green'), cyan: of('cyan') };
};

/** Characters of one text that a reader may be asked to read. */
const longest = 4000;

const shortened = (text: string): string =>
  text.length <= longest
    ? text
    : `${text.slice(0, longest / 2)} ... (${text.length - longest} characters left out) ... ${text.slice(-longest / 2)}`;

/**
 * Text that is safe to show: names from manifests may hold escape sequences, or marks that turn the reading direction.
 * They become visible, line ends stay. Of a text that nobody would read to its end the middle is left out.
 */
export const visible = (text: string): string =>
  shortened(text).replace(
    /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );

/** Breaks text at spaces so that no line is wider than `width`; a longer word stands alone. */
export const wrap = (text: string, width: number): readonly string[] =>
  text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let current = '';
    for (const word of line.split(' ')) {
      if (current !== '' && current.length + 1 + word.length > width) {
        lines.push(current);
        current = word;
      } else current = current === '' ? word : `${current} ${word}`;
    }
    lines.push(current);
    return lines;
  });
