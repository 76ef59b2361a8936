// Far beyond any real object, far below the depth of the stack.
const mostDepth = 500;

/**
 * The keys that occur more than once in an object of a JSON text, as paths (`spec.containers[0].image`), each once. The text
 * must be valid JSON: values are skipped, not checked. Undefined when it is nested too deeply to be an object of the API.
 */
export const duplicateFields = (text: string): string[] | undefined => {
  const found = new Set<string>();
  let at = 0;
  let tooDeep = false;

  const skipSpace = (): void => {
    while (/\s/.test(text[at] ?? '')) at++;
  };
  const string = (): string => {
    const start = at;
    for (at++; text[at] !== '"' && at < text.length; at++) if (text[at] === '\\') at++;
    at++;
    return JSON.parse(text.slice(start, at)) as string;
  };
  const value = (path: string, depth: number): void => {
    skipSpace();
    if (depth > mostDepth) {
      tooDeep = true;
      at = text.length;
    }
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
        value(child, depth + 1);
        skipSpace();
        if (text[at] === ',') at++;
      }
      at++;
    } else if (first === '[') {
      at++;
      skipSpace();
      for (let index = 0; text[at] !== ']' && at < text.length; index++) {
        value(`${path}[${index}]`, depth + 1);
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

  value('', 0);
  return tooDeep ? undefined : [...found];
};
