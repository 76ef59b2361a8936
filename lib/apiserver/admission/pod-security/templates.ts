import type { PodTemplateSpec } from '../../../api/generated/types.js';
import { groupOf } from '../../../api/object.js';
import type { Stored } from '../../kinds.js';

interface WithTemplate {
  readonly template?: PodTemplateSpec;
}

const ofSpec = ({ spec }: Stored): PodTemplateSpec | undefined => (spec as WithTemplate | undefined)?.template;

const templates = new Map<string, (object: Stored) => PodTemplateSpec | undefined>([
  ['/PodTemplate', (object) => (object as WithTemplate).template],
  ['/ReplicationController', ofSpec],
  ['apps/ReplicaSet', ofSpec],
  ['apps/Deployment', ofSpec],
  ['apps/StatefulSet', ofSpec],
  ['apps/DaemonSet', ofSpec],
  ['batch/Job', ofSpec],
  [
    'batch/CronJob',
    ({ spec }) => (spec as { readonly jobTemplate?: { readonly spec?: WithTemplate } } | undefined)?.jobTemplate?.spec?.template,
  ],
]);

/** The Pods that a workload would make; undefined for all other kinds. */
export const templateOf = (object: Stored): PodTemplateSpec | undefined =>
  templates.get(`${groupOf(object.apiVersion)}/${object.kind}`)?.(object);
