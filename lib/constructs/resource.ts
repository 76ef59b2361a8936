import { ApiObject, type ApiObjectProps, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { extended } from '../api/extended.js';
import type { ObjectMeta } from '../api/generated/types.js';
import type { ObjectRef } from '../api/object.js';
import type { FindingCode } from '../verify/finding.js';
import { declareSuppression } from './declarations.js';
import { without } from './merge.js';
import { objectRef } from './object-ref.js';
import { callOf, isRemembered, rememberCall } from './provenance.js';

/** What every object takes. */
export interface ObjectProps {
  /** `metadata.name`. Default: the id of the construct, as it is. */
  readonly name?: string | undefined;
  /** Default: the namespace of the chart. */
  readonly namespace?: string | undefined;
  /** Labels of the object itself, on top of the chart's. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** Other fields of the plain metadata: finalizers, ownerReferences. */
  readonly metadata?: Omit<ObjectMeta, 'name' | 'namespace' | 'labels' | 'annotations'> | undefined;
}

/** The props that are metadata. */
export const metadataFields: ReadonlySet<string> = new Set(['name', 'namespace', 'labels', 'annotations', 'metadata']);

/** The props that are not metadata. */
export const bodyOf = <T extends ObjectProps>(props: T): Omit<T, keyof ObjectProps> =>
  without(props, metadataFields) as Omit<T, keyof ObjectProps>;

/** Path that the construct will have; for errors found before it exists. */
export const pathOf = (scope: Construct, id: string): string => (scope.node.path === '' ? id : `${scope.node.path}/${id}`);

/** Namespace that the object will have; undefined where neither it nor its chart says one. */
export const namespaceOf = (scope: Construct, props: ObjectProps): string | undefined =>
  props.namespace ?? Chart.of(scope).namespace;

export interface ObjectType {
  readonly apiVersion: string;
  readonly kind: string;
  /** Default: true. */
  readonly namespaced?: boolean;
}

/**
 * One Kubernetes object: a cdk8s `ApiObject` (patches, dependencies and `ApiObject.of` work as in cdk8s) with a predictable name.
 * The classes below it are typed; an object of any other kind is a plain cdk8s `ApiObject`.
 */
export class Resource extends ApiObject {
  constructor(scope: Construct, id: string, type: ObjectType, props: ObjectProps, body: object) {
    const { namespace, labels, annotations } = props;
    const metadata: Record<string, unknown> = { name: '' };
    if (props.metadata !== undefined) Object.assign(metadata, props.metadata);
    metadata.name = props.name ?? id;
    if (namespace !== undefined) metadata.namespace = namespace;
    if (labels !== undefined) metadata.labels = labels;
    if (annotations !== undefined) metadata.annotations = annotations;
    const object = extended(body, { apiVersion: type.apiVersion, kind: type.kind, metadata });
    if (!isRemembered(new.target)) rememberCall(new.target, callOf(new.target));
    super(scope, id, object as ApiObjectProps);
    // cdk8s gives the namespace of the chart to every object, also to those that cannot have one.
    if (type.namespaced === false) Object.assign(this.metadata, { namespace: undefined });
  }

  /** cdk8s takes every ApiObject for an instance of every class below it; here `instanceof` means the class. */
  static override [Symbol.hasInstance]<T>(this: abstract new (...args: never[]) => T, object: unknown): object is T & ApiObject {
    // biome-ignore lint/complexity/noThisInStatic: the class that `instanceof` names, not this one.
    return Function.prototype[Symbol.hasInstance].call(this, object);
  }

  get namespace(): string | undefined {
    return this.metadata.namespace;
  }

  /** Identity of the object in the cluster. */
  get ref(): ObjectRef {
    return objectRef(this);
  }

  /**
   * Accepts a finding about this object, with a reason. It is then counted as suppressed and does not close the gate.
   *
   * @example
   * pod.accept('design/bare-pod', 'a debugging Pod, removed by hand');
   */
  accept(code: FindingCode, reason: string): this {
    declareSuppression(this, { object: this.ref, code, reason });
    return this;
  }
}
