import type { PodTemplateSpec } from '../../../api/generated/types.js';
import { groupOf } from '../../../api/object.js';
import type { Stored } from '../../kinds.js';
import type { GroupKind } from '../../store.js';

interface WithTemplate {
  readonly template?: PodTemplateSpec;
}

const ofSpec = ({ spec }: Stored): PodTemplateSpec | undefined => (spec as WithTemplate | undefined)?.template;

const ofCronJob = ({ spec }: Stored): PodTemplateSpec | undefined =>
  (spec as { readonly jobTemplate?: { readonly spec?: WithTemplate } } | undefined)?.jobTemplate?.spec?.template;

interface Templated extends GroupKind {
  readonly read: (object: Stored) => PodTemplateSpec | undefined;
}

/** The workloads, and where they keep the template of their Pods. */
export const kindsWithTemplate: readonly Templated[] = [
  { apiVersion: 'v1', kind: 'PodTemplate', read: (object) => (object as WithTemplate).template },
  { apiVersion: 'v1', kind: 'ReplicationController', read: ofSpec },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', read: ofSpec },
  { apiVersion: 'apps/v1', kind: 'Deployment', read: ofSpec },
  { apiVersion: 'apps/v1', kind: 'StatefulSet', read: ofSpec },
  { apiVersion: 'apps/v1', kind: 'DaemonSet', read: ofSpec },
  { apiVersion: 'batch/v1', kind: 'Job', read: ofSpec },
  { apiVersion: 'batch/v1', kind: 'CronJob', read: ofCronJob },
];

const templates = new Map(kindsWithTemplate.map((templated) => [templated.kind, templated]));

/** The Pods that a workload would make; undefined for all other kinds. */
export const templateOf = (object: Stored): PodTemplateSpec | undefined => {
  const found = templates.get(object.kind);
  return found !== undefined && groupOf(found.apiVersion) === groupOf(object.apiVersion) ? found.read(object) : undefined;
};
