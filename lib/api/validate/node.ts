import type { Node, Taint } from '../generated/types.js';
import { labelValue } from '../names.js';
import type { Faults } from './faults.js';
import { cidrFaults, parseCidr } from './ip.js';
import { validateLabelName } from './labels.js';
import { metadataPath } from './metadata.js';
import { Path } from './path.js';
import { validateAmount } from './resources.js';
import { validateTaintEffect } from './scheduling.js';

const validateTaints = (taints: readonly Taint[], faults: Faults): void => {
  const seen = new Set<string>();
  for (const [index, taint] of taints.entries()) {
    // The server says metadata where it means spec.
    const place = metadataPath.child('taints').index(index);
    const { key, value = '', effect } = taint;
    validateLabelName(key, place.child('key'), faults);
    const texts = labelValue(value);
    if (texts.length > 0) faults.invalid(place.child('value'), value, texts.join(';'));
    if (effect === '') faults.required(place.child('effect'));
    else validateTaintEffect(effect, place.child('effect'), faults);
    if (seen.has(`${effect} ${key}`)) faults.duplicate(place, taint, 'taints must be unique by key and effect pair');
    seen.add(`${effect} ${key}`);
  }
};

const validateRanges = (ranges: readonly string[], faults: Faults): void => {
  const at = Path.of('spec').child('podCIDRs');
  for (const [index, range] of ranges.entries()) faults.invalidEach(at.index(index), range, cidrFaults(range));
  if (ranges.length < 2) return;
  const parsed = ranges.map(parseCidr);
  if (parsed.includes(undefined)) {
    faults.internal(
      at,
      `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR address: ${ranges[parsed.indexOf(undefined)]}`,
    );
  }
  const families = new Set(parsed.map((range) => range?.address.family));
  if (parsed.includes(undefined) || families.size < 2 || ranges.length > 2) {
    faults.invalid(at, ranges, 'may specify no more than one CIDR for each IP family');
  }
  for (const [index, range] of ranges.entries()) if (ranges.indexOf(range) < index) faults.duplicate(at.index(index), range);
};

export const node = (object: Node, faults: Faults): void => {
  if (object.spec?.taints !== undefined) validateTaints(object.spec.taints, faults);
  for (const field of ['capacity', 'allocatable'] as const) {
    for (const [name, amount] of Object.entries(object.status?.[field] ?? {})) {
      validateAmount(name, amount, Path.of('status').child(field).child(name), faults);
    }
  }
  validateRanges(object.spec?.podCIDRs ?? [], faults);
};
