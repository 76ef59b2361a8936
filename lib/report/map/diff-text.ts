import { refText } from '../../api/object.js';
import { visible, wrap } from '../paint.js';
import type { MapCause, MapDiff, MapDiffConnection } from './diff.js';
import { type Graph, GraphBuilder, nodesOf } from './graph.js';
import type { MapRange } from './map.js';
import { few, type MapTextOptions, mostListed, type Page, pageOf, peersText, portsCell, rangeText, section } from './text.js';

export interface DiffTextOptions extends MapTextOptions {
  /** How a file is named to the reader: relative to where they stand. */
  readonly fileName?: (file: string) => string;
}

const mostLines = 200;

/** `NetworkPolicy data/only-api added (net.yaml:12), ingress`. */
const causeText = ({ how, object, direction, source }: MapCause, fileName: (file: string) => string): string => {
  const place = source === undefined ? '' : ` (${fileName(source.file)}:${source.line})`;
  const what = how.endsWith(' changed')
    ? `${how.slice(0, -' changed'.length)} of ${refText(object)} changed`
    : `${refText(object)} ${how}`;
  return `${what}${place}${direction === undefined ? '' : `, ${direction}`}`;
};

const sign = { gained: '+', lost: '-' } as const;

/** A line, and the cause that it stands below. */
interface Item {
  readonly why: string;
  readonly line: string;
}

/** A workload that is new, or gone, is cause enough for all its connections. */
const isWorkload = ({ how, object }: MapCause): boolean =>
  (how === 'added' || how === 'removed') &&
  !object.kind.endsWith('Policy') &&
  object.kind !== 'Service' &&
  object.kind !== 'Ingress';

/** Connections of one sender for one cause stand in one line. */
const connectionItems = (connections: readonly MapDiffConnection[], causes: Causes): readonly Item[] => {
  const lines = new Map<string, { readonly why: string; readonly from: string; readonly to: string[] }>();
  for (const connection of connections) {
    const why = causes(connection.causes, connection.more);
    const from = `${sign[connection.change]} ${peersText(connection)}`;
    const line = lines.get(`${from}\n${why}`) ?? { why, from, to: [] };
    lines.set(`${from}\n${why}`, line);
    line.to.push(`${connection.to} ${portsCell(connection)}`);
  }
  return [...lines.values()].map(({ why, from, to }) => ({ why, line: `${from} -> ${few(to)}` }));
};

const rangesText = (ranges: readonly MapRange[]): string => (ranges.length === 0 ? 'nowhere' : ranges.map(rangeText).join('; '));

type Causes = (of: readonly MapCause[], more?: boolean) => string;

const indented = (text: string, indent: number, page: Page): readonly string[] =>
  wrap(visible(text), page.width - indent).map((line, index) => `${' '.repeat(index === 0 ? indent : indent + 4)}${line}`);

/** Lines below what caused them. */
const byCause = (items: readonly Item[], page: Page): readonly string[] => {
  const causes = new Map<string, string[]>();
  for (const { why, line } of items) causes.set(why, [...(causes.get(why) ?? []), line]);
  const lines = [...causes].flatMap(([why, own]) => [
    ...indented(why, 2, page).map((line) => page.paint.bold(line)),
    ...own.flatMap((line) => indented(line, 4, page)),
  ]);
  return lines.length <= mostLines
    ? lines
    : [...lines.slice(0, mostLines), page.paint.dim(`  ... and ${lines.length - mostLines} more lines: --format json shows all`)];
};

/** The difference that people read. */
export const diffText = (diff: MapDiff, options: DiffTextOptions = {}): string => {
  const page = pageOf(options);
  const fileName = options.fileName ?? ((file) => file);
  const causes: Causes = (of, more = false) => {
    const [first] = of;
    if (first !== undefined && of.every(isWorkload)) return `workloads ${first.how}`;
    return `${few(of.map((cause) => causeText(cause, fileName)))}${more ? ', and others' : ''}`;
  };
  const { workloads, connections, services, entrances, outside } = diff;
  const counted = ['gained', 'lost'].map((change) => `${connections.filter((each) => each.change === change).length} ${change}`);
  const nothing = [connections, services, entrances, outside, workloads.added, workloads.removed].every(
    ({ length }) => length === 0,
  );
  const appeared = [
    ...(workloads.added.length === 0 ? [] : [`+ ${few(workloads.added, mostListed)}`]),
    ...(workloads.removed.length === 0 ? [] : [`- ${few(workloads.removed, mostListed)}`]),
  ].flatMap((line) => indented(line, 4, page));
  const items = {
    services: services.map(({ change, service, to, causes: of }) => ({
      why: causes(of),
      line: `${sign[change]} ${service.replace(' -> ', ` -> ${to} `)}`,
    })),
    entrances: entrances.map(({ change, at, to, port, causes: of }) => ({
      why: causes(of),
      line: `${sign[change]} ${at.join(', ')} -> ${to} ${port}`,
    })),
    outside: outside.map(({ workload, direction, before, after, causes: of }) => ({
      why: causes(of),
      line: `${workload} ${direction === 'egress' ? 'to' : 'from'} ${rangesText(before)} -> ${rangesText(after)}`,
    })),
  };
  return [
    ...(options.title === undefined ? [] : [`  ${page.paint.bold(visible(options.title))}`]),
    nothing ? '  nothing changed' : `  connections: ${counted.join(', ')}`,
    '',
    ...section('WORKLOADS', appeared, page),
    ...section('CONNECTIONS', byCause(connectionItems(connections, causes), page), page),
    ...section('SERVICES', byCause(items.services, page), page),
    ...section('WAYS IN FROM OUTSIDE', byCause(items.entrances, page), page),
    ...section('ADDRESSES OUTSIDE', byCause(items.outside, page), page),
  ].join('\n');
};

/** The connections gained and lost as boxes and arrows. */
export const diffGraph = ({ connections, entrances }: MapDiff): Graph => {
  const builder = new GraphBuilder();
  const nodes = nodesOf(builder, []);
  for (const { change, from, to, ports, allowed } of connections) {
    for (const peer of from) {
      const label = (ports.length > 0 ? ports : allowed).map((port) => (port === '*' ? 'any port' : port));
      builder.edge(nodes.of(peer), nodes.of(to), change, label);
    }
  }
  for (const { change, to, how } of entrances) builder.edge(nodes.outside(), nodes.of(to), change, [how]);
  return builder.done('Connections gained and lost', []);
};
