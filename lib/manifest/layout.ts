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

/** What an object is written with, and what that would like to be called. Two objects are never one unit of `resource`. */
const unitsOf = (manifests: readonly Manifest[], layout: Layout): readonly { readonly key: string; readonly name: string }[] => {
  if (layout !== 'resource')
    return manifests.map(({ chart }) =>
      layout === 'chart' && chart !== undefined ? { key: `chart ${chart}`, name: chart } : { key: '', name: 'app' },
    );
  const seen = new Map<string, number>();
  return manifests.map(({ object }) => {
    const ref = refOf(object);
    const key = refKey(ref);
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    const name = [ref.kind, ...(ref.namespace === undefined ? [] : [ref.namespace]), ref.name].join('.');
    return { key: times === 0 ? key : `${key} ${times}`, name };
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
  const units = unitsOf(ordered, layout);
  const names = fileNames(new Map(units.map(({ key, name }) => [key, name])));
  const files = new Map<string, string[]>();
  ordered.forEach(({ object }, index) => {
    const name = `${names.get(units[index]?.key ?? '') ?? 'app'}${extension}`;
    const documents = files.get(name);
    if (documents === undefined) files.set(name, [toYaml(object)]);
    else documents.push(toYaml(object));
  });
  return new Map(
    [...files].sort(([left], [right]) => (left < right ? -1 : 1)).map(([name, documents]) => [name, documents.join('---\n')]),
  );
};
