import type {
  Affinity,
  LabelSelector,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  Toleration,
  TopologySpreadConstraint,
} from '../generated/types.js';
import { dns1123Label, dns1123Subdomain, labelValue } from '../names.js';
import type { Faults } from './faults.js';
import { validateLabelName, validateLabelSelector } from './labels.js';
import type { Path } from './path.js';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const validateTaintEffect = (effect: string, at: Path, faults: Faults): void => {
  if (!effects.includes(effect)) faults.notSupported(at, effect, effects);
};

export const validateTolerations = (tolerations: readonly Toleration[], at: Path, faults: Faults): void => {
  for (const [index, toleration] of tolerations.entries()) {
    const place = at.index(index);
    const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
    if (key !== '') validateLabelName(key, place.child('key'), faults);
    else if (operator !== 'Exists') {
      const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      faults.invalid(place.child('operator'), operator, detail);
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      faults.invalid(place.child('effect'), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    if (operator === '' || operator === 'Equal') {
      const texts = labelValue(value);
      if (texts.length > 0) faults.invalid(place.child('operator'), value, texts.join(';'));
    } else if (operator === 'Exists') {
      if (value !== '') faults.invalid(place.child('operator'), value, "value must be empty when `operator` is 'Exists'");
    } else faults.notSupported(place.child('operator'), operator, ['Equal', 'Exists']);
    if (effect !== '') validateTaintEffect(effect, place.child('effect'), faults);
  }
};

const validateRequirement = (requirement: NodeSelectorRequirement, checkValues: boolean, at: Path, faults: Faults): void => {
  const values = requirement.values ?? [];
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) faults.required(at.child('values'), "must be specified when `operator` is 'In' or 'NotIn'");
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        faults.forbidden(at.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
      }
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1)
        faults.required(at.child('values'), "must be specified single value when `operator` is 'Lt' or 'Gt'");
      break;
    default:
      faults.invalid(at.child('operator'), requirement.operator, 'not a valid selector operator');
  }
  validateLabelName(requirement.key, at.child('key'), faults);
  if (!checkValues) return;
  for (const [index, value] of values.entries()) faults.invalidEach(at.child('values').index(index), value, labelValue(value));
};

const validateFieldRequirement = (requirement: NodeSelectorRequirement, at: Path, faults: Faults): void => {
  const values = requirement.values ?? [];
  if (requirement.operator !== 'In' && requirement.operator !== 'NotIn') {
    faults.invalid(at.child('operator'), requirement.operator, 'not a valid selector operator');
  } else if (values.length !== 1) {
    faults.required(at.child('values'), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
  }
  if (requirement.key !== 'metadata.name') {
    faults.invalid(at.child('key'), requirement.key, 'not a valid field selector key');
    return;
  }
  for (const [index, value] of values.entries())
    faults.invalidEach(at.child('values').index(index), value, dns1123Subdomain(value));
};

const validateTerm = (term: NodeSelectorTerm, checkValues: boolean, at: Path, faults: Faults): void => {
  for (const [index, requirement] of (term.matchExpressions ?? []).entries()) {
    validateRequirement(requirement, checkValues, at.child('matchExpressions').index(index), faults);
  }
  for (const [index, requirement] of (term.matchFields ?? []).entries()) {
    validateFieldRequirement(requirement, at.child('matchFields').index(index), faults);
  }
};

/** Which nodes will do: of a Pod, of a volume. */
export const validateNodeSelector = (selector: NodeSelector, at: Path, faults: Faults): void => {
  const place = at.child('nodeSelectorTerms');
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) faults.required(place, 'must have at least one node selector term');
  for (const [index, term] of terms.entries()) validateTerm(term, true, place.index(index), faults);
};

const validateWeight = (weight: number, at: Path, faults: Faults): void => {
  if (weight <= 0 || weight > 100) faults.invalid(at.child('weight'), weight, 'must be in the range 1-100');
};

/** Keys whose values a selector takes from the Pod itself; they need a selector to add to. */
const validateLabelKeys = (keys: readonly string[], selector: LabelSelector | undefined, at: Path, faults: Faults): void => {
  if (keys.length === 0) return;
  if (selector === undefined) {
    faults.forbidden(at, 'must not be specified when labelSelector is not set');
    return;
  }
  for (const [index, key] of keys.entries()) validateLabelName(key, at.index(index), faults);
};

