import type { Container, LifecycleHandler, Pod, Probe } from '../api/generated/types.js';

const defaultGraceSeconds = 30;

/** Seconds that a hook takes, as far as its words tell: those that it sleeps. */
const hookSeconds = (hook: LifecycleHandler | undefined): number => {
  if (hook?.sleep !== undefined) return hook.sleep.seconds;
  const words = (hook?.exec?.command ?? []).join(' ');
  return [...words.matchAll(/\bsleep (infinity|\d+)/gu)].reduce(
    (sum, [, time]) => sum + (time === 'infinity' ? Number.POSITIVE_INFINITY : Number(time)),
    0,
  );
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
