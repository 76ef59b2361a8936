import { amountOf, amountText } from '../amount.js';
import type {
  CrossVersionObjectReference,
  HorizontalPodAutoscaler,
  HPAScalingRules,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
  V1HorizontalPodAutoscaler,
} from '../generated/types.js';
import { dns1123Label } from '../names.js';
import { quantitySign } from '../quantity.js';
import type { Faults } from './faults.js';
import { pathSegmentName } from './format.js';
import { Path } from './path.js';
import { validateContainerResourceName } from './resources.js';

const at = Path.of('spec');

const validateReference = (ref: CrossVersionObjectReference, place: Path, faults: Faults): void => {
  for (const field of ['kind', 'name'] as const) {
    if (ref[field] === '') faults.required(place.child(field));
    else faults.invalidEach(place.child(field), ref[field], pathSegmentName(ref[field]));
  }
};

/** What is scaled must be of a group that is said: everything with a `scale` subresource but the oldest kind has one. */
const validateTargetVersion = (ref: CrossVersionObjectReference, place: Path, faults: Faults): void => {
  const version = ref.apiVersion ?? '';
  const parts = version.split('/');
  if (parts.length > 2) faults.invalid(place.child('apiVersion'), version, `unexpected GroupVersion string: ${version}`);
  else if (parts.length < 2 && !(ref.kind === 'ReplicationController' && version === 'v1')) {
    faults.invalid(place.child('apiVersion'), version, 'apiVersion must specify API group');
  }
};

const targetTypes = ['AverageValue', 'Utilization', 'Value'];

const validateTarget = (target: MetricTarget, place: Path, faults: Faults): void => {
  if (target.type === '') faults.required(place.child('type'), 'must specify a metric target type');
  else if (!targetTypes.includes(target.type))
    faults.invalid(place.child('type'), target.type, 'must be either Utilization, Value, or AverageValue');
  for (const field of ['value', 'averageValue'] as const) {
    const amount = target[field];
    if (amount !== undefined && quantitySign(amountOf(amount)) !== 1)
      faults.invalid(place.child(field), amountText(amount), 'must be positive');
  }
  const utilization = target.averageUtilization;
  if (utilization !== undefined && utilization < 1)
    faults.invalid(place.child('averageUtilization'), utilization, 'must be greater than 0');
};

const validateIdentifier = (metric: MetricIdentifier, place: Path, faults: Faults): void => {
  if (metric.name === '') faults.required(place.child('name'), 'must specify a metric name');
  else faults.invalidEach(place.child('name'), metric.name, pathSegmentName(metric.name));
};

/** A target in percent or as an amount, one of the two. */
const validateUtilization = (target: MetricTarget, place: Path, faults: Faults): void => {
  const { averageUtilization: percent, averageValue: amount } = target;
  if (percent === undefined && amount === undefined) {
    faults.required(place.child('averageUtilization'), 'must set either a target raw value or a target utilization');
  }
  if (percent !== undefined && amount !== undefined) {
    faults.forbidden(place.child('averageValue'), 'may not set both a target raw value and a target utilization');
  }
};

const sources = ['object', 'external', 'pods', 'resource', 'containerResource'] as const;
type Source = (typeof sources)[number];

const validateSource = (spec: MetricSpec, source: Source, place: Path, faults: Faults): void => {
  const metric = spec[source];
  if (metric === undefined) return;
  const to = place.child('target');
  const { target } = metric;
  if ('metric' in metric) validateIdentifier(metric.metric, place.child('metric'), faults);
  if ('describedObject' in metric) validateReference(metric.describedObject, place.child('describedObject'), faults);
  if ('container' in metric) {
    if (metric.container === '') faults.required(place.child('container'), 'must specify a container');
    else faults.invalidEach(place.child('container'), metric.container, dns1123Label(metric.container));
  }
  if ('name' in metric) {
    if (metric.name === '') faults.required(place.child('name'), 'must specify a resource name');
    else if (source === 'containerResource') validateContainerResourceName(metric.name, place.child('name'), faults);
  }
  validateTarget(target, to, faults);
  const bare = target.value === undefined && target.averageValue === undefined;
  if (source === 'object' && bare) faults.required(to.child('averageValue'), 'must set either a target value or averageValue');
  if (source === 'external') {
    if (bare) faults.required(to.child('averageValue'), 'must set either a target value for metric or a per-pod target');
    if (target.value !== undefined && target.averageValue !== undefined) {
      faults.forbidden(to.child('value'), 'may not set both a target value for metric and a per-pod target');
    }
  }
  if (source === 'pods' && target.averageValue === undefined) {
    faults.required(to.child('averageValue'), 'must specify a positive target averageValue');
  }
  if (source === 'resource' || source === 'containerResource') validateUtilization(target, to, faults);
};

const metricTypes = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];

