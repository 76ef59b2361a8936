import type { PodSpec, SeccompProfile } from '../generated/types.js';
import { quote } from '../quote.js';
import type { Faults } from './faults.js';
import { descending } from './file-path.js';
import type { Path } from './path.js';

const seccompOfPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompOfContainer = 'container.seccomp.security.alpha.kubernetes.io/';
const appArmorOfContainer = 'container.apparmor.security.beta.kubernetes.io/';
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
const localhost = 'localhost/';

type Annotations = { readonly [key: string]: string };

const validateSeccomp = (profile: string, at: Path, faults: Faults): void => {
  if (profile === 'runtime/default' || profile === 'docker/default' || profile === 'unconfined') return;
  if (profile.startsWith(localhost)) descending(profile.slice(localhost.length), at, faults);
  else faults.invalid(at, profile, 'must be a valid seccomp profile');
};

const validateAppArmor = (key: string, profile: string, spec: PodSpec, at: Path, faults: Faults): void => {
  const name = key.slice(appArmorOfContainer.length);
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
  if (!containers.some((container) => container.name === name)) faults.invalid(at.key(key), name, 'container not found');
  if (profile === '' || profile === 'runtime/default' || profile === 'unconfined' || profile.startsWith(localhost)) return;
  faults.invalid(at.key(key), profile, `invalid AppArmor profile name: ${quote(profile)}`);
};

/** An annotation from before there was a field must say the same as the field. */
const validateSeccompMatch = (
  annotation: string | undefined,
  profile: SeccompProfile | undefined,
  at: Path,
  faults: Faults,
): void => {
  if (annotation === undefined || profile === undefined) return;
  const mismatch = (field: string, what: string): void =>
    faults.forbidden(at.child(field), `seccomp ${what} in annotation and field must match`);
  if (profile.type === 'Unconfined') {
    if (annotation !== 'unconfined') mismatch('type', 'type');
  } else if (profile.type === 'RuntimeDefault') {
    if (annotation !== 'runtime/default' && annotation !== 'docker/default') mismatch('type', 'type');
  } else if (profile.type === 'Localhost') {
    if (!annotation.startsWith(localhost)) mismatch('type', 'type');
    else if (annotation.slice(localhost.length) !== profile.localhostProfile) mismatch('localhostProfile', 'profile');
  }
};

/** Annotations by which Pods were configured before there were fields. `at` is the annotations' place, `spec` the Pod's. */
export const validatePodAnnotations = (
  annotations: Annotations | undefined,
  pod: PodSpec,
  at: Path,
  spec: Path,
  faults: Faults,
): void => {
  if (annotations === undefined) return;
  const own = (key: string): string | undefined => (Object.hasOwn(annotations, key) ? annotations[key] : undefined);
  const cost = own(deletionCost);
  if (cost !== undefined && !isInt32(cost)) faults.invalid(at.key(deletionCost), cost, 'must be a 32bit integer');
  if (own('kubernetes.io/config.mirror') !== undefined && (pod.nodeName ?? '') === '') {
    faults.invalid(
      at.key('kubernetes.io/config.mirror'),
      own('kubernetes.io/config.mirror'),
      'must set spec.nodeName if mirror pod annotation is set',
    );
  }
  for (const key of Object.keys(annotations)) {
    const value = annotations[key] ?? '';
    if (key === seccompOfPod || key.startsWith(seccompOfContainer)) validateSeccomp(value, at.child(key), faults);
    else if (key.startsWith(appArmorOfContainer)) validateAppArmor(key, value, pod, at, faults);
  }
  validateSeccompMatch(
    own(seccompOfPod),
    pod.securityContext?.seccompProfile,
    spec.child('securityContext').child('seccompProfile'),
    faults,
  );
  for (const field of ['initContainers', 'containers'] as const) {
    for (const [index, container] of (pod[field] ?? []).entries()) {
      const place = spec.child(field).index(index).child('securityContext').child('seccompProfile');
      validateSeccompMatch(
        own(`${seccompOfContainer}${container.name}`),
        container.securityContext?.seccompProfile,
        place,
        faults,
      );
    }
  }
};

const isInt32 = (text: string): boolean => {
  if (!/^(0|-?[1-9]\d*)$/.test(text)) return false;
  const value = Number(text);
  return value >= -(2 ** 31) && value < 2 ** 31;
};
