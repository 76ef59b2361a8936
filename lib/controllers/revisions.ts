import type { ControllerRevision, PodTemplateSpec } from '../api/generated/types.js';
import { type Admitted, refOf } from '../api/object.js';
import { equal } from '../apiserver/equal.js';
import type { Stored } from '../apiserver/kinds.js';
import type { ControllerContext } from './controller.js';
import { controllerReference } from './pods.js';
import { templateHash } from './template-hash.js';

export const revisionLabel = 'controller-revision-hash';

type Revision = Admitted<ControllerRevision>;

/** The template that a revision keeps; Pods made of it share its spec. */
export const templateOf = (revision: Revision): PodTemplateSpec | undefined =>
  (revision.data as { readonly spec?: { readonly template?: PodTemplateSpec } } | undefined)?.spec?.template;

const byNumber = (a: Revision, b: Revision): number => a.revision - b.revision || (a.metadata.name < b.metadata.name ? -1 : 1);

/** The owner's revisions, oldest first. */
export const revisionsOf = (owner: Admitted, { store }: ControllerContext): readonly Revision[] =>
  [...store.controlledBy('ControllerRevision', owner.metadata.uid)].sort(byNumber);

/** The revision of the owner's template now: the newest one, an earlier one that becomes the newest again, or a new one. */
export const updateRevision = (
  owner: Admitted,
  template: PodTemplateSpec,
  revisions: readonly Revision[],
  { api }: ControllerContext,
): Revision | undefined => {
  const number = (revisions.at(-1)?.revision ?? 0) + 1;
  const found = revisions.findLast((revision) => equal(templateOf(revision), template));
  if (found !== undefined && found === revisions.at(-1)) return found;
  if (found !== undefined) {
    const renewed = api.update({ ...(found as Admitted as Stored), revision: number }, { trusted: true });
    return renewed.ok ? (renewed.value as Admitted as Revision) : found;
  }
  const hash = templateHash(template);
  const created = api.create(
    {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: `${owner.metadata.name}-${hash}`,
        namespace: owner.metadata.namespace,
        labels: { ...template.metadata?.labels, [revisionLabel]: hash },
        ownerReferences: [controllerReference(owner)],
      },
      data: { spec: { template } },
      revision: number,
    },
    { trusted: true },
  );
  return created.ok ? (created.value as Admitted as Revision) : undefined;
};

/** Deletes the oldest revisions that nothing uses, beyond the limit. */
export const truncateHistory = (
  revisions: readonly Revision[],
  live: ReadonlySet<string>,
  limit: number,
  { api }: ControllerContext,
): void => {
  const history = revisions.filter((revision) => !live.has(revision.metadata.name));
  for (const revision of history.slice(0, Math.max(0, history.length - limit))) api.delete(refOf(revision));
};
