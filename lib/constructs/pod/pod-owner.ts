import { JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { declareBehaviour, declareCall } from '../declarations.js';
import { destination, Endpoint } from '../destination.js';
import { listed, PlimsollError } from '../error.js';
import { type Intends, intendsOf } from '../intends.js';
import { provenanceOf } from '../provenance.js';
import { type ObjectProps, type ObjectType, Resource } from '../resource.js';
import type { Labels, PodSource } from '../target.js';
import type { PodTemplate } from './pod-template.js';
import type { PortOptions } from './port.js';

/** What has Pods: a Pod, or a workload that makes them. `Ports`: names of the ports that their containers declare. */
export abstract class PodOwner<Ports extends string = string> extends Resource implements PodSource<Ports> {
  readonly ports: { readonly [N in Ports]: PortOptions };
  #serviceAccountName: string | undefined;

  constructor(scope: Construct, id: string, type: ObjectType, props: ObjectProps, body: object, pods: PodTemplate) {
    super(scope, id, type, props, body);
    this.ports = pods.ports as { readonly [N in Ports]: PortOptions };
    this.#serviceAccountName = pods.spec.serviceAccountName;
    if (pods.simulated.length > 0) declare(this, pods.simulated);
  }

  abstract podLabels(): Labels;

  /** Where the Pod spec is in the object, as a JSON pointer. */
  protected abstract get podSpecPath(): string;

  /** What must be true of this workload; verified at every synth. */
  get intends(): Intends<Ports> {
    return intendsOf<Ports>(this, (port) => this.at(port).port);
  }

  /** A port of the Pods themselves, past any Service. */
  at(port: Ports): Endpoint {
    const declared: ReadonlyMap<string, PortOptions> = new Map(Object.entries(this.ports));
    const options = declared.get(port);
    if (options === undefined)
      throw new PlimsollError(this, `no container declares a port '${port}'; declared: ${listed(declared.keys())}`);
    return new Endpoint(this, port, options.protocol);
  }

  /** The ServiceAccount that the Pods run as, if one was named. */
  get serviceAccountName(): string | undefined {
    return this.#serviceAccountName;
  }

  /**
   * Lets the Pods run as this ServiceAccount.
   *
   * @throws PlimsollError when they already run as another.
   */
  runAs(serviceAccountName: string): void {
    if (this.#serviceAccountName === serviceAccountName) return;
    if (this.#serviceAccountName !== undefined) {
      throw new PlimsollError(
        this,
        `runs as ServiceAccount '${this.#serviceAccountName}' already, so it cannot run as '${serviceAccountName}'`,
      );
    }
    this.#serviceAccountName = serviceAccountName;
    this.addJsonPatch(JsonPatch.add(`${this.podSpecPath}/serviceAccountName`, serviceAccountName));
  }
}

const declare = (owner: PodOwner, containers: PodTemplate['simulated']): void => {
  const behaviours = containers.flatMap(([name, { behaviour }]) => (behaviour === undefined ? [] : [[name, behaviour] as const]));
  if (behaviours.length > 0) declareBehaviour(owner, owner.ref, Object.fromEntries(behaviours));
  const provenance = provenanceOf(owner);
  for (const [container, { calls = [] }] of containers) {
    for (const to of calls) declareCall(owner, { from: owner.ref, container, to: destination(owner, to), provenance });
  }
};
