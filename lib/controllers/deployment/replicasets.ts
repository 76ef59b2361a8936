import { sameTexts } from '../../api/equal.js';
import { extended } from '../../api/extended.js';
import type { Deployment, DeploymentStatus, LabelSelector, PodTemplateSpec, ReplicaSet } from '../../api/generated/types.js';
import { matcherOf } from '../../api/label-selector.js';
import type { Admitted, KubeObject } from '../../api/object.js';
import { equal } from '../../apiserver/equal.js';
import type { Stored } from '../../apiserver/kinds.js';
import { withOwners } from '../claim.js';
import { conditionOf, withCondition } from '../conditions.js';
import type { ControllerContext } from '../controller.js';
import { controllerReference } from '../pods.js';
import { remembering, sharing } from '../shared.js';
import { templateHash } from '../template-hash.js';
import {
  desiredAnnotation,
  hasProgressDeadline,
  maxAnnotation,
  maxSurge,
  newReplicas,
  replicasOf,
  revisionAnnotation,
  revisionOf,
} from './arithmetic.js';

const hashLabel = 'pod-template-hash';

/** Annotations that stay with the Deployment. */
const ownAnnotations = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  'deployment.kubernetes.io/revision-history',
  desiredAnnotation,
  maxAnnotation,
  'deprecated.deployment.rollback.to',
]);

const isOwn = (name: string): boolean => ownAnnotations.has(name);