const validateMetric = (spec: MetricSpec, place: Path, faults: Faults): void => {
  if (spec.type === '') faults.required(place.child('type'), 'must specify a metric source type');
  const present = sources.filter((source) => spec[source] !== undefined);
  const [first] = present;
  if (first !== undefined) validateSource(spec, first, place.child(first), faults);
  const expected = metricTypes.includes(spec.type)
    ? sources.find((source) => source.toLowerCase() === spec.type.toLowerCase())
    : undefined;
  if (expected === undefined) {
    // The server says so twice.
    faults.notSupported(place.child('type'), spec.type, metricTypes);
    faults.notSupported(place.child('type'), spec.type, metricTypes);
  } else if (spec[expected] === undefined) {
    faults.required(place.child(expected), 'must populate information for the given metric source');
  }
  if (present.length === 1) return;
  for (const source of present) {
    if (source !== expected) faults.forbidden(place.child(source), 'must populate the given metric source only');
  }
};

const mostWindowSeconds = 3600;
const mostPeriodSeconds = 1800;

const validateRules = (rules: HPAScalingRules, place: Path, faults: Faults): void => {
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules;
  if (window !== undefined && window < 0) {
    faults.invalid(place.child('stabilizationWindowSeconds'), window, 'must be greater than or equal to zero');
  }
  if (window !== undefined && window > mostWindowSeconds) {
    faults.invalid(place.child('stabilizationWindowSeconds'), window, `must be less than or equal to ${mostWindowSeconds}`);
  }
  const selections = ['Disabled', 'Max', 'Min'];
  if (selectPolicy !== undefined && !selections.includes(selectPolicy)) {
    faults.notSupported(place.child('selectPolicy'), selectPolicy, selections);
  }
  if (policies.length === 0) faults.required(place.child('policies'), 'must specify at least one Policy');
  for (const [index, { type, value, periodSeconds }] of policies.entries()) {
    const policy = place.child('policies').index(index);
    if (type !== 'Pods' && type !== 'Percent') faults.notSupported(policy.child('type'), type, ['Percent', 'Pods']);
    if (value <= 0) faults.invalid(policy.child('value'), value, 'must be greater than zero');
    if (periodSeconds <= 0) faults.invalid(policy.child('periodSeconds'), periodSeconds, 'must be greater than zero');
    if (periodSeconds > mostPeriodSeconds) {
      faults.invalid(policy.child('periodSeconds'), periodSeconds, `must be less than or equal to ${mostPeriodSeconds}`);
    }
  }
  if (tolerance !== undefined && quantitySign(amountOf(tolerance)) < 0) {
    faults.invalid(place.child('tolerance'), amountText(tolerance), 'must be greater than or equal to 0');
  }
};

const validateBounds = (min: number | undefined, max: number, faults: Faults): void => {
  if (min !== undefined && min < 1) faults.invalid(at.child('minReplicas'), min, 'must be greater than or equal to 1');
  if (max === 0) faults.required(at.child('maxReplicas'), 'must be set and greater than 0');
  else if (max < 1) faults.invalid(at.child('maxReplicas'), max, 'must be greater than or equal to 1');
  if (min !== undefined && max < min)
    faults.invalid(at.child('maxReplicas'), max, 'must be greater than or equal to `minReplicas`');
};

const validateScaleTarget = (ref: CrossVersionObjectReference, faults: Faults): void => {
  validateReference(ref, at.child('scaleTargetRef'), faults);
  validateTargetVersion(ref, at.child('scaleTargetRef'), faults);
};

const scaleToZero = 'must specify at least one Object or External metric to support scaling to zero replicas';

export const horizontalPodAutoscaler = (object: HorizontalPodAutoscaler, faults: Faults): void => {
  const spec = object.spec;
  if (spec === undefined) return;
  validateBounds(spec.minReplicas, spec.maxReplicas, faults);
  validateScaleTarget(spec.scaleTargetRef, faults);
  const metrics = spec.metrics ?? [];
  for (const [index, metric] of metrics.entries()) validateMetric(metric, at.child('metrics').index(index), faults);
  if (spec.minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')) {
    faults.forbidden(at.child('metrics'), scaleToZero);
  }
  for (const direction of ['scaleUp', 'scaleDown'] as const) {
    const rules = spec.behavior?.[direction];
    if (rules !== undefined) validateRules(rules, at.child('behavior').child(direction), faults);
  }
};

export const horizontalPodAutoscalerV1 = (object: V1HorizontalPodAutoscaler, faults: Faults): void => {
  const spec = object.spec;
  if (spec === undefined) return;
  validateBounds(spec.minReplicas, spec.maxReplicas, faults);
  validateScaleTarget(spec.scaleTargetRef, faults);
  const utilization = spec.targetCPUUtilizationPercentage;
  if (utilization !== undefined && utilization < 1) {
    // The one metric of this version is a list of one in the others.
    const place = at.child('metrics').index(0).child('resource').child('target').child('averageUtilization');
    faults.invalid(place, utilization, 'must be greater than 0');
  }
  if (spec.minReplicas === 0) faults.forbidden(at.child('metrics'), scaleToZero);
};
