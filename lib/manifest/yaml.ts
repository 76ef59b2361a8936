/**
 * JSON object to YAML text. Written here, and not left to the `yaml` library, because that needs about three seconds for
 * 10,000 objects: longer than everything else of a synth together.
 *
 * Block style, two spaces, sequences indented below their key as cdk8s writes them. Lines are never folded.
 */

/** Read as a string without quotes by every YAML 1.1 and 1.2 reader, unless it is one of `reserved`. */
const simple = /^[A-Za-z_/][\w./@+=,-]*$/;
/** Words that some reader takes for a boolean, null or a number (`E0`, of all things). */
const reserved = /^(?:y|yes|n|no|on|off|true|false|null|nan|inf|infinity|e\d+)$/i;
/** Prose, shell words and flags: nothing special in front, no line break or odd space, no `: ` or ` #`. */
const prose = /^(?:[A-Za-z_/$(]|--?[A-Za-z]|\.\.?\/|(?!\s)\P{ASCII})(?:[^\s:]| (?![#\s]|$)|:(?![\s]|$))*$/u;
/** Quantities, percentages and CIDR blocks: they begin with a digit, but no reader takes them for a number. */
const measure = /^\d+(?:\.\d+)?(?:m|k|Ki|Mi?|Gi?|Ti?|Pi?|Ei|%|s|h|d)$|^\d+(?:\.\d+){3}\/\d+$/;
/** Not allowed to stand in a YAML stream as they are, or taken for a line break by YAML 1.1. Lone surrogates included. */
const unprintable = /(?![\t\n])\p{Cc}|[\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/u;
/** Beyond this only the plainest strings stand without quotes, and keys need a `? ` (YAML's own limit for a key is 1,024). */
const longest = 900;
const everyUnprintable = new RegExp(unprintable.source, 'gu');

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A JSON string is a YAML one, but for the characters that only JSON lets stand. */
const quoted = (text: string): string => JSON.stringify(text).replace(everyUnprintable, escaped);

const oneLine = (text: string): string => {
  if (simple.test(text)) return reserved.test(text) ? `"${text}"` : text;
  if (text.length > longest) return quoted(text);
  return (prose.test(text) || measure.test(text)) && !unprintable.test(text) ? text : quoted(text);
};

/** YAML 1.1 wants the dot in `1.0e+21`. */
const number = (value: number): string => {
  if (!Number.isFinite(value)) return 'null';
  const text = JSON.stringify(value);
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text;
};

const scalar = (value: unknown): string => {
  if (typeof value === 'string') return oneLine(value);
  if (typeof value === 'number') return number(value);
  return typeof value === 'boolean' ? String(value) : 'null';
};

/** A multi-line string as it is, where a literal block holds it exactly; undefined where only quotes do. */
const literal = (text: string, indent: string): string | undefined => {
  if (!text.includes('\n') || unprintable.test(text)) return undefined;
  let end = text.length;
  while (text[end - 1] === '\n') end--;
  const body = text.slice(0, end);
  // A reader finds the indentation from the first line with content, unless it is told: it must not begin with a blank.
  const told = /^ +[^\s]/.test(body);
  if (!told && !/^\n*[^\s]/.test(body)) return undefined;
  // Readers differ on whether a last line of nothing but blanks is content.
  if (/\n[ \t]+$/.test(body)) return undefined;
  const chomping = body.length === text.length ? '-' : body.length + 1 === text.length ? '' : '+';
  const lines = `\n${text.slice(0, chomping === '+' ? -1 : body.length)}`.replace(/\n(?=[^\n])/g, `\n${indent}`);
  return `|${told ? '2' : ''}${chomping}${lines}\n`;
};

const isCollection = (value: unknown): value is object => typeof value === 'object' && value !== null;

class Writer {
  text = '';

  /** What follows `key:` or `-`; `indent` is that of its own lines. */
  #value(value: unknown, indent: string): void {
    if (Array.isArray(value)) {
      if (value.length === 0) this.text += ' []\n';
      else {
        this.text += '\n';
        this.sequence(value, indent);
      }
    } else if (isCollection(value)) {
      const entries = written(Object.entries(value));
      if (entries.length === 0) this.text += ' {}\n';
      else {
        this.text += '\n';
        this.mapping(entries, indent);
      }
    } else {
      this.text += ` ${(typeof value === 'string' ? literal(value, indent) : undefined) ?? `${scalar(value)}\n`}`;
    }
  }

  /** `hanging`: the first line continues the one of a `- `. */
  mapping(entries: readonly (readonly [string, unknown])[], indent: string, hanging = false): void {
    const deeper = `${indent}  `;
    let lead = hanging ? '' : indent;
    for (const [key, value] of entries) {
      const name = oneLine(key);
      this.text += name.length > longest ? `${lead}? ${name}\n${indent}:` : `${lead}${name}:`;
      this.#value(value, deeper);
      lead = indent;
    }
  }

  sequence(items: readonly unknown[], indent: string, hanging = false): void {
    const deeper = `${indent}  `;
    let lead = hanging ? '' : indent;
    for (const item of items) {
      this.text += `${lead}-`;
      lead = indent;
      const entries = isCollection(item) && !Array.isArray(item) ? written(Object.entries(item)) : [];
      if (entries.length > 0) {
        this.text += ' ';
        this.mapping(entries, deeper, true);
      } else if (Array.isArray(item) && item.length > 0) {
        this.text += ' ';
        this.sequence(item, deeper, true);
      } else {
        this.#value(item, deeper);
      }
    }
  }
}

const written = <Entry extends readonly [string, unknown]>(entries: readonly Entry[]): readonly Entry[] =>
  entries.every(([, value]) => value !== undefined) ? entries : entries.filter(([, value]) => value !== undefined);

/** The entries of `object`, those with a `leading` key in front and in that order. */
const led = (object: object, leading: readonly string[]): readonly (readonly [string, unknown])[] => {
  const entries = written(Object.entries(object));
  const rank = (key: string): number => (leading.includes(key) ? leading.indexOf(key) : leading.length);
  return entries.toSorted(([left], [right]) => rank(left) - rank(right));
};

/**
 * The YAML document of one object. Order of keys: `apiVersion`, `kind`, `metadata` (in it `name`, `generateName`,
 * `namespace`), everything else as it stands in the object. `undefined` is left out, `null` is kept.
 *
 * Every string is read back as the same string by YAML 1.1 and YAML 1.2 readers.
 */
export const toYaml = (object: object): string => {
  const writer = new Writer();
  const entries = led(object, ['apiVersion', 'kind', 'metadata']).map(([key, value]): readonly [string, unknown] =>
    key === 'metadata' && isCollection(value) && !Array.isArray(value)
      ? [key, Object.fromEntries(led(value, ['name', 'generateName', 'namespace']))]
      : [key, value],
  );
  if (entries.length === 0) return '{}\n';
  writer.mapping(entries, '');
  return writer.text;
};
