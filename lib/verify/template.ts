import type { PodSpec } from '../api/generated/types.js';
import type { KubeObject } from '../api/object.js';

/** The Pod that an object is or makes: its spec, its labels, and where in the object it stands. */
export interface PodTemplate {
  /** The Pod, or what makes it. */
  readonly object: KubeObject;
  /** `spec` of a Pod, `spec.template.spec` of a Deployment, ... */
  readonly path: string;
  readonly spec: PodSpec;
  readonly labels: Readonly<Record<string, string>>;
}

interface TemplateHolder {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: PodSpec;
}

const placeOf = (...steps: readonly string[]) => ({ steps, path: [...steps, 'spec'].join('.') });

const inSpec = placeOf('spec', 'template');

/** Kind to the place of its Pod template; without steps it is the object itself. */
const templatePlaces: ReadonlyMap<string, ReturnType<typeof placeOf>> = new Map([
  ['Pod', placeOf()],
  ['Deployment', inSpec],
  ['ReplicaSet', inSpec],
  ['ReplicationController', inSpec],
  ['StatefulSet', inSpec],
  ['DaemonSet', inSpec],
  ['Job', inSpec],
  ['CronJob', placeOf('spec', 'jobTemplate', 'spec', 'template')],
]);

/** Whether objects of a kind are Pods or make Pods. */
export const hasPodTemplate = (kind: string): boolean => templatePlaces.has(kind);

const noLabels: Readonly<Record<string, string>> = {};

/** The Pod template of a workload or Pod, undefined for other kinds and for objects without one. */
export const podTemplateOf = (object: KubeObject): PodTemplate | undefined => {
  const place = templatePlaces.get(object.kind);
  if (place === undefined) return undefined;
  const { steps } = place;
  let holder: unknown = object;
  for (let index = 0; index < steps.length; index++)
    holder = typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>)[steps[index] ?? ''] : undefined;
  if (holder === undefined || holder === null) return undefined;
  const { metadata, spec } = holder as TemplateHolder;
  if (spec === undefined || !Array.isArray(spec.containers)) return undefined;
  return { object, path: place.path, spec, labels: metadata?.labels ?? noLabels };
};
