import { quote } from '../../../api/quote.js';
import { type CheckPod, containersText, namesOf, plural, quoted, settersOf, sorted } from './check.js';

/** Annotations that said what fields say today. */
const appArmorOf = 'container.apparmor.security.beta.kubernetes.io/';
const seccompOfPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompOf = 'container.seccomp.security.alpha.kubernetes.io/';

/** Whether a check reads this annotation: what is decided of a spec otherwise holds for every Pod with it. */
export const isProfile = (annotation: string): boolean =>
  annotation.startsWith(appArmorOf) || annotation.startsWith(seccompOf) || annotation === seccompOfPod;

const isAllowed = (type: string): boolean => type === 'RuntimeDefault' || type === 'Localhost';

const isAllowedAppArmor = (value: string): boolean =>
  value === '' || value === 'runtime/default' || value.startsWith('localhost/');

export const appArmorProfile: CheckPod = (subject) => {
  const types = new Set<string>();
  const fields = settersOf(subject, ({ appArmorProfile: profile }) => {
    if (profile === undefined || isAllowed(profile.type)) return false;
    types.add(profile.type);
    return true;
  });
  const annotations = Object.entries(subject.annotations)
    .filter(([key, value]) => key.startsWith(appArmorOf) && !isAllowedAppArmor(value))
    .map(([key, value]) => `${key}=${quote(value)}`)
    .sort();
  const noted = annotations.length === 0 ? undefined : plural('annotation', annotations.length);
  const setters = [fields, noted].filter((setter) => setter !== undefined);
  if (setters.length === 0) return undefined;
  const values = [...sorted(types), ...annotations];
  return {
    reason: plural('forbidden AppArmor profile', values.length),
    detail: `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  };
};

const isAllowedSeccomp = (value: string): boolean =>
  value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');

/** Before v1.19 annotations said it. */
export const seccompAnnotations: CheckPod = ({ annotations, containers }) => {
  const keys = [seccompOfPod, ...containers.map(({ name }) => `${seccompOf}${name}`)];
  const forbidden = new Set<string>();
  for (const key of keys) {
    const value = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
    if (value !== undefined && !isAllowedSeccomp(value)) forbidden.add(`${key}=${quote(value)}`);
  }
  if (forbidden.size === 0) return undefined;
  const detail = `forbidden ${plural('annotation', forbidden.size)} ${sorted(forbidden).join(', ')}`;
  return { reason: 'seccompProfile', detail };
};

export const seccompProfile: CheckPod = (subject) => {
  const types = new Set<string>();
  const setters = settersOf(subject, ({ seccompProfile: profile }) => {
    if (profile === undefined || isAllowed(profile.type)) return false;
    types.add(profile.type);
    return true;
  });
  if (setters === undefined) return undefined;
  const detail = `${setters} must not set securityContext.seccompProfile.type to ${quoted(sorted(types))}`;
  return { reason: 'seccompProfile', detail };
};

export const seccompProfileRequired: CheckPod = (subject) => {
  const wrong = seccompProfile(subject);
  if (wrong !== undefined || subject.spec.securityContext?.seccompProfile !== undefined) return wrong;
  const silent = namesOf(subject, ({ securityContext }) => securityContext?.seccompProfile === undefined);
  if (silent.length === 0) return undefined;
  const detail = `pod or ${containersText(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
  return { reason: 'seccompProfile', detail };
};

/** `allowed`: types of SELinux contexts that containers may run in. */
export const seLinuxOptions = (...allowed: readonly string[]): CheckPod => {
  const isAllowedType = (type: string): boolean => type === '' || allowed.includes(type);
  return (subject) => {
    const types = new Set<string>();
    const said = { user: false, role: false };
    const setters = settersOf(subject, ({ seLinuxOptions: options }) => {
      if (options === undefined) return false;
      const { type = '', user = '', role = '' } = options;
      if (!isAllowedType(type)) types.add(type);
      said.user ||= user !== '';
      said.role ||= role !== '';
      return !isAllowedType(type) || user !== '' || role !== '';
    });
    if (setters === undefined) return undefined;
    const faults = [
      ...(types.size > 0 ? [`${plural('type', types.size)} ${quoted(sorted(types))}`] : []),
      ...(said.user ? ['user may not be set'] : []),
      ...(said.role ? ['role may not be set'] : []),
    ];
    return {
      reason: 'seLinuxOptions',
      detail: `${setters} set forbidden securityContext.seLinuxOptions: ${faults.join('; ')}`,
    };
  };
};
