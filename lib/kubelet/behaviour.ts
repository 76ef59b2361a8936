/**
 * What a container does when it runs, as far as the author declares it. For the simulator only: it never
 * reaches the YAML. Times are seconds of simulated time since the start of the container.
 */
export interface ContainerBehaviour {
  /** Ends with `code` after `after` seconds (default 1). Without it a container of a service runs for ever. */
  readonly exits?: { readonly code: number; readonly after?: number } | undefined;
  /** Grows to this amount of memory (`2Gi`; `unbounded` without end) within `over` seconds (default 60). */
  readonly memory?: { readonly growsTo: string; readonly over?: number } | undefined;
  /** Ports it listens on; default: the declared container ports. */
  readonly listens?: readonly { readonly port: number; readonly protocol?: 'TCP' | 'UDP' | 'SCTP' }[] | undefined;
  /** Seconds until it listens and answers probes (default 0). */
  readonly startsIn?: number | undefined;
  /** Answers to probes; default: a probe of a port it listens on succeeds. */
  readonly probes?: { readonly liveness?: boolean; readonly readiness?: boolean; readonly startup?: boolean } | undefined;
  /** What it writes to emptyDir volumes as it starts: amounts (`2Gi`) by volume name. */
  readonly writes?: Readonly<Record<string, string>> | undefined;
}

/** Behaviours by container name of one workload or Pod. */
export type PodBehaviour = Readonly<Record<string, ContainerBehaviour>>;
