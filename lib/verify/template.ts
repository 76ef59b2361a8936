import type { PodSpec } from '../api/generated/types.js';
import type { KubeObject } from '../api/object.js';

/** The Pod that an object is or makes: its spec, its labels, and where in the object it stands. */
export interface PodTemplate {
  /** `spec` of a Pod, `spec.template.spec` of a Deployment, ... */
  readonly path: string;
  readonly spec: PodSpec;
  readonly labels: Readonly<Record<string, string>>;
}

interface TemplateHolder {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: PodSpec;
}

/** Kind to the path of its Pod template; the empty path is the object itself. */
const templatePaths: ReadonlyMap<string, readonly string[]> = new Map([
  ['Pod', []],
  ['Deployment', ['spec', 'template']],
  ['ReplicaSet', ['spec', 'template']],
  ['ReplicationController', ['spec', 'template']],
  ['StatefulSet', ['spec', 'template']],
  ['DaemonSet', ['spec', 'template']],
  ['Job', ['spec', 'template']],
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
]);

/** The Pod template of a workload or Pod, undefined for other kinds and for objects without one. */
export const podTemplateOf = (object: KubeObject): PodTemplate | undefined => {
  const steps = templatePaths.get(object.kind);
  if (steps === undefined) return undefined;
  let holder: unknown = object;
  for (const step of steps)
    holder = typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>)[step] : undefined;
  const { metadata, spec } = (holder ?? {}) as TemplateHolder;
  if (spec === undefined || !Array.isArray(spec.containers)) return undefined;
  return { path: [...steps, 'spec'].join('.'), spec, labels: metadata?.labels ?? {} };
};