const withoutHash = (template: PodTemplateSpec): PodTemplateSpec => {
  const { [hashLabel]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
};

/** The templates of Deployments, by those of the ReplicaSets made of them, whose labels match as those of the template do. */
const sources = new WeakMap<PodTemplateSpec, PodTemplateSpec>();

/** The set was made of this template, and nobody changed its labels since. */
const isUntouched = ({ spec, metadata }: Admitted<ReplicaSet>, template: PodTemplateSpec | undefined): boolean => {
  const own = spec?.template;
  if (own === undefined || template === undefined) return false;
  return sources.get(own) === template && own.metadata?.labels === metadata.labels;
};

const isOfTemplate = (set: Admitted<ReplicaSet>, template: PodTemplateSpec | undefined): boolean => {
  const own = set.spec?.template;
  if (own === undefined || template === undefined) return own === template;
  return sources.get(own) === template || equal(withoutHash(own), withoutHash(template));
};

const byAge = (a: Admitted, b: Admitted): number =>
  (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') ||
  (a.metadata.name < b.metadata.name ? -1 : 1);

const isOf = ({ spec }: Admitted<Deployment>, selector: LabelSelector, set: Admitted<ReplicaSet>): boolean =>
  isUntouched(set, spec?.template) || matcherOf(selector)(set.metadata.labels);

/** The Deployment's ReplicaSets, oldest first, after it adopted matching orphans and released those that match no more. */
export const claimReplicaSets = (
  deployment: Admitted<Deployment>,
  { store, api }: ControllerContext,
): readonly Admitted<ReplicaSet>[] => {
  const selector = deployment.spec?.selector;
  if (selector === undefined) return [];
  const own = store.controlledBy('ReplicaSet', deployment.metadata.uid);
  const only = own[0];
  const keepsAll = only === undefined || (own.length === 1 && isOf(deployment, selector, only));
  if (keepsAll && store.uncontrolled('ReplicaSet', deployment.metadata.namespace ?? '').length === 0) return own;
  const claimed: Admitted<ReplicaSet>[] = [];
  for (const set of own) {
    if (isOf(deployment, selector, set)) claimed.push(set);
    else
      api.update(
        withOwners(
          set,
          (set.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== deployment.metadata.uid),
        ),
        { trusted: true },
      );
  }
  if (deployment.metadata.deletionTimestamp === undefined) {
    for (const set of store.uncontrolled('ReplicaSet', deployment.metadata.namespace ?? '')) {
      if (set.metadata.deletionTimestamp !== undefined || !isOf(deployment, selector, set)) continue;
      const adopted = api.update(withOwners(set, [...(set.metadata.ownerReferences ?? []), controllerReference(deployment)]), {
        trusted: true,
      });
      if (adopted.ok) claimed.push(adopted.value as Admitted as Admitted<ReplicaSet>);
    }
  }
  return claimed.length < 2 ? claimed : claimed.sort(byAge);
};

type Annotations = Readonly<Record<string, string>>;

/** The ReplicaSets of a Deployment: the one of its template, if it exists, and the others, oldest first. */
export interface ReplicaSets {
  readonly deployment: Admitted<Deployment>;
  /** Those of the Deployment with the revision of its ReplicaSet; `writeStatus` writes them. */
  readonly annotations: Annotations | undefined;
  readonly current: Admitted<ReplicaSet> | undefined;
  readonly old: readonly Admitted<ReplicaSet>[];
}

export const allOf = ({ current, old }: ReplicaSets): readonly Admitted<ReplicaSet>[] =>
  current === undefined ? old : old.length === 0 ? [current] : [...old, current];

export const isActiveSet = (set: ReplicaSet): boolean => replicasOf(set) > 0;

const noAnnotations: readonly (readonly [string, string])[] = [];

const copiedAnnotations = ({ metadata: { annotations } }: Admitted<Deployment>): readonly (readonly [string, string])[] => {
  if (annotations === undefined || Object.keys(annotations).every(isOwn)) return noAnnotations;
  return Object.entries(annotations).filter(([name]) => !isOwn(name));
};

const write = (object: Admitted, { api }: ControllerContext): Stored | undefined => {
  const written = api.update(object as Stored, { trusted: true });
  return written.ok ? written.value : undefined;
};

const sharedRevision = sharing<Annotations>();

const withRevision = (annotations: Annotations | undefined, revision: number): Annotations => {
  const text = String(revision);
  if (annotations === undefined) return sharedRevision({ [revisionAnnotation]: text });
  return annotations[revisionAnnotation] === text ? annotations : { ...annotations, [revisionAnnotation]: text };
};

/** The Deployment with this condition; `writeStatus` writes it. */
const progressing = (
  deployment: Admitted<Deployment>,
  reason: string,
  message: string,
  { clock }: ControllerContext,
): Admitted<Deployment> => {
  const time = clock.timestamp;
  const condition = { type: 'Progressing', status: 'True', reason, message, lastUpdateTime: time, lastTransitionTime: time };
  return { ...deployment, status: { ...deployment.status, conditions: withCondition(deployment.status?.conditions, condition) } };
};

/** Writes the status of a Deployment, and the revision that it got on the way. */
export const writeStatus = (
  { deployment, annotations }: ReplicaSets,
  status: DeploymentStatus | undefined,
  { api }: ControllerContext,
): void => api.updateStatus(deployment, status ?? {}, annotations);

/** Writes what the existing ReplicaSet of the template lacks: annotations, revision, minReadySeconds. */
const refresh = (
  deployment: Admitted<Deployment>,
  set: Admitted<ReplicaSet>,
  revision: number,
  context: ControllerContext,
): Admitted<ReplicaSet> => {
  const before = revisionOf(set);
  const copied = copiedAnnotations(deployment);
  const minReadySeconds = deployment.spec?.minReadySeconds;
  const known = set.metadata.annotations ?? {};
  const isFresh =
    before >= revision &&
    (set.spec?.minReadySeconds ?? 0) === (minReadySeconds ?? 0) &&
    copied.every(([name, value]) => Object.hasOwn(known, name) && known[name] === value);
  if (isFresh) return set;
  const annotations: Record<string, string> = { ...known, ...Object.fromEntries(copied) };
  if (before < revision) {
    annotations[revisionAnnotation] = String(revision);
    const history = annotations['deployment.kubernetes.io/revision-history'];
    if (before > 0) annotations['deployment.kubernetes.io/revision-history'] = history ? `${history},${before}` : String(before);
  }
  const next: Admitted<ReplicaSet> = {
    ...set,
    metadata: { ...set.metadata, annotations },
    ...(set.spec && { spec: { ...set.spec, minReadySeconds } }),
  };
  return (write(next, context) as Admitted<ReplicaSet> | undefined) ?? set;
};

const notesOf = remembering(
  (revision: number, wanted: number, most: number): Annotations => ({
    [revisionAnnotation]: String(revision),
    [desiredAnnotation]: String(wanted),
    [maxAnnotation]: String(most),
  }),
);

const create = (
  deployment: Admitted<Deployment>,
  template: PodTemplateSpec,
  old: readonly Admitted<ReplicaSet>[],
  revision: number,
  context: ControllerContext,
): ReplicaSets => {
  const { api } = context;
  const { annotations } = deployment.metadata;
  const hash = templateHash(template, deployment.status?.collisionCount ?? 0);
  const name = `${deployment.metadata.name}-${hash}`;
  const own = template.metadata?.labels;
  const labels = extended(own ?? {}, { [hashLabel]: hash });
  const selected = deployment.spec?.selector.matchLabels ?? {};
  const matchLabels = own !== undefined && sameTexts(selected, own) ? labels : extended(selected, { [hashLabel]: hash });
  const { matchExpressions } = deployment.spec?.selector ?? {};
  const selector = matchExpressions === undefined ? { matchLabels } : { ...deployment.spec?.selector, matchLabels };
  const replicas = newReplicas(deployment, old, 0);
  const wanted = replicasOf(deployment);
  const noted = notesOf(revision, wanted, wanted + maxSurge(deployment));
  const copied = copiedAnnotations(deployment);
  const minReadySeconds = deployment.spec?.minReadySeconds;
  const podTemplate = { ...template, metadata: { ...template.metadata, labels } };
  const set: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: copied.length === 0 ? noted : { ...Object.fromEntries(copied), ...noted },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: minReadySeconds
      ? { replicas, minReadySeconds, selector, template: podTemplate }
      : { replicas, selector, template: podTemplate },
  };
  const created = api.create(set, { trusted: true });
  if (created.ok) {
    const current = created.value as Admitted as Admitted<ReplicaSet>;
    const isHashOwn = Object.hasOwn(selected, hashLabel);
    if (current.spec?.template !== undefined && matchExpressions === undefined && !isHashOwn)
      sources.set(current.spec.template, template);
    if (replicas > 0)
      context.event('Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${replicas}`, deployment);
    const told = hasProgressDeadline(deployment)
      ? progressing(deployment, 'NewReplicaSetCreated', `Created new replica set "${name}"`, context)
      : deployment;
    return { deployment: told, annotations: withRevision(annotations, revision), current, old };
  }
  if (created.code === 409) {
    // The name is another's: the next try hashes the collision count in.
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
    const counted = { ...deployment, status: { ...deployment.status, collisionCount } };
    return { deployment: counted, annotations, current: undefined, old };
  }
  const message = `Failed to create new replica set "${name}": ${created.message}`;
  context.event('Warning', 'ReplicaSetCreateError', message, deployment);
  const failed = progressing(deployment, 'ReplicaSetCreateError', message, context);
  return { deployment: failed, annotations, current: undefined, old };
};

/** Finds the ReplicaSets of a Deployment and brings revisions up to date; makes the one of its template if `mayCreate`. */
export const syncReplicaSets = (
  deployment: Admitted<Deployment>,
  claimed: readonly Admitted<ReplicaSet>[],
  mayCreate: boolean,
  context: ControllerContext,
): ReplicaSets => {
  const template = deployment.spec?.template;
  const { annotations } = deployment.metadata;
  let found: Admitted<ReplicaSet> | undefined;
  let newest = 0;
  const old: Admitted<ReplicaSet>[] = [];
  for (const set of claimed) {
    if (found === undefined && isOfTemplate(set, template)) found = set;
    else {
      old.push(set);
      newest = Math.max(newest, revisionOf(set));
    }
  }
  const revision = newest + 1;
  if (found !== undefined) {
    const current = refresh(deployment, found, revision, context);
    const seen =
      hasProgressDeadline(deployment) && conditionOf(deployment.status?.conditions, 'Progressing') === undefined
        ? progressing(deployment, 'FoundNewReplicaSet', `Found new replica set "${current.metadata.name}"`, context)
        : deployment;
    return { deployment: seen, annotations: withRevision(annotations, revisionOf(current)), current, old };
  }
  if (!mayCreate || template === undefined) return { deployment, annotations, current: undefined, old };
  return create(deployment, template, old, revision, context);
};
