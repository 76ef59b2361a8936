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
/** Of the reserved ones that do not begin with an E. */
const longestWord = 'infinity'.length;
const everyUnprintable = new RegExp(unprintable.source, 'gu');

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A JSON string is a YAML one, but for the characters that only JSON lets stand. */
const quoted = (text: string): string => JSON.stringify(text).replace(everyUnprintable, escaped);

const scalar = (value: unknown): string => {
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'null';
  const text = String(value);
  // YAML 1.1 wants the dot in `1.0e+21`.
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text;
};

/** A string of several lines as it is, where a literal block holds it exactly; undefined where only quotes do. */
const literal = (text: string, indent: string): string | undefined => {
  if (unprintable.test(text)) return undefined;
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
  return `|${told ? '2' : ''}${chomping}${lines}`;
};

/** `indent`: of the lines of a literal block; without it the text has to stay in its line. */
const written = (text: string, indent?: string): string => {
  if (simple.test(text)) {
    const mayBeWord = text.length <= longestWord || text.startsWith('e') || text.startsWith('E');
    return mayBeWord && reserved.test(text) ? `"${text}"` : text;
  }
  const block = indent !== undefined && text.includes('\n') ? literal(text, indent) : undefined;
  if (block !== undefined) return block;
  if (text.length > longest) return quoted(text);
  return (prose.test(text) || measure.test(text)) && !unprintable.test(text) ? text : quoted(text);
};

/** What stands before a value: before a scalar, and before a collection. Both begin with the end of the line above. */
interface Lead {
  readonly scalar: string;
  readonly collection: string;
}

const leadOf = (text: string): Lead => ({ scalar: `${text} `, collection: text });

/** An indentation, and what stands before values at it: nearly all keys come again and again. */
interface Level {
  readonly indent: string;
  readonly deeper: string;
  readonly item: Lead;
  readonly keys: Map<string, Lead>;
  /** Of keys that follow the dash of an item on its line. */
  readonly hanging: Map<string, Lead>;
}

const levels: Level[] = [];

const levelOf = (depth: number): Level => {
  const known = levels[depth];
  if (known !== undefined) return known;
  const indent = '  '.repeat(depth);
  const level: Level = { indent, deeper: `${indent}  `, item: leadOf(`\n${indent}-`), keys: new Map(), hanging: new Map() };
  levels[depth] = level;
  return level;
};

const hangingItem = leadOf(' -');
/** Keys are anybody's data: beyond these they are not remembered. */
const mostKeys = 1000;

const leadOfKey = (key: string, { indent, keys }: Level, known: Map<string, Lead>): Lead => {
  const name = written(key);
  const start = known === keys ? `\n${indent}` : indent === '' ? '' : ' ';
  const lead = leadOf(name.length > longest ? `${start}? ${name}\n${indent}:` : `${start}${name}:`);
  if (known.size < mostKeys && name.length <= longest) known.set(key, lead);
  return lead;
};

/** The keys of `object`, those of `leading` in front and in that order. */
const led = (object: object, leading: readonly string[]): readonly string[] => {
  const keys = Object.keys(object);
  let place = 0;
  for (const key of leading) {
    if (keys[place] !== key) {
      const at = keys.indexOf(key, place);
      if (at < 0) continue;
      keys.copyWithin(place + 1, place, at);
      keys[place] = key;
    }
    place++;
  }
  return keys;
};

const noFields = ' {}';

const leadingKeys = ['apiVersion', 'kind', 'metadata'];
const leadingMetadata = ['name', 'generateName', 'namespace'];

/** Appends the fields of `value`, in the order of `keys`, to a text in pieces. `hanging`: the first goes on in the line that there is. */
const putFields = (text: string[], value: object, keys: readonly string[], depth: number, hanging: boolean): void => {
  const level = levels[depth] ?? levelOf(depth);
  let known = hanging ? level.hanging : level.keys;
  const before = text.length;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? '';
    const field = (value as Readonly<Record<string, unknown>>)[key];
    if (field === undefined) continue;
    const lead = known.get(key) ?? leadOfKey(key, level, known);
    known = level.keys;
    if (typeof field === 'string') text.push(lead.scalar, written(field, level.deeper));
    else if (typeof field !== 'object' || field === null) text.push(lead.scalar, scalar(field));
    else {
      text.push(lead.collection);
      if (Array.isArray(field)) putItems(text, field, depth + 1, false);
      else {
        const below = depth === 0 && key === 'metadata' ? led(field, leadingMetadata) : Object.keys(field);
        putFields(text, field, below, depth + 1, false);
      }
    }
  }
  if (text.length === before) text.push(noFields);
};

/** Appends the items of a list. */
const putItems = (text: string[], items: readonly unknown[], depth: number, hanging: boolean): void => {
  const level = levels[depth] ?? levelOf(depth);
  let lead = hanging ? hangingItem : level.item;
  for (let index = 0; index < items.length; index++) {
    const value = items[index];
    if (typeof value === 'string') text.push(lead.scalar, written(value, level.deeper));
    else if (typeof value !== 'object' || value === null) text.push(lead.scalar, scalar(value));
    else {
      text.push(lead.collection);
      if (Array.isArray(value)) putItems(text, value, depth + 1, true);
      else putFields(text, value, Object.keys(value), depth + 1, true);
    }
    lead = level.item;
  }
  if (items.length === 0) text.push(' []');
};

/**
 * The YAML document of one object. Order of keys: `apiVersion`, `kind`, `metadata` (in it `name`, `generateName`,
 * `namespace`), everything else as it stands in the object. `undefined` is left out, `null` is kept.
 *
 * Every string is read back as the same string by YAML 1.1 and YAML 1.2 readers.
 */
export const toYaml = (object: object): string => {
  const text: string[] = [];
  putFields(text, object, led(object, leadingKeys), 0, true);
  if (text[0] === noFields) return '{}\n';
  text.push('\n');
  return text.join('');
};
