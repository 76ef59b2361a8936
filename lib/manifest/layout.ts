import { refKey, refOf } from '../api/object.js';
import { fileNames } from './file-name.js';
import type { Manifest } from './manifest.js';
import { order } from './order.js';
import { toYaml } from './yaml.js';

/**
 * How objects are divided into files: one a chart (`web.k8s.yaml`), one for all (`app.k8s.yaml`), one an object
 * (`Deployment.shop.web.k8s.yaml`: kind, namespace, name), or none, for standard output.
 */
export type Layout = 'chart' | 'app' | 'resource' | 'stdout';

/** What is written into one file. */
interface Unit {
  readonly key: string;
  /** What it would like to be called. */
  readonly name: string;
  readonly texts: string[];
}

const unitsOfCharts = (manifests: readonly Manifest[], layout: Layout): readonly Unit[] => {
  const units = new Map<string | undefined, Unit>();
  for (const { object, chart } of manifests) {
    const of = layout === 'chart' ? chart : undefined;
    let unit = units.get(of);
    if (unit === undefined) {
      unit = of === undefined ? { key: '', name: 'app', texts: [] } : { key: `chart ${of}`, name: of, texts: [] };
      units.set(of, unit);
    }
    unit.texts.push(toYaml(object));
  }
  return [...units.values()];
};

/** No two objects are one unit. */
const unitsOfObjects = (manifests: readonly Manifest[]): readonly Unit[] => {
  const seen = new Map<string, number>();
  return manifests.map(({ object }) => {
    const ref = refOf(object);
    const key = refKey(ref);
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    const name = [ref.kind, ...(ref.namespace === undefined ? [] : [ref.namespace]), ref.name].join('.');
    return { key: times === 0 ? key : `${key} ${times}`, name, texts: [toYaml(object)] };
  });
};

/**
 * The files to write: name to text, the objects of each in the order to apply them. `stdout` gives one text, named `-`.
 *
 * @param options.extension of the files, `.k8s.yaml` by default.
 */
export const layOut = (
  manifests: readonly Manifest[],
  layout: Layout,
  { extension = '.k8s.yaml' }: { readonly extension?: string } = {},
): ReadonlyMap<string, string> => {
  const ordered = order(manifests).manifests;
  if (layout === 'stdout') return new Map([['-', ordered.map(({ object }) => toYaml(object)).join('---\n')]]);
  const units = layout === 'resource' ? unitsOfObjects(ordered) : unitsOfCharts(ordered, layout);
  const names = fileNames(new Map(units.map(({ key, name }) => [key, name])));
  const files = units.map(({ key, texts }) => [`${names.get(key) ?? 'app'}${extension}`, texts.join('---\n')] as const);
  return new Map(files.sort(([left], [right]) => (left < right ? -1 : 1)));
};
