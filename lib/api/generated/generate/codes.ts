const scalarTypes: Readonly<Record<string, string>> = {
  s: 'string',
  x: 'string',
  o: 'number | string',
  q: 'Quantity',
  b: 'boolean',
  i: 'number',
  l: 'number',
  d: 'number',
  t: 'string',
  m: 'string',
  a: 'unknown',
};

/** What the codes mean, for the head of the table that uses them. */
export const grammar = `Type name to its fields: \`name[!]:code\` separated by spaces; \`!\` marks a required field. Codes: s string, x base64,
 * o integer or string, q quantity, b boolean, i int32, l int64, d double, t time, m micro time, a anything, a type of
 * this table by its name; \`[\` before a code is a list of it, \`{\` a map from strings to it.`;

/** The code of a model's field type, written `type[:format]` as in the package. */
export const code = (typed: string, names: ReadonlyMap<string, string>): string => {
  const [, type = '', format = ''] = /^(.*?)(?::([\w-]*))?$/.exec(typed) ?? [];
  const array = /^Array<(.*)>$/.exec(type);
  if (array?.[1] !== undefined) return `[${code(`${array[1]}:${format}`, names)}`;
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map?.[1] !== undefined) return `{${code(`${map[1]}:${format}`, names)}`;
  switch (type) {
    case 'string':
      return format === 'byte' ? 'x' : format === 'int-or-string' ? 'o' : 's';
    case 'quantity':
      return 'q';
    case 'boolean':
      return 'b';
    case 'number':
      return format === 'int32' ? 'i' : format === 'double' ? 'd' : 'l';
    case 'Date':
      return 't';
    case 'V1MicroTime':
      return 'm';
    case 'IntOrString':
      return 'o';
    case 'any':
      return 'a';
    default:
      return names.get(type) ?? 'a';
  }
};

/** The TypeScript type of a type code. */
export const typescript = (code: string): string => {
  const of = code.slice(1);
  if (code.startsWith('{')) return `{ readonly [key: string]: ${typescript(of)} }`;
  if (code.startsWith('[')) return `readonly ${/^[{o]/.test(of) ? `(${typescript(of)})` : typescript(of)}[]`;
  return scalarTypes[code] ?? code;
};
