import type { NameCheck } from '../names.js';

const fine: readonly string[] = [];

/** Names that stand in a URL: RBAC objects and references. */
export const pathSegmentName: NameCheck = (text) => {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%'].filter((forbidden) => text.includes(forbidden)).map((forbidden) => `may not contain '${forbidden}'`);
};

export const portNumber = (port: number): readonly string[] =>
  port >= 1 && port <= 65535 ? fine : ['must be between 1 and 65535, inclusive'];

export const httpHeaderName: NameCheck = (text) =>
  /^[-A-Za-z0-9]+$/.test(text)
    ? fine
    : [
        "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')",
      ];

export const percent: NameCheck = (text) =>
  /^[0-9]+%$/.test(text)
    ? fine
    : [
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      ];

/** A check of a name that may be the head of a generated one: there a trailing dash stands for what follows. */
export const prefixOf =
  (check: NameCheck): NameCheck =>
  (text) =>
    check(/-$/.test(text) && text.length > 1 ? `${text.slice(0, -2)}a` : text);
