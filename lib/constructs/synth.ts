import { ApiObject, type Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { type KubeObject, type ObjectRef, refOf } from '../api/object.js';
import { resourceOf } from '../api/resources.js';
import type { Manifest } from '../manifest/manifest.js';
import { PlimsollError } from './error.js';
import { jsonOf } from './json.js';
import { provenanceOf } from './provenance.js';

/** What a `Node` keeps only once there is any. Asking for it makes empty lists of a tree in which nearly no node has one. */
interface Kept {
  readonly _validations?: unknown;
  readonly _dependencies?: unknown;
}

/** The API objects in the sub-tree of a construct, looked up once a construct. */
const objectsUnder = (): ((construct: IConstruct) => readonly ApiObject[]) => {
  const known = new Map<IConstruct, readonly ApiObject[]>();
  return (construct) => {
    const objects = known.get(construct) ?? construct.node.findAll().filter((each) => ApiObject.isApiObject(each));
    known.set(construct, objects);
    return objects;
  };
};

/** What each object must come after: dependencies between constructs hold for all objects below them, as in cdk8s. */
const dependencies = (constructs: readonly IConstruct[]): Map<ApiObject, Set<ApiObject>> => {
  const under = objectsUnder();
  const all = new Map<ApiObject, Set<ApiObject>>();
  for (const construct of constructs) {
    const kept = construct.node as unknown as Kept;
    if ('_dependencies' in kept && kept._dependencies === undefined) continue;
    for (const dependency of construct.node.dependencies) {
      for (const source of under(construct)) {
        const targets = all.get(source) ?? new Set<ApiObject>();
        for (const target of under(dependency)) if (target !== source) targets.add(target);
        all.set(source, targets);
      }
    }
  }
  return all;
};

/** cdk8s gives the chart's namespace to every object; a cluster-scoped one has none. */
const withoutForeignNamespace = (object: KubeObject, chart: Chart): KubeObject => {
  if (object.metadata.namespace === undefined || object.metadata.namespace !== chart.namespace) return object;
  if (resourceOf(object.apiVersion, object.kind)?.namespaced !== false) return object;
  const { namespace: _namespace, ...metadata } = object.metadata;
  return { ...object, metadata };
};

/** Name of the unit that a chart is written as: its path, so that two charts never share one. */
const chartName = (chart: Chart): string => chart.node.path.replaceAll('/', '-') || 'app';

/**
 * The objects of a construct tree with their provenance, in the order of the tree.
 *
 * @throws PlimsollError with every fault that the constructs' own validation reports.
 */
export const collect = (root: IConstruct): readonly Manifest[] => {
  const constructs = root.node.findAll();
  const faults: string[] = [];
  for (const { node } of constructs) {
    const kept = node as unknown as Kept;
    if ('_validations' in kept && kept._validations === undefined) continue;
    for (const fault of node.validate()) faults.push(`${node.path}: ${fault}`);
  }
  if (faults.length > 0) throw new PlimsollError(root, faults.join('\n'));

  const after = dependencies(constructs);
  const charts = new Map<Chart, string>();
  const objects: ApiObject[] = [];
  const manifests: Manifest[] = [];
  for (const construct of constructs) {
    if (!ApiObject.isApiObject(construct)) continue;
    let chart = charts.get(construct.chart);
    if (chart === undefined) {
      chart = chartName(construct.chart);
      charts.set(construct.chart, chart);
    }
    const object = withoutForeignNamespace(jsonOf(construct), construct.chart);
    objects.push(construct);
    manifests.push({ object, provenance: provenanceOf(construct), chart });
  }
  if (after.size === 0) return manifests;

  const manifestOf = new Map(objects.map((object, index) => [object, manifests[index]]));
  return manifests.map((manifest, index) => {
    const dependsOn: ObjectRef[] = [];
    for (const target of after.get(objects[index] as ApiObject) ?? []) {
      const needed = manifestOf.get(target);
      if (needed !== undefined) dependsOn.push(refOf(needed.object));
    }
    return dependsOn.length === 0 ? manifest : { ...manifest, dependsOn };
  });
};
