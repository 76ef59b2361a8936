import type { Container, ContainerState, Pod } from '../api/generated/types.js';
import type { Admitted, ObjectRef } from '../api/object.js';
import type { Occurrence } from '../apiserver/event.js';
import type { ProbeResult } from './actions.js';
import type { ContainerBehaviour } from './behaviour.js';
import type { KubeletHost } from './host.js';
import { type Listener, listeners } from './port.js';

/** When a run started, and what the status says of it. */
interface Start {
  /** Milliseconds. */
  readonly at: number;
  readonly text: string;
  readonly state: ContainerState;
}

let last: Start | undefined;

/** Containers that start together share it. */
const startNow = ({ now, timestamp }: KubeletHost['clock']): Start => {
  if (last?.at !== now) last = { at: now, text: timestamp, state: { running: { startedAt: timestamp } } };
  return last;
};

const pulledText = ({ image = '', imagePullPolicy }: Container): string =>
  imagePullPolicy === 'Always'
    ? `Successfully pulled image "${image}" in 1s (1s including waiting)`
    : `Container image "${image}" already present on machine and can be accessed by the pod`;

/** One run of a container, from its start to its end. */
export class ContainerRun implements Occurrence {
  readonly start: Start;
  ready = false;
  /** It was told to stop. */
  stopping = false;
  /** Counts the plans of its probes: a newer plan makes older timers void. */
  probePlan = 0;
  /** A probe asks a port that another container of the Pod has, or nobody. */
  asksOthers = false;
  liveness: ProbeResult | undefined;
  startup: ProbeResult | undefined;
  /** Not the Pod itself: its events are kept when it is long gone. */
  readonly #namespace: string | undefined;
  readonly #podName: string;

  /** `container`: as it is defined now. */
  constructor(
    host: KubeletHost,
    { metadata }: Admitted<Pod>,
    readonly container: Container,
    readonly behaviour: ContainerBehaviour,
    public started: boolean,
  ) {
    this.start = startNow(host.clock);
    this.#namespace = metadata.namespace;
    this.#podName = metadata.name;
  }

  get listens(): readonly Listener[] {
    return listeners(this.container, this.behaviour);
  }

  get events(): Occurrence['events'] {
    const object: ObjectRef = { apiVersion: 'v1', kind: 'Pod', namespace: this.#namespace, name: this.#podName };
    const told = (reason: string, message: string): Occurrence['events'][number] => ({
      time: this.start.at,
      type: 'Normal',
      reason,
      message,
      object,
      component: 'kubelet',
    });
    return [
      told('Pulled', pulledText(this.container)),
      told('Created', 'Container created'),
      told('Started', 'Container started'),
    ];
  }
}
