import { type KubeObject, type ObjectRef, refKey, refText } from '../../api/object.js';
import { resourceOf } from '../../api/resources.js';
import type { Manifest } from '../../manifest/manifest.js';
import type { Draft, DryRun, Rule } from '../rule.js';

const kubectlDelete = ({ apiVersion, kind, namespace, name }: ObjectRef): string => {
  const plural = resourceOf(apiVersion, kind)?.plural ?? kind.toLowerCase();
  return `kubectl delete ${plural} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
};

/** The object without what a cluster adds, as text: equal texts are equal manifests. */
const textOf = ({ apiVersion, kind, metadata, status: _status, ...rest }: KubeObject): string =>
  JSON.stringify([apiVersion, kind, metadata.namespace ?? '', metadata.labels ?? {}, rest]);

const nameOf = ({ metadata }: KubeObject): string => metadata.name ?? '';

/** Whether one object is the other under another name, wherever the name stands in it. */
const isRenamed = (before: KubeObject, after: KubeObject): boolean =>
  before.kind === after.kind &&
  nameOf(before) !== nameOf(after) &&
  textOf(before).replaceAll(JSON.stringify(nameOf(before)), JSON.stringify(nameOf(after))) === textOf(after);

/** What stays behind with the old name. */
const left = ({ kind }: ObjectRef): string => {
  if (kind === 'StatefulSet') return 'its Pods and its claims with their data stay with the old name';
  if (kind === 'PersistentVolumeClaim') return 'its data stays with the old name';
  if (kind === 'Service') return 'whoever calls the old name reaches nobody once it is deleted';
  return 'both stand side by side until then';
};

/** Objects that an author wrote: not what controllers made of them. */
const isWritten = ({ object: { metadata } }: Manifest): boolean =>
  !metadata.ownerReferences?.some(({ controller }) => controller);

const gone = (run: DryRun, against: readonly Manifest[]): readonly Manifest[] =>
  against.filter((manifest) => isWritten(manifest) && run.manifestOf(run.refOf(manifest)) === undefined);

/** Objects that run and are written no more, and those that came back under another name: `kubectl apply` deletes neither. */
export const changesRule: Rule = (run) => {
  const { against } = run.input;
  if (against === undefined) return [];
  // A snapshot holds what others made too; only applied manifests were ours.
  const applied = against.filter(
    ({ object }) => object.metadata.uid === undefined && object.metadata.creationTimestamp === undefined,
  );
  const before = new Set(against.map((manifest) => refKey(run.refOf(manifest))));
  const made = run.accepted.filter((manifest) => !before.has(refKey(run.refOf(manifest))));
  return gone(run, applied).map((manifest): Draft => {
    const old = run.refOf(manifest);
    const successor = made.find(({ object }) => isRenamed(manifest.object, object));
    const evidence = [{ kind: 'object', object: old, text: 'runs now', source: manifest.provenance.source } as const];
    if (successor === undefined) {
      return {
        code: 'change/removed',
        severity: 'advice',
        object: old,
        source: manifest.provenance.source,
        message: `${refText(old)} runs and is written no more; kubectl apply leaves it running (${kubectlDelete(old)})`,
      };
    }
    const object = run.refOf(successor);
    return {
      code: 'change/renamed',
      severity: 'warning',
      object,
      field: 'metadata.name',
      message: `${refText(object)} is ${refText(old)} under another name: it is created anew, and the old one has to be deleted; ${left(old)}`,
      evidence,
      fixes: [{ text: `delete the old one once nobody needs it: ${kubectlDelete(old)}` }],
    };
  });
};
