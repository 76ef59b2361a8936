import { refText } from '../../api/object.js';
import { type Paint, paint, visible, wrap } from '../paint.js';
import type { MapCall, MapConnection, MapEntrance, MapRange, MapReport, MapWorkload } from './map.js';
import type { Peers } from './peers.js';
import { table } from './table.js';

export interface MapTextOptions {
  readonly colour?: boolean;
  /** Columns of the terminal; default 110. */
  readonly width?: number;
  /** Which of several Apps this is. */
  readonly title?: string | undefined;
}

export interface Page {
  readonly paint: Paint;
  readonly width: number;
}

export const pageOf = ({ colour = false, width = 110 }: MapTextOptions): Page => ({
  paint: paint(colour),
  width: Math.max(60, width),
});

/** Rows of one table, and names in one cell: more than a person reads are counted. */
const mostRows = 100;
const mostNames = 8;
export const mostListed = 40;

const plural = (count: number, noun: string, many = `${noun}s`): string => `${count} ${count === 1 ? noun : many}`;

/** The first of many names. */
export const few = (names: readonly string[], most = mostNames): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

const named = (name: string): string =>
  name === '*' ? 'everyone' : name.endsWith('/*') ? `everyone in ${name.slice(0, -2)}` : name;

/** `everyone but shop/web`. */
export const peersText = ({ from, except = [] }: Peers): string =>
  `${few(from.map(named))}${except.length === 0 ? '' : `, but not ${few(except.map(named))}`}`;

/** `8080/TCP`; `every port`. */
const portsText = (ports: readonly string[]): string =>
  ports.length === 0 ? 'none' : few(ports.map((port) => (port === '*' ? 'every port' : port)));

export const portsCell = ({ ports, allowed }: Pick<MapConnection, 'ports' | 'allowed'>): string => {
  if (ports.length > 0) return ports.join(', ');
  return allowed.includes('*') ? 'any, none declared' : `${few(allowed)}, not declared`;
};

const isEverywhere = ({ addresses, except = [] }: MapRange): boolean =>
  except.length === 0 && addresses.includes('0.0.0.0/0') && (addresses.length === 1 || addresses.includes('::/0'));

export const rangeText = (range: MapRange): string => {
  const { addresses, except = [], ports } = range;
  const where = isEverywhere(range) ? 'anywhere' : `${few(addresses)}${except.length === 0 ? '' : ` but not ${few(except)}`}`;
  return ports.includes('*') ? where : `${where} on ${few(ports)}`;
};

const cut = <T>(
  rows: readonly T[],
  what: string,
  page: Page,
): { readonly rows: readonly T[]; readonly note: readonly string[] } =>
  rows.length <= mostRows
    ? { rows, note: [] }
    : {
        rows: rows.slice(0, mostRows),
        note: [
          page.paint.dim(
            `  ... and ${rows.length - mostRows} more ${what}: --namespace shows those of one namespace, --format json all`,
          ),
        ],
      };

export const section = (title: string, lines: readonly string[], { paint: { bold } }: Page): readonly string[] =>
  lines.length === 0 ? [] : [`  ${bold(title)}`, ...lines, ''];

/** Nothing is known to listen there, and nothing keeps anyone away: not worth a row. */
const isIdle = ({ ports, ingress }: MapWorkload): boolean => ports.length === 0 && ingress.policies.length === 0;

/** Each workload with those who reach it, port by port. */
const workloadLines = ({ workloads, connections }: MapReport, page: Page): readonly string[] => {
  const known = new Map(workloads.map((workload) => [workload.name, workload]));
  const reached = new Set(connections.map(({ to }) => to));
  const idle = workloads.filter(isIdle).map(({ name }) => name);
  const hidden = new Set(idle);
  const isWorth = ({ to, ports, allowed }: MapConnection): boolean =>
    known.has(to) ? !hidden.has(to) : ports.length > 0 || !allowed.includes('*');
  const rows = [
    ...connections.filter(isWorth).map((connection) => {
      const pods = known.get(connection.to)?.pods;
      return [connection.to, pods === undefined ? '' : `${pods}`, portsCell(connection), peersText(connection)];
    }),
    ...workloads
      .filter(({ name }) => !reached.has(name) && !hidden.has(name))
      .map(({ name, pods, ports, ingress }) => {
        const who = ingress.cluster.length === 0 ? 'nobody' : 'nobody on this map, though it is open to every Pod';
        return [name, `${pods}`, ports.join(', ') || 'none declared', who];
      }),
  ].sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0));
  const { rows: shown, note } = cut(rows, 'rows', page);
  let before = '';
  const cells = shown.map(([name = '', pods = '', ...rest]) => {
    const same = name === before;
    before = name;
    return same ? ['', '', ...rest] : [name, pods, ...rest];
  });
  const rest = wrap(`without a port or a policy: ${visible(few(idle, mostListed))}`, page.width - 4);
  return [
    ...(cells.length === 0 ? [] : table(['WORKLOAD', 'PODS', 'PORT', 'REACHED BY'], cells, page)),
    ...note,
    ...(idle.length === 0 ? [] : rest.map((line, index) => page.paint.dim(`${' '.repeat(index === 0 ? 2 : 4)}${line}`))),
  ];
};

