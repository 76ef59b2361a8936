import type { CheckPod } from './check.js';

/** `allowed`: sysctls that touch nothing outside of the Pod. */
export const sysctls =
  (...allowed: readonly string[]): CheckPod =>
  ({ spec }) => {
    const names = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.includes(name));
    return names.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: names.join(', ') };
  };
