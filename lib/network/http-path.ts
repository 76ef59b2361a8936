/** The path of a request without its query. */
export const pathOnly = (path: string): string => path.split('?', 1)[0] ?? path;

/** The number of characters of a prefix that fits a path element by element, without its final slash; undefined when it does not. */
export const prefixFit = (prefix: string, asked: string): number | undefined => {
  const bare = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  return asked === bare || asked.startsWith(`${bare}/`) ? bare.length : undefined;
};
