export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** A port that a container opens: its number, or more about it. The key in `ports` is its name. */
export type Port = number | PortOptions;

export interface PortOptions {
  readonly port: number;
  /** Default: TCP. */
  readonly protocol?: Protocol | undefined;
  /** Port of the node that leads here. Only one Pod with it fits on a node. */
  readonly hostPort?: number | undefined;
  readonly hostIP?: string | undefined;
}

export const portOptions = (port: Port): PortOptions => (typeof port === 'number' ? { port } : port);
