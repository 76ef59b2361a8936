import type {
  ExecAction,
  GRPCAction,
  HTTPGetAction,
  Lifecycle,
  Probe,
  SleepAction,
  TCPSocketAction,
} from '../generated/types.js';
import type { Faults } from './faults.js';
import { httpHeaderName } from './format.js';
import { nonNegative, validatePort } from './numbers.js';
import type { Path } from './path.js';

interface Handler {
  readonly exec?: ExecAction | undefined;
  readonly httpGet?: HTTPGetAction | undefined;
  readonly tcpSocket?: TCPSocketAction | undefined;
  readonly grpc?: GRPCAction | undefined;
  readonly sleep?: SleepAction | undefined;
}

const validateHttpGet = (action: HTTPGetAction, at: Path, faults: Faults): void => {
  if ((action.path ?? '') === '') faults.required(at.child('path'));
  validatePort(action.port, at.child('port'), faults);
  if (action.scheme !== 'HTTP' && action.scheme !== 'HTTPS')
    faults.notSupported(at.child('scheme'), action.scheme, ['HTTP', 'HTTPS']);
  for (const header of action.httpHeaders ?? [])
    faults.invalidEach(at.child('httpHeaders'), header.name, httpHeaderName(header.name));
};

const validateSleep = (action: SleepAction, graceSeconds: number | undefined, at: Path, faults: Faults): void => {
  if (graceSeconds === undefined || (action.seconds >= 0 && action.seconds <= graceSeconds)) return;
  faults.invalid(at, action.seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`);
};

const order = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;

const validateHandler = (handler: Handler, graceSeconds: number | undefined, at: Path, faults: Faults): void => {
  const [first, ...more] = order.filter((kind) => handler[kind] !== undefined);
  if (first === undefined) {
    faults.required(at, 'must specify a handler type');
    return;
  }
  const place = at.child(first);
  if (handler.exec !== undefined && (handler.exec.command ?? []).length === 0) faults.required(place.child('command'));
  if (first === 'httpGet' && handler.httpGet !== undefined) validateHttpGet(handler.httpGet, place, faults);
  if (first === 'tcpSocket' && handler.tcpSocket !== undefined) validatePort(handler.tcpSocket.port, place.child('port'), faults);
  if (first === 'grpc' && handler.grpc !== undefined) validatePort(handler.grpc.port, place.child('port'), faults);
  if (first === 'sleep' && handler.sleep !== undefined) validateSleep(handler.sleep, graceSeconds, place, faults);
  for (const kind of more) faults.forbidden(at.child(kind), 'may not specify more than 1 handler type');
};

export const validateLifecycle = (lifecycle: Lifecycle, graceSeconds: number | undefined, at: Path, faults: Faults): void => {
  if (lifecycle.postStart !== undefined) validateHandler(lifecycle.postStart, graceSeconds, at.child('postStart'), faults);
  if (lifecycle.preStop !== undefined) validateHandler(lifecycle.preStop, graceSeconds, at.child('preStop'), faults);
};

/** The fields of a container that hold probes. */
export const probeFields = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;
type ProbeField = (typeof probeFields)[number];

export const validateProbe = (probe: Probe, kind: ProbeField, at: Path, faults: Faults): void => {
  validateHandler(probe, undefined, at, faults);
  nonNegative(probe.initialDelaySeconds, at.child('initialDelaySeconds'), faults);
  nonNegative(probe.timeoutSeconds, at.child('timeoutSeconds'), faults);
  nonNegative(probe.periodSeconds, at.child('periodSeconds'), faults);
  nonNegative(probe.successThreshold, at.child('successThreshold'), faults);
  nonNegative(probe.failureThreshold, at.child('failureThreshold'), faults);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0)
    faults.invalid(at.child('terminationGracePeriodSeconds'), grace, 'must be greater than 0');
  if (kind === 'readinessProbe') {
    if (grace !== undefined)
      faults.invalid(at.child('terminationGracePeriodSeconds'), grace, 'must not be set for readinessProbes');
  } else if (probe.successThreshold !== 1) faults.invalid(at.child('successThreshold'), probe.successThreshold, 'must be 1');
};
