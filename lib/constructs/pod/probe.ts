import type {
  HTTPGetAction,
  LifecycleHandler,
  Lifecycle as PlainLifecycle,
  Probe as PlainProbe,
  TCPSocketAction,
} from '../../api/generated/types.js';

type WithPort<T extends { readonly port: number | string }, Ports extends string> = Omit<T, 'port'> & {
  readonly port: Ports | number;
};

/** A plain probe whose port is a number or one of the container's own port names. `probe.http` and its siblings make them. */
export interface Probe<Ports extends string = string> extends Omit<PlainProbe, 'httpGet' | 'tcpSocket'> {
  readonly httpGet?: WithPort<HTTPGetAction, Ports> | undefined;
  readonly tcpSocket?: WithPort<TCPSocketAction, Ports> | undefined;
}

/** Seconds and counts around a probe, as Kubernetes names them. */
export type ProbeTiming = Pick<
  PlainProbe,
  | 'initialDelaySeconds'
  | 'periodSeconds'
  | 'timeoutSeconds'
  | 'failureThreshold'
  | 'successThreshold'
  | 'terminationGracePeriodSeconds'
>;

type HttpOptions = Omit<HTTPGetAction, 'port' | 'path'>;

const divided = <T extends object>(options: T & ProbeTiming): [ProbeTiming, Omit<T, keyof ProbeTiming>] => {
  const {
    initialDelaySeconds,
    periodSeconds,
    timeoutSeconds,
    failureThreshold,
    successThreshold,
    terminationGracePeriodSeconds,
    ...action
  } = options;
  return [
    { initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold, successThreshold, terminationGracePeriodSeconds },
    action,
  ];
};

/**
 * Probes of a container, for `ready`, `live` and `started`. A port is a name that the container declares, or a number.
 *
 * @example
 * containers: { api: { ports: { http: 8080 }, ready: probe.http('http', '/ready', { periodSeconds: 5 }), live: probe.exec(['pgrep', 'api']) } }
 */
export const probe = {
  /** GET `path` answers with a status from 200 to 399. */
  http: <const P extends string | number>(
    port: P,
    path?: string,
    options: HttpOptions & ProbeTiming = {},
  ): Probe<Extract<P, string>> => {
    const [timing, action] = divided(options);
    return { httpGet: { path, port: port as Extract<P, string> | number, ...action }, ...timing };
  },
  /** The port takes a connection. */
  tcp: <const P extends string | number>(
    port: P,
    options: { readonly host?: string } & ProbeTiming = {},
  ): Probe<Extract<P, string>> => {
    const [timing, action] = divided(options);
    return { tcpSocket: { port: port as Extract<P, string> | number, ...action }, ...timing };
  },
  /** The command, run in the container, exits with 0. */
  exec: (command: readonly string[], timing: ProbeTiming = {}): Probe<never> => ({ exec: { command }, ...timing }),
  /** The gRPC health service on this port number answers SERVING. */
  grpc: (port: number, options: { readonly service?: string } & ProbeTiming = {}): Probe<never> => {
    const [timing, action] = divided(options);
    return { grpc: { port, ...action }, ...timing };
  },
} as const;

interface Handler<Ports extends string> extends Omit<LifecycleHandler, 'httpGet' | 'tcpSocket'> {
  readonly httpGet?: WithPort<HTTPGetAction, Ports> | undefined;
  readonly tcpSocket?: WithPort<TCPSocketAction, Ports> | undefined;
}

/** Hooks after the start and before the end of a container; ports by name as in probes. */
export interface Lifecycle<Ports extends string = string> extends Omit<PlainLifecycle, 'postStart' | 'preStop'> {
  readonly postStart?: Handler<Ports> | undefined;
  readonly preStop?: Handler<Ports> | undefined;
}
