/**
 * The keys that occur more than once in an object of a JSON text, as paths (`spec.containers[0].image`), each once. The text
 * must be valid JSON: values are skipped, not checked.
 */
export const duplicateFields = (text: string): string[] => {
  const found = new Set<string>();
  let at = 0;

  const skipSpace = (): void => {
    while (/\s/.test(text[at] ?? '')) at++;
  };
  const string = (): string => {
    const start = at;
    for (at++; text[at] !== '"' && at < text.length; at++) if (text[at] === '\\') at++;
    at++;
    return JSON.parse(text.slice(start, at)) as string;
  };
  const value = (path: string): void => {
    skipSpace();
    const first = text[at];
    if (first === '{') {
      const keys = new Set<string>();
      at++;
      for (skipSpace(); text[at] !== '}' && at < text.length; skipSpace()) {
        const key = string();
        const child = path === '' ? key : `${path}.${key}`;
        if (keys.has(key)) found.add(child);
        keys.add(key);
        skipSpace();
        at++;
        value(child);
        skipSpace();
        if (text[at] === ',') at++;
      }
      at++;
    } else if (first === '[') {
      at++;
      skipSpace();
      for (let index = 0; text[at] !== ']' && at < text.length; index++) {
        value(`${path}[${index}]`);
        skipSpace();
        if (text[at] === ',') at++;
        skipSpace();
      }
      at++;
    } else if (first === '"') {
      string();
    } else {
      while (at < text.length && !/[\s,\]}]/.test(text[at] ?? '')) at++;
    }
  };

  value('');
  return [...found];
};
