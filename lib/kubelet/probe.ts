import type { Container, Probe } from '../api/generated/types.js';
import { portNumber } from './port.js';
import { hostPort } from './service-links.js';

export type ProbeKind = 'liveness' | 'readiness' | 'startup';

/** When a probe comes to a result that lasts. */
export interface ProbeOutcome {
  /** Seconds after the start of the container. */
  readonly at: number;
  readonly result: 'success' | 'failure';
}

export const isProbed = ({ startupProbe, readinessProbe, livenessProbe }: Container): boolean =>
  (startupProbe ?? readinessProbe ?? livenessProbe) !== undefined;

export const probeOf = (container: Container, kind: ProbeKind): Probe | undefined =>
  kind === 'liveness' ? container.livenessProbe : kind === 'readiness' ? container.readinessProbe : container.startupProbe;

/** The port that a probe asks, `none` for a command, undefined when the container has no port of that name. */
export const probedPort = (container: Container, probe: Probe): number | 'none' | undefined => {
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port;
  return port === undefined ? 'none' : portNumber(container, port);
};

/**
 * The lasting result of a probe whose attempts fail before `answersFrom` and succeed after it (Infinity: never), first asked at
 * `from` or after its initial delay. Undefined for liveness that never fails: a container counts as alive until it does.
 * What a container does changes once at most, so no attempt needs a timer of its own.
 */
export const probeOutcome = (kind: ProbeKind, probe: Probe, from: number, answersFrom: number): ProbeOutcome | undefined => {
  const first = Math.max(probe.initialDelaySeconds ?? 0, from);
  const period = probe.periodSeconds ?? 10;
  const failures = answersFrom <= first ? 0 : Math.ceil((answersFrom - first) / period);
  if (kind === 'readiness') {
    if (failures === Number.POSITIVE_INFINITY) return { at: first, result: 'failure' };
    return { at: first + (failures + (probe.successThreshold ?? 1) - 1) * period, result: 'success' };
  }
  const threshold = probe.failureThreshold ?? 3;
  if (failures >= threshold) return { at: first + (threshold - 1) * period, result: 'failure' };
  return kind === 'startup' ? { at: first + failures * period, result: 'success' } : undefined;
};

/** What the failed attempt says. `listening`: the port is open, but the answer is bad. */
const failureText = (container: Container, probe: Probe, podIP: string, listening: boolean): string => {
  const port = probedPort(container, probe);
  if (port === undefined) return "couldn't find port in container";
  if (port === 'none') return `command ${JSON.stringify(probe.exec?.command ?? [])} exited with a non-zero code`;
  const address = hostPort(probe.httpGet?.host ?? probe.tcpSocket?.host ?? podIP, port);
  const refused = `dial tcp ${address}: connect: connection refused`;
  if (probe.grpc !== undefined) {
    const { timeoutSeconds = 1 } = probe;
    return listening
      ? 'service unhealthy (responded with "NOT_SERVING")'
      : `timeout: failed to connect service "${address}" within ${timeoutSeconds}s: context deadline exceeded`;
  }
  if (probe.httpGet === undefined) return refused;
  if (listening) return 'HTTP probe failed with statuscode: 404';
  const { scheme = 'HTTP', path = '/' } = probe.httpGet;
  return `Get "${scheme.toLowerCase()}://${address}${path.startsWith('/') ? path : `/${path}`}": ${refused}`;
};

const titles: Readonly<Record<ProbeKind, string>> = { liveness: 'Liveness', readiness: 'Readiness', startup: 'Startup' };

/** The text of the Unhealthy event. */
export const unhealthyText = (
  kind: ProbeKind,
  container: Container,
  probe: Probe,
  { podIP, listening }: { podIP: string; listening: boolean },
): string => {
  const verb = probedPort(container, probe) === undefined ? 'errored' : 'failed';
  return `${titles[kind]} probe ${verb}: ${failureText(container, probe, podIP, listening)}`;
};