const namespaceOf = (name: string): string => (name.includes('/') ? (name.split('/')[0] ?? name) : name);

/** Too many workloads for a table: each namespace with those who reach any of its workloads. */
const namespaceLines = ({ workloads, connections }: MapReport, page: Page): readonly string[] => {
  const rows = new Map<string, { workloads: number; pods: number; open: number; readonly from: Set<string> }>();
  for (const { namespace, pods, ingress } of workloads) {
    const row = rows.get(namespace) ?? { workloads: 0, pods: 0, open: 0, from: new Set<string>() };
    rows.set(namespace, row);
    row.workloads++;
    row.pods += pods;
    if (ingress.policies.length === 0) row.open++;
  }
  for (const { to, from } of connections) {
    const own = namespaceOf(to);
    for (const peer of from) rows.get(own)?.from.add(namespaceOf(peer) === own ? 'itself' : named(namespaceOf(peer)));
  }
  const { rows: shown, note } = cut(
    [...rows].sort(([a], [b]) => (a < b ? -1 : 1)),
    'namespaces',
    page,
  );
  const cells = shown.map(([name, { workloads: count, pods, open, from }]) => [
    name,
    `${count}`,
    `${pods}`,
    open === 0 ? 'none' : `${open}`,
    from.has('everyone') ? 'everyone' : few([...from].sort()) || 'nobody',
  ]);
  const said = `  ${workloads.length} workloads are shown by their namespaces: --namespace shows those of one, --format json all`;
  return [
    ...table(['NAMESPACE', 'WORKLOADS', 'PODS', 'UNPROTECTED', 'REACHED FROM'], cells, page),
    ...note,
    page.paint.dim(said),
  ];
};

const connectionLines = (report: MapReport, page: Page): readonly string[] =>
  report.workloads.length > mostRows ? namespaceLines(report, page) : workloadLines(report, page);

const entranceText = ({ how, by, service, open, why, sources = [] }: MapEntrance): string => {
  const through = service === undefined ? '' : `, Service ${service.namespace}/${service.name}`;
  const name = by.kind === how || by.kind === 'Pod' ? `${refText(by)}` : `${how} ${refText(by)}`;
  const who = sources.length === 0 ? '' : `, for ${few(sources)} only`;
  const state = open === 'yes' ? '' : open === 'no' ? `  CLOSED: ${why}` : `  (${lastClause(why) || 'assumed'})`;
  return `${name}${through}${who}${state}`;
};

const entranceLines = ({ entrances }: MapReport, page: Page): readonly string[] => {
  const { rows, note } = cut(entrances, 'ways in', page);
  const cells = rows.map((entrance) => [entrance.at.join(', '), entrance.to, entrance.port, entranceText(entrance)]);
  return entrances.length === 0 ? [] : [...table(['FROM', 'TO', 'PORT', 'THROUGH'], cells, page), ...note];
};

/** Workloads for which something is the same, in the order in which they come. */
const alike = (
  workloads: readonly MapWorkload[],
  text: (of: MapWorkload) => string | undefined,
  first: readonly string[] = [],
) => {
  const groups = new Map<string, string[]>(first.map((key) => [key, []]));
  for (const workload of workloads) {
    const key = text(workload);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), workload.name]);
  }
  return new Map([...groups].filter(([, names]) => names.length > 0));
};

/** Names with `everyone` for all. */
const namesText = (names: readonly string[], all: readonly MapWorkload[]): string =>
  names.length === all.length && all.length > 1 ? `every workload (${all.length})` : few(names, mostListed);

const groupLines = (groups: ReadonlyMap<string, readonly string[]>, all: readonly MapWorkload[], page: Page): readonly string[] =>
  table(
    ['', ''],
    [...groups].map(([text, names]) => [text, namesText(names, all)]),
    page,
  );

const egressText = ({ egress: { policies, outside } }: MapWorkload): string =>
  policies.length === 0 ? 'anywhere, no policy' : outside.length === 0 ? 'nowhere' : outside.map(rangeText).join('; ');

