import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { type DeepPartial, merge, without } from '../merge.js';
import { metadataFields, namespaceOf, type ObjectProps, pathOf } from '../resource.js';
import type { Labels } from '../target.js';
import { PodOwner } from './pod-owner.js';
import type { PodProps as PodSpecProps, PortNames } from './pod-props.js';
import { podTemplate, reshapedFields } from './pod-template.js';

/** The labels, made to be something that can be selected. */
const labelled = (labels: Record<string, string>, name: string): Labels => {
  if (Object.keys(labels).length === 0) labels.app = name;
  return labels;
};

/** Props that are not plain fields of the spec. */
const podFields: ReadonlySet<string> = new Set([...metadataFields, ...reshapedFields, 'plain']);

export interface PodProps<V extends string, C, I, S> extends ObjectProps, PodSpecProps<V, C, I, S> {
  /** Plain fields of the spec, laid over the result last. */
  readonly plain?: DeepPartial<k8s.PodSpec> | undefined;
}

/**
 * A bare Pod. It does not heal: a `Deployment` is what runs a service. Without labels it gets `app: <name>` as soon as something selects it.
 *
 * @example
 * new Pod(chart, 'cmd', { restartPolicy: 'OnFailure', containers: { nginx: { image: 'nginx', command: ['/bin/echo', 'hello'] } } });
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/
 */
export class Pod<V extends string = never, C = unknown, I = unknown, S = unknown> extends PodOwner<PortNames<C> | PortNames<S>> {
  readonly #labels: Record<string, string>;

  constructor(scope: Construct, id: string, props: PodProps<V, C, I, S>) {
    const name = props.name ?? id;
    const labels: Record<string, string> = { ...props.labels };
    const pods = podTemplate(props, without(props, podFields), {
      path: pathOf(scope, id),
      namespace: namespaceOf(scope, props),
      labels: () => labelled(labels, name),
      claims: false,
    });
    super(scope, id, { apiVersion: 'v1', kind: 'Pod' }, { ...props, labels }, { spec: merge(pods.spec, props.plain) }, pods);
    this.#labels = labels;
  }

  override podLabels(): Labels {
    for (const [key, value] of Object.entries(labelled(this.#labels, this.name))) this.metadata.addLabel(key, value);
    return this.#labels;
  }

  protected override get podSpecPath(): string {
    return '/spec';
  }
}
