import { type CheckPod, containersText, namesOf, quoted, settersOf, sorted } from './check.js';

export const privileged: CheckPod = (subject) => {
  const names = namesOf(subject, ({ securityContext }) => securityContext?.privileged === true);
  if (names.length === 0) return undefined;
  return { reason: 'privileged', detail: `${containersText(names)} must not set securityContext.privileged=true` };
};

export const allowPrivilegeEscalation: CheckPod = (subject) => {
  const names = namesOf(subject, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  if (names.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`,
  };
};

export const procMount: CheckPod = (subject) => {
  const types = new Set<string>();
  const names = namesOf(subject, ({ securityContext }) => {
    const type = securityContext?.procMount ?? 'Default';
    if (type !== 'Default') types.add(type);
    return type !== 'Default';
  });
  if (names.length === 0) return undefined;
  return {
    reason: 'procMount',
    detail: `${containersText(names)} must not set securityContext.procMount to ${quoted(sorted(types))}`,
  };
};

export const runAsNonRoot: CheckPod = (subject) => {
  const reason = 'runAsNonRoot != true';
  const ofPod = subject.spec.securityContext?.runAsNonRoot;
  const refusing = namesOf(subject, ({ securityContext }) => securityContext?.runAsNonRoot === false);
  const setters = [...(ofPod === false ? ['pod'] : []), ...(refusing.length > 0 ? [containersText(refusing)] : [])];
  if (setters.length > 0) return { reason, detail: `${setters.join(' and ')} must not set securityContext.runAsNonRoot=false` };
  const silent = namesOf(subject, ({ securityContext }) => (securityContext?.runAsNonRoot ?? ofPod) !== true);
  if (silent.length === 0) return undefined;
  return { reason, detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true` };
};

export const runAsUser: CheckPod = (subject) => {
  const setters = settersOf(subject, (context) => context.runAsUser === 0);
  return setters === undefined ? undefined : { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` };
};
