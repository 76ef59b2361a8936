import type { LabelSelector } from '../generated/types.js';
import { selectorOf, selectsLabels } from '../label-selector.js';
import { labelValue, qualifiedName } from '../names.js';
import type { Faults } from './faults.js';
import type { Path } from './path.js';

type StringMap = { readonly [key: string]: string };

export const validateLabelName = (name: string, at: Path, faults: Faults): void =>
  faults.invalidEach(at, name, qualifiedName(name));

export const validateLabels = (labels: StringMap | undefined, at: Path, faults: Faults): void => {
  if (labels === undefined) return;
  const keys = Object.keys(labels);
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    const value = labels[key] ?? '';
    const keyFaults = qualifiedName(key);
    const valueFaults = labelValue(value);
    if (keyFaults.length > 0) faults.invalidEach(at, key, keyFaults);
    if (valueFaults.length > 0) faults.invalidEach(at, value, valueFaults);
  }
};

const totalAnnotationBytes = 256 * 1024;

export const validateAnnotations = (annotations: StringMap | undefined, at: Path, faults: Faults): void => {
  if (annotations === undefined) return;
  let size = 0;
  for (const key of Object.keys(annotations)) {
    // Annotation keys may hold capitals in their domain.
    const texts = qualifiedName(key.toLowerCase());
    if (texts.length > 0) faults.invalidEach(at, key, texts);
    size += key.length + (annotations[key] ?? '').length;
  }
  if (size > totalAnnotationBytes) faults.tooLong(at, totalAnnotationBytes);
};

/** The rules of `metav1.LabelSelector`; an absent selector is fine. */
export const validateLabelSelector = (selector: LabelSelector | undefined, at: Path, faults: Faults): void => {
  if (selector === undefined || selector === null) return;
  if (selector.matchLabels !== undefined) validateLabels(selector.matchLabels, at.child('matchLabels'), faults);
  if (selector.matchExpressions === undefined) return;
  for (const [index, requirement] of selector.matchExpressions.entries()) {
    const place = at.child('matchExpressions').index(index);
    const values = requirement.values ?? [];
    switch (requirement.operator) {
      case 'In':
      case 'NotIn':
        if (values.length === 0) faults.required(place.child('values'), "must be specified when `operator` is 'In' or 'NotIn'");
        break;
      case 'Exists':
      case 'DoesNotExist':
        if (values.length > 0) {
          faults.forbidden(place.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
        break;
      default:
        faults.invalid(place.child('operator'), requirement.operator, 'not a valid selector operator');
    }
    validateLabelName(requirement.key, place.child('key'), faults);
    for (const [at, value] of values.entries()) faults.invalidEach(place.child('values').index(at), value, labelValue(value));
  }
};

/**
 * Whether labels satisfy a selector that may itself be faulty: undefined when it cannot be read as one (an unknown
 * operator, values missing or malformed). An absent selector selects nothing.
 */
export const selects = (selector: LabelSelector | undefined, labels: StringMap | undefined): boolean | undefined => {
  if (selector === undefined || selector === null) return false;
  return isReadable(selector) ? selectsLabels(selector, labels) : undefined;
};

const isReadable = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean => {
  for (const key of Object.keys(matchLabels)) {
    if (qualifiedName(key).length > 0 || labelValue(matchLabels[key] ?? '').length > 0) return false;
  }
  if (matchExpressions.length === 0) return true;
  const hasGoodTexts = matchExpressions.every(
    ({ key, values = [] }) => qualifiedName(key).length === 0 && values.every((value) => labelValue(value).length === 0),
  );
  return hasGoodTexts && selectorOf({ matchExpressions }) !== undefined;
};

/** Whether the selector asks for nothing and so selects everything. */
export const isEmptySelector = (selector: LabelSelector): boolean =>
  (selector.matchExpressions?.length ?? 0) === 0 && Object.keys(selector.matchLabels ?? {}).length === 0;
