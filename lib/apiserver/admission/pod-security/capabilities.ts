import { type AnyContainer, type CheckPod, containersText, namesOf, quoted, type Subject, sorted } from './check.js';

/** Those that container runtimes give anyway. */
const ofRuntimes = new Set(
  `AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT`.split(' '),
);
const netBindService = new Set(['NET_BIND_SERVICE']);

/** `container "app" must not include "SYS_ADMIN" in ...`, when a container adds what is not allowed. */
const additions = (subject: Subject, allowed: ReadonlySet<string>): string | undefined => {
  const forbidden = ({ securityContext }: AnyContainer): readonly string[] =>
    (securityContext?.capabilities?.add ?? []).filter((capability) => !allowed.has(capability));
  const names = namesOf(subject, (container) => forbidden(container).length > 0);
  if (names.length === 0) return undefined;
  const capabilities = sorted(new Set(subject.containers.flatMap(forbidden)));
  return `${containersText(names)} must not include ${quoted(capabilities)} in securityContext.capabilities.add`;
};

export const defaultCapabilities: CheckPod = (subject) => {
  const detail = additions(subject, ofRuntimes);
  return detail === undefined ? undefined : { reason: 'non-default capabilities', detail };
};

export const noCapabilities: CheckPod = (subject) => {
  const keeping = namesOf(subject, ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'));
  const missing =
    keeping.length === 0 ? undefined : `${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`;
  const details = [missing, additions(subject, netBindService)].filter((detail) => detail !== undefined);
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
};
