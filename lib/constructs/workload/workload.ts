import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import type * as k8s from '../../api/generated/types.js';
import { merge, split } from '../merge.js';
import { PodOwner } from '../pod/pod-owner.js';
import type { AnyPodProps, PodProps, PortNames } from '../pod/pod-props.js';
import { podTemplate, reshapedFields } from '../pod/pod-template.js';
import type { Volume } from '../pod/volume.js';
import { callOf, rememberEarly } from '../provenance.js';
import { metadataFields, namespaceOf, type ObjectProps, type ObjectType, pathOf } from '../resource.js';
import type { Labels } from '../target.js';

export interface WorkloadProps<V extends string, C, I, S, Source = Volume> extends ObjectProps, PodProps<V, C, I, S, Source> {
  /** Labels of the Pods; where the workload has a selector, on top of the selector's. */
  readonly podLabels?: Labels | undefined;
  readonly podAnnotations?: Readonly<Record<string, string>> | undefined;
}

/** Props of Deployment, ReplicaSet, StatefulSet and DaemonSet. */
export interface SelectingWorkloadProps<V extends string, C, I, S, Source = Volume> extends WorkloadProps<V, C, I, S, Source> {
  /** Labels by which the workload knows its Pods; they are given to the Pods. Default: `app: <name>`. */
  readonly selector?: Labels | undefined;
}

interface AnyWorkloadProps extends ObjectProps, AnyPodProps {
  readonly podLabels?: Labels | undefined;
  readonly podAnnotations?: Readonly<Record<string, string>> | undefined;
  readonly selector?: Labels | undefined;
  readonly plain?: object | undefined;
}

/** How a kind puts Pods into its spec. */
export interface WorkloadKind extends ObjectType {
  /** Fields of the spec that are props of the same name; all other props are the Pod's. */
  readonly own: ReadonlySet<string>;
  /** Kubernetes requires a selector of this kind. */
  readonly selects: boolean;
  /** The kind makes a claim for each Pod. */
  readonly claims?: boolean;
  readonly podSpecPath: string;
  spec(
    own: object,
    pods: {
      readonly template: k8s.PodTemplateSpec;
      readonly selector: k8s.LabelSelector;
      readonly claimTemplates: readonly k8s.PersistentVolumeClaim[];
    },
  ): object;
}

/** Props that are neither fields of the workload's spec nor plain fields of the Pod's. */
const workloadFields: ReadonlySet<string> = new Set([
  ...metadataFields,
  ...reshapedFields,
  'plain',
  'selector',
  'podLabels',
  'podAnnotations',
]);

/** A workload: what makes Pods from a template. `C`, `S`: its containers and sidecars with their ports. */
export abstract class Workload<C = unknown, S = unknown> extends PodOwner<PortNames<C> | PortNames<S>> {
  readonly #labels: Labels;
  /** Become the labels where there are none. */
  readonly #otherwise: Labels | undefined;
  readonly #podSpecPath: string;

  constructor(scope: Construct, id: string, kind: WorkloadKind, props: AnyWorkloadProps) {
    rememberEarly(new.target, callOf(new.target));
    const { plain, selector, podLabels, podAnnotations } = props;
    const [own, plainPod] = split(props, kind.own, workloadFields);
    const byName = { app: props.name ?? id };
    const selecting = selector ?? byName;
    const template: Record<string, string> = kind.selects ? { ...selecting, ...podLabels } : { ...podLabels };
    // Without a selector Kubernetes needs no label; one is there as soon as something wants to select the Pods.
    const labels = kind.selects ? selecting : template;
    const otherwise = kind.selects ? undefined : byName;

    const pods = podTemplate(props, plainPod, {
      path: pathOf(scope, id),
      namespace: namespaceOf(scope, props),
      labels: () => labelled(labels, otherwise),
      claims: kind.claims === true,
    });
    const metadata = kind.selects
      ? podMetadata(template, podAnnotations)
      : (Lazy.any({ produce: () => podMetadata(template, podAnnotations) }) as k8s.ObjectMeta);
    const spec = kind.spec(own, {
      template: { metadata, spec: pods.spec },
      selector: { matchLabels: selecting },
      claimTemplates: pods.claimTemplates,
    });
    super(scope, id, kind, props, { spec: merge(spec, plain) }, pods);
    this.#labels = labels;
    this.#otherwise = otherwise;
    this.#podSpecPath = kind.podSpecPath;
  }

  override podLabels(): Labels {
    return labelled(this.#labels, this.#otherwise);
  }

  protected override get podSpecPath(): string {
    return this.#podSpecPath;
  }
}

const podMetadata = (labels: Labels, annotations: Labels | undefined): k8s.ObjectMeta | undefined => {
  if (!hasFields(labels)) return annotations === undefined ? undefined : { annotations };
  return annotations === undefined ? { labels } : { labels, annotations };
};

const labelled = (labels: Labels, otherwise: Labels | undefined): Labels =>
  otherwise === undefined || hasFields(labels) ? labels : Object.assign(labels, otherwise);

const hasFields = (value: object): boolean => Object.keys(value).length > 0;
