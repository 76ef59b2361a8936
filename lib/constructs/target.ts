import { ApiObject, Lazy } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import type * as k8s from '../api/generated/types.js';
import { PlimsollError } from './error.js';
import { type Port, type PortOptions, portOptions } from './pod/port.js';
import { Resource } from './resource.js';

export type Labels = Readonly<Record<string, string>>;

/** Pods that Services and policies can select: every workload and Pod of this library. */
export interface PodSource<Ports extends string = string> {
  readonly namespace: string | undefined;
  /** Ports of the containers, by name. */
  readonly ports: { readonly [N in Ports]: PortOptions };
  /** Labels that select these Pods. A Pod or Job that has none gets `app: <name>`. */
  podLabels(): Labels;
}

/** Pods that this program does not make, described by hand. */
export interface PodTarget<Ports extends string = string> {
  readonly labels: Labels;
  /** Default: the namespace of what refers to them. */
  readonly namespace?: string | undefined;
  readonly ports?: { readonly [N in Ports]: Port } | undefined;
}

/** Pods as a target: a construct of this library, of cdk8s-plus, a plain ApiObject, or a description. */
export type Target<Ports extends string = string> = PodSource<Ports> | PodTarget<Ports> | IConstruct;

/** What is known of a target. Of constructs of other libraries it is known at synth only: they may still change. */
export interface ResolvedTarget {
  /** False: everything below must wait for synth. */
  readonly known: boolean;
  readonly namespace: string | undefined;
  readonly text: string;
  labels(): Labels;
  /** By name. */
  ports(): Readonly<Record<string, PortOptions>>;
}

export const portOf = (ports: Readonly<Record<string, PortOptions>> | undefined, name: string): PortOptions | undefined =>
  ports !== undefined && Object.hasOwn(ports, name) ? ports[name] : undefined;

interface PlainWorkloadSpec {
  readonly selector?: k8s.LabelSelector;
  readonly template?: k8s.PodTemplateSpec;
  readonly jobTemplate?: k8s.JobTemplateSpec;
}

/** The Pod template of any construct that stands for a workload or Pod, as it would be written now. */
export const podTemplateOf = (
  construct: IConstruct,
): { readonly template: k8s.PodTemplateSpec; readonly selector: Labels | undefined } => {
  const object = ApiObject.of(construct);
  const json: { readonly metadata?: k8s.ObjectMeta; readonly spec?: unknown } = object.toJson();
  if (object.kind === 'Pod')
    return { template: { metadata: json.metadata, spec: json.spec as k8s.PodSpec }, selector: undefined };
  const spec = (json.spec ?? {}) as PlainWorkloadSpec;
  const template = spec.jobTemplate?.spec?.template ?? spec.template;
  if (template === undefined) throw new PlimsollError(construct, `a ${object.kind} has no Pods; name a workload or a Pod`);
  return { template, selector: spec.selector?.matchLabels };
};

const foreignTarget = (construct: IConstruct): ResolvedTarget => ({
  known: false,
  namespace: ApiObject.of(construct).metadata.namespace,
  text: construct.node.path,
  labels: () => {
    const { template, selector } = podTemplateOf(construct);
    const labels = selector ?? template.metadata?.labels ?? {};
    if (Object.keys(labels).length === 0)
      throw new PlimsollError(construct, 'its Pods have no label, so nothing can select them; give them one');
    return labels;
  },
  ports: () => {
    const containers = podTemplateOf(construct).template.spec?.containers ?? [];
    const ports = containers.flatMap((container) => container.ports ?? []).filter((port) => port.name !== undefined);
    return Object.fromEntries(
      ports.map((port) => [port.name ?? '', { port: port.containerPort, protocol: port.protocol as PortOptions['protocol'] }]),
    );
  },
});

const isPodSource = (target: Target): target is PodSource => 'podLabels' in target;

class SourceTarget implements ResolvedTarget {
  readonly known = true;
  readonly #source: PodSource;

  constructor(source: PodSource) {
    this.#source = source;
  }

  get namespace(): string | undefined {
    return this.#source.namespace;
  }

  get text(): string {
    return Construct.isConstruct(this.#source) ? this.#source.node.path : 'the Pods';
  }

  labels(): Labels {
    return this.#source.podLabels();
  }

  ports(): Readonly<Record<string, PortOptions>> {
    return this.#source.ports;
  }
}

export const resolveTarget = (target: Target): ResolvedTarget => {
  if (isPodSource(target)) return new SourceTarget(target);
  if (target instanceof Resource) throw new PlimsollError(target, `a ${target.kind} has no Pods; name a workload or a Pod`);
  if (Construct.isConstruct(target)) return foreignTarget(target);
  if (!('labels' in target)) throw new PlimsollError(target, 'names no Pods; name a workload, a Pod, or { labels }');
  const ports = Object.fromEntries(Object.entries<Port>(target.ports ?? {}).map(([name, port]) => [name, portOptions(port)]));
  return {
    known: true,
    namespace: target.namespace,
    text: 'the Pods',
    labels: () => target.labels,
    ports: () => ports,
  };
};

/** The value now if everything is known, otherwise at synth. */
export const whenKnown = <T>(known: boolean, produce: () => T): T => (known ? produce() : (Lazy.any({ produce }) as T));

/** @throws PlimsollError when `target` is in another namespace than the object that selects its Pods. */
export const sameNamespace = (path: string, does: string, namespace: string | undefined, target: ResolvedTarget): void => {
  if (target.namespace === undefined || namespace === undefined || target.namespace === namespace) return;
  throw new PlimsollError(
    path,
    `${does} of its own namespace '${namespace}' only, and ${target.text} is in '${target.namespace}'; make it there`,
  );
};
