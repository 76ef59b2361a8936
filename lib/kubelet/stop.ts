import type { Container, LifecycleHandler, Pod, Probe } from '../api/generated/types.js';
import { commandEnd } from './command.js';

const defaultGraceSeconds = 30;

/** Seconds that a hook takes, as far as its words tell. */
const hookSeconds = (hook: LifecycleHandler | undefined): number => {
  if (hook?.sleep !== undefined) return hook.sleep.seconds;
  if (hook?.exec === undefined) return 0;
  const end = commandEnd({ name: '', command: hook.exec.command });
  if (end === 'never') return Number.POSITIVE_INFINITY;
  // One-shot commands count one second; a hook of that kind takes no time.
  return end === 'unknown' || end.after === 1 ? 0 : end.after;
};

/** Seconds until a container that is told to stop has ended, and its exit code: 143 for SIGTERM, 137 for SIGKILL. */
export const stopSeconds = (pod: Pod, container: Container, probe?: Probe): { after: number; code: number } => {
  const grace =
    pod.metadata?.deletionGracePeriodSeconds ??
    probe?.terminationGracePeriodSeconds ??
    pod.spec?.terminationGracePeriodSeconds ??
    defaultGraceSeconds;
  const hook = hookSeconds(container.lifecycle?.preStop);
  return hook >= grace && hook > 0
    ? { after: grace, code: 137 }
    : { after: Math.min(hook + 1, grace), code: grace === 0 ? 137 : 143 };
};
