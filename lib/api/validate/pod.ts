import type { Pod, PodTemplate } from '../generated/types.js';
import type { Faults } from './faults.js';
import { metadataPath } from './metadata.js';
import { Path } from './path.js';
import { validatePodAnnotations } from './pod-annotations.js';
import { validatePodSpec, validatePodTemplate } from './pod-spec.js';

const at = Path.of('spec');

/** The rules of a Pod on create and on update. */
export const pod = (object: Pod, faults: Faults): void => {
  const spec = object.spec ?? { containers: [] };
  validatePodAnnotations(object.metadata?.annotations, spec, metadataPath.child('annotations'), at, faults);
  validatePodSpec(spec, object.metadata, at, faults);
};

/** What a Pod must not have when it is made. */
export const newPod = (object: Pod, faults: Faults): void => {
  const { ephemeralContainers = [], schedulingGates = [], nodeName } = object.spec ?? {};
  if (ephemeralContainers.length > 0) faults.forbidden(at.child('ephemeralContainers'), 'cannot be set on create');
  if (nodeName !== undefined && schedulingGates.length > 0) {
    faults.forbidden(at.child('nodeName'), 'cannot be set until all schedulingGates have been cleared');
  }
};

export const podTemplate = (object: PodTemplate, faults: Faults): void => {
  if (object.template !== undefined) validatePodTemplate(object.template, Path.of('template'), faults);
};
