/**
 * Expands `$(NAME)` as containers' env, command and args do: what does not resolve stays as written, `$$` gives one `$`.
 * https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export const expand = (text: string, lookup: (name: string) => string | undefined): string => {
  let result = '';
  let index = 0;
  while (index < text.length) {
    const dollar = text.indexOf('$', index);
    if (dollar < 0 || dollar === text.length - 1) return result + text.slice(index);
    result += text.slice(index, dollar);
    index = dollar + 2;
    const next = text[dollar + 1];
    const close = next === '(' ? text.indexOf(')', index) : -1;
    if (close >= 0) {
      const name = text.slice(index, close);
      result += lookup(name) ?? `$(${name})`;
      index = close + 1;
    } else {
      result += next === '$' ? '$' : `$${next}`;
    }
  }
  return result;
};
