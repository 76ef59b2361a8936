import type { AppArmorProfile, Pod, PodSpec } from './generated/types.js';

const prefix = 'container.apparmor.security.beta.kubernetes.io/';
const local = 'localhost/';
const mostProfileBytes = 4095;

const profileOf = (annotation: string): AppArmorProfile | undefined => {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  const localhostProfile = annotation.startsWith(local) ? annotation.slice(local.length) : '';
  const isValid = localhostProfile !== '' && localhostProfile.trim() === localhostProfile;
  return isValid && localhostProfile.length <= mostProfileBytes ? { type: 'Localhost', localhostProfile } : undefined;
};

const isSame = (a: AppArmorProfile, b: AppArmorProfile | undefined): boolean =>
  a.type === b?.type && a.localhostProfile === b.localhostProfile;

/** The spec of a Pod with the AppArmor profiles that annotations name, where fields do not (KEP-24, version skew). */
export const withAppArmorProfiles = ({ metadata, spec }: Pod): PodSpec | undefined => {
  const annotations = metadata?.annotations;
  if (annotations === undefined || spec === undefined || spec.os?.name === 'windows') return spec;
  if (!Object.keys(annotations).some((key) => key.startsWith(prefix))) return spec;
  const ofPod = spec.securityContext?.appArmorProfile;
  const withProfile = <C extends NonNullable<PodSpec['containers'] | PodSpec['ephemeralContainers']>[number]>(
    container: C,
  ): C => {
    const key = `${prefix}${container.name}`;
    const profile = Object.hasOwn(annotations, key) ? profileOf(annotations[key] ?? '') : undefined;
    const own = container.securityContext?.appArmorProfile;
    if (profile === undefined || own !== undefined || isSame(profile, ofPod)) return container;
    return { ...container, securityContext: { ...container.securityContext, appArmorProfile: profile } };
  };
  return {
    ...spec,
    containers: spec.containers.map(withProfile),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(withProfile) }),
    ...(spec.ephemeralContainers && { ephemeralContainers: spec.ephemeralContainers.map(withProfile) }),
  };
};
