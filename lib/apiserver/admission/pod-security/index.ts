import type { Pod, PodTemplateSpec } from '../../../api/generated/types.js';
import type { Admitted } from '../../../api/object.js';
import { invalid } from '../../../api/refusal.js';
import { equal } from '../../equal.js';
import { as, type Stored } from '../../kinds.js';
import { forbidden } from '../../refusals.js';
import type { AdmissionContext, AdmissionPlugin } from '../plugin.js';
import { detailsOf, violationsOf } from './evaluate.js';
import { warningsOfChange } from './namespace.js';
import { type LevelVersion, type Policy, policyOf, textOf } from './policy.js';
import { kindsWithTemplate, templateOf } from './templates.js';

const policyFor = ({ metadata }: Stored, { store }: AdmissionContext): Policy =>
  policyOf(store.find('Namespace', undefined, metadata.namespace ?? '')?.metadata.labels);

const none: readonly string[] = [];

type Image = { readonly name: string; readonly image?: string | undefined };

/** Of what can change in a Pod, images and new ephemeral containers are judged. */
const isSignificant = (pod: Admitted<Pod>, previous: Admitted<Pod> | undefined): boolean => {
  if (previous === undefined) return true;
  if (pod.spec === previous.spec) return false;
  const images = (containers: readonly Image[] = []): string => containers.map(({ image }) => image).join(' ');
  const before = previous.spec;
  const known = new Map(before?.ephemeralContainers?.map(({ name, image }) => [name, image]));
  return (
    images(pod.spec?.containers) !== images(before?.containers) ||
    images(pod.spec?.initContainers) !== images(before?.initContainers) ||
    (pod.spec?.ephemeralContainers ?? []).some(({ name, image }) => !known.has(name) || known.get(name) !== image)
  );
};

const previousPod = (previous: Stored | undefined): Admitted<Pod> | undefined =>
  previous === undefined ? undefined : as('Pod', previous);

const warningsOf = (warn: LevelVersion, judged: PodTemplateSpec | undefined): readonly string[] => {
  if (judged?.spec === undefined) return none;
  const violations = violationsOf(warn, judged.metadata, judged.spec);
  return violations.length === 0 ? none : [`would violate PodSecurity "${textOf(warn)}": ${detailsOf(violations)}`];
};

/**
 * PodSecurity: Pods keep to the level of the Pod Security Standards that labels of their namespace enforce; Pods and
 * workloads are warned of the level to warn of. There are no exemptions.
 */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  kinds: [
    { apiVersion: 'v1', kind: 'Namespace' },
    { apiVersion: 'v1', kind: 'Pod' },
  ],
  validate: (object, context, previous) => {
    if (object.kind === 'Namespace') {
      const { faults } = policyOf(object.metadata.labels);
      const isOld = previous !== undefined && equal(faults, policyOf(previous.metadata.labels).faults);
      return faults.length === 0 || isOld ? undefined : invalid(object, faults);
    }
    const pod = object.kind === 'Pod' ? as('Pod', object) : undefined;
    if (pod?.spec === undefined) return undefined;
    const { enforce } = policyFor(object, context);
    if (enforce.level === 'privileged' || !isSignificant(pod, previousPod(previous))) return undefined;
    const violations = violationsOf(enforce, pod.metadata, pod.spec);
    if (violations.length === 0) return undefined;
    return forbidden(object, `violates PodSecurity "${textOf(enforce)}": ${detailsOf(violations)}`);
  },
  warn: (object, context, previous) => {
    const namespace = object.kind === 'Namespace' ? as('Namespace', object) : undefined;
    if (namespace !== undefined) {
      const before = previous === undefined ? undefined : as('Namespace', previous);
      return before === undefined ? [] : warningsOfChange(namespace, before, context.store);
    }
    const { warn } = policyFor(object, context);
    if (warn.level === 'privileged') return none;
    const pod = as('Pod', object);
    return pod === undefined || !isSignificant(pod, previousPod(previous)) ? none : warningsOf(warn, pod);
  },
};

/** The part of PodSecurity that concerns workloads: none of them is refused. */
export const podSecurityOfWorkloads: AdmissionPlugin = {
  name: 'PodSecurity',
  kinds: kindsWithTemplate,
  warn: (object, context) => {
    const { warn } = policyFor(object, context);
    return warn.level === 'privileged' ? none : warningsOf(warn, templateOf(object));
  },
};