const validatePodTerm = (term: PodAffinityTerm, at: Path, faults: Faults): void => {
  validateLabelSelector(term.labelSelector, at.child('labelSelector'), faults);
  validateLabelSelector(term.namespaceSelector, at.child('namespaceSelector'), faults);
  for (const namespace of term.namespaces ?? []) faults.invalidEach(at.child('namespace'), namespace, dns1123Label(namespace));
  const { matchLabelKeys = [], mismatchLabelKeys = [], topologyKey } = term;
  validateLabelKeys(matchLabelKeys, term.labelSelector, at.child('matchLabelKeys'), faults);
  validateLabelKeys(mismatchLabelKeys, term.labelSelector, at.child('mismatchLabelKeys'), faults);
  for (const [index, key] of matchLabelKeys.entries()) {
    if (mismatchLabelKeys.includes(key)) {
      faults.invalid(at.child('matchLabelKeys').index(index), key, 'exists in both matchLabelKeys and mismatchLabelKeys');
    }
  }
  if (topologyKey === '') faults.required(at.child('topologyKey'), 'can not be empty');
  validateLabelName(topologyKey, at.child('topologyKey'), faults);
};

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

const validatePodAffinity = (affinity: PodAffinity, at: Path, faults: Faults): void => {
  for (const [index, term] of (affinity[required] ?? []).entries())
    validatePodTerm(term, at.child(required).index(index), faults);
  for (const [index, term] of (affinity[preferred] ?? []).entries()) {
    const place = at.child(preferred).index(index);
    validateWeight(term.weight, place, faults);
    validatePodTerm(term.podAffinityTerm, place.child('podAffinityTerm'), faults);
  }
};

export const validateAffinity = (affinity: Affinity, at: Path, faults: Faults): void => {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  if (nodeAffinity !== undefined) {
    const place = at.child('nodeAffinity');
    if (nodeAffinity[required] !== undefined) validateNodeSelector(nodeAffinity[required], place.child(required), faults);
    for (const [index, term] of (nodeAffinity[preferred] ?? []).entries()) {
      validateWeight(term.weight, place.child(preferred).index(index), faults);
      validateTerm(term.preference, false, place.child(preferred).index(index).child('preference'), faults);
    }
  }
  if (podAffinity !== undefined) validatePodAffinity(podAffinity, at.child('podAffinity'), faults);
  if (podAntiAffinity !== undefined) validatePodAffinity(podAntiAffinity, at.child('podAntiAffinity'), faults);
};

const actions = ['DoNotSchedule', 'ScheduleAnyway'];
const policies = ['Honor', 'Ignore'];

const validateSpreadKeys = (constraint: TopologySpreadConstraint, at: Path, faults: Faults): void => {
  const { matchLabelKeys = [], labelSelector } = constraint;
  if (matchLabelKeys.length === 0) return;
  if (labelSelector === undefined) faults.forbidden(at, 'must not be specified when labelSelector is not set');
  const selected = [
    ...Object.keys(labelSelector?.matchLabels ?? {}),
    ...(labelSelector?.matchExpressions ?? []).map((expression) => expression.key),
  ];
  for (const [index, key] of matchLabelKeys.entries()) {
    validateLabelName(key, at.index(index), faults);
    if (selected.includes(key)) faults.invalid(at.index(index), key, 'exists in both matchLabelKeys and labelSelector');
  }
};

export const validateTopologySpread = (constraints: readonly TopologySpreadConstraint[], at: Path, faults: Faults): void => {
  for (const [index, constraint] of constraints.entries()) {
    const place = at.index(index);
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains } = constraint;
    if (maxSkew <= 0) faults.invalid(place.child('maxSkew'), maxSkew, 'must be greater than zero');
    if (topologyKey === '') faults.required(place.child('topologyKey'), 'can not be empty');
    if (!actions.includes(whenUnsatisfiable)) faults.notSupported(place.child('whenUnsatisfiable'), whenUnsatisfiable, actions);
    const again = constraints
      .slice(index + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    if (again) faults.duplicate(place.child('{topologyKey, whenUnsatisfiable}'), `{${topologyKey}, ${whenUnsatisfiable}}`);
    if (minDomains !== undefined) {
      if (minDomains <= 0) faults.invalid(place.child('minDomains'), minDomains, 'must be greater than zero');
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
        faults.invalid(place.child('minDomains'), minDomains, detail);
      }
    }
    for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const policy = constraint[field];
      if (policy !== undefined && !policies.includes(policy)) faults.notSupported(place.child(field), policy, policies);
    }
    validateSpreadKeys(constraint, place.child('matchLabelKeys'), faults);
    validateLabelSelector(constraint.labelSelector, place.child('labelSelector'), faults);
  }
};
