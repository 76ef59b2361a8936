import { nearest } from '../api/decode/suggest.js';
import { nearName } from '../manifest/source-files.js';
import { type MapDiff, mapDiffReport } from '../report/map/diff.js';
import { diffGraph, diffText } from '../report/map/diff-text.js';
import { dotOf } from '../report/map/dot.js';
import { type Graph, graphOf } from '../report/map/graph.js';
import type { MapReport } from '../report/map/map.js';
import { mermaidOf } from '../report/map/mermaid.js';
import { mapReport } from '../report/map/report.js';
import { svgOf } from '../report/map/svg.js';
import { mapText } from '../report/map/text.js';
import { InputError, type Invocation, UsageError } from './command.js';
import { look } from './print.js';
import { type World, worldsOf } from './worlds.js';

const pictures: Readonly<Record<string, (graph: Graph) => string>> = { mermaid: mermaidOf, dot: dotOf, svg: svgOf };

/** One map, or one difference, of an App. */
interface Shown<Report> {
  readonly title?: string | undefined;
  readonly report: Report;
}

interface Form<Report> {
  /** Name of the list in JSON. */
  readonly list: string;
  readonly text: (shown: Shown<Report>) => string;
  readonly graph: (report: Report) => Graph;
}

const print = <Report extends object>(all: readonly Shown<Report>[], format: string, form: Form<Report>): void => {
  if (format === 'text') {
    process.stdout.write(all.map(form.text).join('\n'));
    return;
  }
  if (format === 'json') {
    const list = all.map(({ title, report }) => ({ ...(title === undefined ? {} : { app: title }), ...report }));
    process.stdout.write(`${JSON.stringify({ version: 1, [form.list]: list }, null, 2)}\n`);
    return;
  }
  const [first, second] = all;
  if (second !== undefined) {
    const folders = all.map(({ title }) => title ?? '').join(', ');
    throw new UsageError(`a picture shows one App, and there are several: choose one with --app (${folders})`);
  }
  const draw = pictures[format];
  if (first !== undefined && draw !== undefined) process.stdout.write(draw(form.graph(first.report)));
};

const checkNamespace = (worlds: readonly World[], namespace: string | undefined): void => {
  if (namespace === undefined) return;
  const names = [...new Set(worlds.flatMap(({ cluster }) => cluster.list('Namespace').map(({ metadata }) => metadata.name)))];
  if (names.includes(namespace)) return;
  const near = nearest(namespace, names);
  throw new InputError(
    `there is no namespace ${namespace}${near === undefined ? `; there are ${names.sort().join(', ')}` : `; did you mean ${near}?`}`,
  );
};

/** One state: manifests have no Apps to choose from. */
const stateOf = async (path: string, cluster: string | undefined, app: string | undefined): Promise<readonly World[]> => {
  const worlds = await worldsOf([path], { cluster });
  if (app === undefined || worlds.every(({ title }) => title === undefined)) return worlds;
  const chosen = worlds.filter(({ title }) => title === app);
  if (chosen.length > 0) return chosen;
  throw new InputError(
    `there is no App with the folder ${app} in ${path}; there are ${worlds.map(({ title }) => title).join(', ')}`,
  );
};

/** Apps of two states by their folders; a single one of each goes with the other, whatever it is called. */
const paired = (old: readonly World[], now: readonly World[]): readonly (readonly [World, World])[] => {
  const [first, another] = [old[0], now[0]];
  if (first !== undefined && another !== undefined && old.length === 1 && now.length === 1) return [[first, another]];
  const pairs = now.flatMap((each): readonly (readonly [World, World])[] => {
    const before = old.find(({ title }) => title === each.title);
    return before === undefined ? [] : [[before, each]];
  });
  const names = (worlds: readonly World[]): string => worlds.map(({ title = '(without folder)' }) => title).join(', ');
  if (pairs.length === 0 || pairs.length < Math.max(old.length, now.length))
    throw new InputError(
      `the Apps are not the same: OLD has ${names(old)}, NEW has ${names(now)}; choose one of both with --app`,
    );
  return pairs;
};

/** `plimsoll map [SOURCE...]`, `plimsoll map --diff OLD NEW`. */
export const map = async ({ positionals, options }: Invocation): Promise<number> => {
  const format = (options.format as string | undefined) ?? 'text';
  const namespace = options.namespace as string | undefined;
  const [cluster, app] = [options.cluster as string | undefined, options.app as string | undefined];
  const style = look(process.stdout);
  if (options.diff !== true) {
    const worlds = await worldsOf(positionals, { cluster, app });
    checkNamespace(worlds, namespace);
    const all = worlds.map((world): Shown<MapReport> => ({ title: world.title, report: mapReport(world, { namespace }) }));
    const title = ({ title: name }: Shown<MapReport>): string | undefined => (all.length > 1 ? name : undefined);
    print(all, format, {
      list: 'maps',
      text: (shown) => mapText(shown.report, { ...style, title: title(shown) }),
      graph: graphOf,
    });
    return 0;
  }
  const [from, to, ...rest] = positionals;
  if (from === undefined || to === undefined || rest.length > 0)
    throw new UsageError('--diff compares two states: plimsoll map --diff OLD NEW, each a program, a file or a directory');
  const pairs = paired(await stateOf(from, cluster, app), await stateOf(to, cluster, app));
  checkNamespace(pairs.flat(), namespace);
  const all = pairs.map(([old, now]): Shown<MapDiff> => ({ title: now.title, report: mapDiffReport(old, now, { namespace }) }));
  const title = ({ title: name }: Shown<MapDiff>): string | undefined => (all.length > 1 ? name : undefined);
  print(all, format, {
    list: 'differences',
    text: (shown) => diffText(shown.report, { ...style, fileName: nearName, title: title(shown) }),
    graph: diffGraph,
  });
  return 0;
};
