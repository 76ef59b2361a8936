import { compileRegexp } from '../api/regexp.js';
import type { Request } from './forwarded.js';
import type { RouteMatch, RouteRule } from './gateway-api.js';
import { closeness, takesHost } from './gateway-host.js';
import type { Attachment } from './gateway-routes.js';
import { pathOnly, prefixFit } from './http-path.js';

/** The rule of an HTTPRoute that takes a request. */
export interface RouteTaken {
  readonly attachment: Attachment;
  readonly rule: RouteRule;
  readonly match: RouteMatch;
  /** `rule 1 (PathPrefix /api)`. */
  readonly text: string;
  /** Why an implementation may decide otherwise. */
  readonly doubt?: string | undefined;
}

const hasPattern = ({ type, headers, query }: RouteMatch): boolean =>
  type === 'RegularExpression' || [...headers, ...query].some(({ isPattern }) => isPattern);

const fitsValue = (wanted: { readonly value: string; readonly isPattern: boolean }, value: string | undefined): boolean => {
  if (value === undefined || !wanted.isPattern) return value === wanted.value;
  const regexp = compileRegexp(`^(?:${wanted.value})$`);
  return regexp.ok && regexp.matches(value);
};

const fitsPath = ({ type, path }: RouteMatch, asked: string): boolean => {
  if (type === 'PathPrefix') return prefixFit(path, asked) !== undefined;
  return fitsValue({ value: path, isPattern: type === 'RegularExpression' }, asked);
};

const queryOf = (path: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(path.slice(pathOnly(path).length))) {
    if (!found.has(name)) found.set(name, value);
  }
  return found;
};

const fits = (match: RouteMatch, { path, method, headers }: Request, query: ReadonlyMap<string, string>): boolean =>
  fitsPath(match, pathOnly(path)) &&
  (match.method === undefined || match.method === method) &&
  match.headers.every((header) => fitsValue(header, headers.get(header.name))) &&
  match.query.every((parameter) => fitsValue(parameter, query.get(parameter.name)));

/** The precedence of a match: exact paths, longer prefixes, a method, more headers, more query parameters. */
const precedence = ({ type, path, method, headers, query }: RouteMatch): readonly number[] => [
  type === 'Exact' ? 1 : 0,
  type === 'PathPrefix' ? path.replace(/\/$/, '').length : path.length,
  method === undefined ? 0 : 1,
  headers.length,
  query.length,
];

const comparePrecedence = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((each, index) => each !== b[index]);
  return at < 0 ? 0 : (b[at] ?? 0) - (a[at] ?? 0);
};

/** Of routes with equal matches the older one comes first, then the first by namespace and name. */
export const compareRoutes = ({ route: { object: a } }: Attachment, { route: { object: b } }: Attachment): number => {
  const [one, another] = [a.metadata, b.metadata];
  const older = Date.parse(one.creationTimestamp ?? '') - Date.parse(another.creationTimestamp ?? '') || 0;
  const [left, right] = [one, another].map(({ namespace, name }) => `${namespace}/${name}`) as [string, string];
  return older || (left < right ? -1 : left > right ? 1 : 0);
};

/** Two matches that take the same requests with the same precedence. */
export const matchKey = ({ type, path, method, headers, query }: RouteMatch): string => {
  const values = (list: RouteMatch['headers']) => list.map(({ name, value, isPattern }) => [name, value, isPattern]).sort();
  const bare = type === 'PathPrefix' ? path.replace(/(?<=.)\/$/, '') : path;
  return JSON.stringify([type, bare, method, values(headers), values(query)]);
};

export const matchText = ({ type, path, method, headers, query }: RouteMatch): string => {
  const named = ({ name, value, isPattern }: RouteMatch['headers'][number]) => `${name}${isPattern ? '~' : '='}${value}`;
  return [
    `${type} ${path}`,
    ...(method === undefined ? [] : [method]),
    ...headers.map((each) => `header ${named(each)}`),
    ...query.map((each) => `query ${named(each)}`),
  ].join(', ');
};

/**
 * The rule that takes a request which came in at one Gateway and port, out of the routes attached there, by the precedence that the Gateway API
 * lays down for host names and matches.
 */
export const takeRoute = (attachments: readonly Attachment[], request: Request): RouteTaken | undefined => {
  const query = queryOf(request.path);
  const forHost = attachments.filter(({ hostname }) => takesHost(hostname, request.host));
  const found = forHost.flatMap((attachment) =>
    attachment.route.rules.flatMap((rule, index) =>
      rule.matches.filter((match) => fits(match, request, query)).map((match) => ({ attachment, rule, index, match })),
    ),
  );
  type Found = (typeof found)[number];
  const compare = (a: Found, b: Found): number =>
    closeness(b.attachment.listener.hostname) - closeness(a.attachment.listener.hostname) ||
    closeness(b.attachment.hostname) - closeness(a.attachment.hostname) ||
    comparePrecedence(precedence(a.match), precedence(b.match)) ||
    compareRoutes(a.attachment, b.attachment);
  const best = found.toSorted(compare)[0];
  if (best === undefined) return undefined;
  const { attachment, rule, index, match } = best;
  const closest = Math.max(...forHost.map(({ hostname }) => closeness(hostname)));
  const doubts = [
    ...(hasPattern(match) ? ['regular expressions are up to the implementation'] : []),
    ...(!hasPattern(match) && found.some((each) => each.rule !== rule && hasPattern(each.match))
      ? ['another rule matches by a regular expression, whose precedence is up to the implementation']
      : []),
    ...(closeness(attachment.hostname) < closest
      ? ['a closer hostname has routes without this path, and some implementations look no further']
      : []),
  ];
  return {
    attachment,
    rule,
    match,
    text: `rule ${index + 1} (${matchText(match)})`,
    doubt: doubts[0],
  };
};