const openText = ({ ingress: { policies, cluster } }: MapWorkload): string | undefined =>
  policies.length === 0 || cluster.length === 0 ? undefined : portsText(cluster);

const bothSides = ['ingress and egress', 'ingress', 'egress'];

const unprotectedText = ({ ingress, egress }: MapWorkload): string | undefined => {
  const sides = [...(ingress.policies.length === 0 ? ['ingress'] : []), ...(egress.policies.length === 0 ? ['egress'] : [])];
  return sides.length === 0 ? undefined : sides.join(' and ');
};

const mark = { arrives: 'ok', blocked: 'BLOCKED', assumed: 'assumed' } as const;

/** What an assumption comes down to, where that is short. */
const lastClause = (text: string | undefined): string => {
  const last = text?.split('; ').at(-1) ?? '';
  return last.length > 70 ? '' : last;
};

/** As it is called, and who answers, where that is not said with it: `shop/api:80 (web)` is `shop/web`. */
const calledText = ({ called, to }: MapCall): string => {
  if (to === undefined || called.startsWith(`${to}:`)) return called;
  const home = `${namespaceOf(to)}/`;
  return `${called} (${called.startsWith(home) ? to.slice(home.length) : to})`;
};

const callLines = (calls: readonly MapCall[], page: Page): readonly string[] => {
  const { rows, note } = cut(calls, 'calls', page);
  const cells = rows.map((call) => {
    const { from, container, known, outcome, why } = call;
    const sources = [...(known === 'declared' ? [] : [known]), ...(container === undefined ? [] : [`container ${container}`])];
    const reason = outcome === 'blocked' ? (why ?? '') : outcome === 'assumed' ? lastClause(why) : '';
    const by = sources.join(', ');
    return [from, calledText(call), mark[outcome], reason === '' ? by : `${by}: ${reason}`];
  });
  return calls.length === 0 ? [] : [...table(['FROM', 'CALLS', '', 'KNOWN FROM'], cells, page), ...note];
};

const notes = ({ absent, refused, workloads }: MapReport, page: Page): readonly string[] => {
  const host = workloads.filter(({ hostNetwork }) => hostNetwork === true).map(({ name }) => name);
  const blind = workloads.filter(({ dns }) => !dns).map(({ name }) => name);
  const lines = [
    ...(blind.length === 0 ? [] : [`cannot ask the cluster DNS: ${few(blind)}`]),
    ...(host.length === 0 ? [] : [`use the network of their nodes, where policies are assumed not to bind them: ${few(host)}`]),
    ...(refused.length === 0 ? [] : [`refused by the API server and not on the map: ${few(refused)} (plimsoll check says why)`]),
    ...(absent.length === 0 ? [] : [`have no Pods and are not on the map: ${few(absent)}`]),
  ];
  return lines.flatMap((line) =>
    wrap(visible(line), page.width - 4).map((part, index) => page.paint.dim(`${index === 0 ? '  ' : '    '}${part}`)),
  );
};

/** The map that people read. */
export const mapText = (report: MapReport, options: MapTextOptions = {}): string => {
  const page = pageOf(options);
  const { workloads, policies, namespace, unused } = report;
  const pods = workloads.reduce((sum, workload) => sum + workload.pods, 0);
  const namespaces = new Set(workloads.map((workload) => workload.namespace)).size;
  const summary = [
    plural(workloads.length, 'workload'),
    plural(pods, 'Pod'),
    namespace === undefined ? plural(namespaces, 'namespace') : `namespace ${namespace}`,
    plural(policies, 'policy', 'policies'),
  ].join(' · ');
  const egress = groupLines(alike(workloads, egressText), workloads, page);
  const open = groupLines(alike(workloads, openText), workloads, page);
  const bare = groupLines(alike(workloads, unprotectedText, bothSides), workloads, page);
  const idle = table(
    ['', ''],
    unused.slice(0, mostRows).map((each) => [each.to, peersText(each)]),
    page,
  );
  const said = notes(report, page);
  return [
    ...(options.title === undefined ? [] : [`  ${page.paint.bold(visible(options.title))}`]),
    `  ${visible(summary)}`,
    '',
    ...(workloads.length === 0 && report.connections.length === 0 ? [] : [...connectionLines(report, page), '']),
    ...section('Ways in from outside', entranceLines(report, page), page),
    ...(workloads.length === 0 ? [] : section('Ways out of the cluster', egress, page)),
    ...section('Open to every Pod of the cluster, by policy', open, page),
    ...section('Not protected by any policy', bare, page),
    ...section('Calls', callLines(report.calls, page), page),
    ...section('Allowed, but nobody is known to call', idle, page),
    ...(said.length === 0 ? [] : [...said, '']),
  ].join('\n');
};
