import type {
  DaemonSet,
  Deployment,
  DeploymentSpec,
  LabelSelector,
  PodTemplateSpec,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
  StatefulSetSpec,
} from '../generated/types.js';
import { selectsLabels } from '../label-selector.js';
import { dns1123Label } from '../names.js';
import { validateClaimSpec } from './claim.js';
import type { Faults } from './faults.js';
import { isEmptySelector, selects, validateLabelSelector } from './labels.js';
import { atMost100Percent, countOrPercentage, nonNegative, validateCountOrPercentage } from './numbers.js';
import { Path } from './path.js';
import { validatePodTemplate } from './pod-spec.js';

const specPath = Path.of('spec');
const selectorPath = specPath.child('selector');
const replicasPath = specPath.child('replicas');
const readySecondsPath = specPath.child('minReadySeconds');
const historyLimitPath = specPath.child('revisionHistoryLimit');
const deadlinePath = specPath.child('progressDeadlineSeconds');
const strategyPath = specPath.child('strategy');
const templatePath = specPath.child('template');
const mismatch = '`selector` does not match template `labels`';

/** Pods that a controller keeps alive restart for ever and have no deadline. */
const validateLongRunning = (template: PodTemplateSpec, kind: string, at: Path, faults: Faults): void => {
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {};
  if (restartPolicy !== 'Always') faults.notSupported(at.child('spec').child('restartPolicy'), restartPolicy, ['Always']);
  if (activeDeadlineSeconds !== undefined) {
    faults.forbidden(at.child('spec').child('activeDeadlineSeconds'), `activeDeadlineSeconds in ${kind} is not Supported`);
  }
};

/** A template and the selector of its Pods, one that can be read. */
const validateSelectedTemplate = (
  selector: LabelSelector | undefined,
  template: PodTemplateSpec,
  kind: string,
  faults: Faults,
): void => {
  // A selector that is missing selects nothing, an empty one everything: that is a fault of its own.
  if (!selectsLabels(selector ?? undefined, template.metadata?.labels)) {
    faults.invalid(templatePath.child('metadata').child('labels'), template.metadata?.labels, mismatch);
  }
  validatePodTemplate(template, templatePath, faults);
  validateLongRunning(template, kind, templatePath, faults);
};

/** The selector itself; `kind` is how the server names the workload. Answers whether it can be read as one. */
const validateSelector = (selector: LabelSelector | undefined, kind: string, faults: Faults): boolean => {
  if (selector === undefined || selector === null) {
    faults.required(selectorPath);
    return true;
  }
  const before = faults.list.length;
  validateLabelSelector(selector, selectorPath, faults);
  const isReadable = faults.list.length === before;
  if (isEmptySelector(selector)) faults.invalid(selectorPath, selector, `empty selector is invalid for ${kind}`);
  return isReadable;
};

interface Strategy {
  readonly type?: string | undefined;
  readonly rollingUpdate?: { readonly maxUnavailable?: unknown; readonly maxSurge?: unknown } | undefined;
}

/** A strategy as the server prints it: by the names of its own type. */
const shownStrategy = ({ type = '', rollingUpdate }: Strategy): unknown => ({
  Type: type,
  RollingUpdate:
    rollingUpdate === undefined ? null : { MaxUnavailable: rollingUpdate.maxUnavailable, MaxSurge: rollingUpdate.maxSurge },
});

const validateStrategy = (spec: DeploymentSpec, faults: Faults): void => {
  const { type, rollingUpdate } = spec.strategy ?? {};
  if (type === 'Recreate') {
    if (rollingUpdate !== undefined)
      faults.forbidden(strategyPath.child('rollingUpdate'), "may not be specified when strategy `type` is 'Recreate'");
  } else if (type === 'RollingUpdate') {
    const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
    // The defaults, which nearly all have.
    if (maxUnavailable === '25%' && maxSurge === '25%') return;
    const place = strategyPath.child('rollingUpdate');
    validateCountOrPercentage(maxUnavailable, place.child('maxUnavailable'), faults);
    validateCountOrPercentage(maxSurge, place.child('maxSurge'), faults);
    if (countOrPercentage(maxUnavailable) === 0 && countOrPercentage(maxSurge) === 0) {
      faults.invalid(place.child('maxUnavailable'), maxUnavailable, 'may not be 0 when `maxSurge` is 0');
    }
    atMost100Percent(maxUnavailable, place.child('maxUnavailable'), faults);
  } else faults.notSupported(strategyPath, shownStrategy(spec.strategy ?? {}), ['Recreate', 'RollingUpdate']);
};

export const deployment = (object: Deployment, faults: Faults): void => {
  const spec = object.spec;
  if (spec === undefined) return;
  nonNegative(spec.replicas, replicasPath, faults);
  const isReadable = validateSelector(spec.selector, 'deployment', faults);
  // A Deployment is judged by the rules of its ReplicaSets, and in their name.
  if (!isReadable) faults.invalid(selectorPath, spec.selector, 'invalid label selector');
  else validateSelectedTemplate(spec.selector, spec.template, 'ReplicaSet', faults);
  validateStrategy(spec, faults);
  nonNegative(spec.minReadySeconds, readySecondsPath, faults);
  nonNegative(spec.revisionHistoryLimit, historyLimitPath, faults);
  const deadline = spec.progressDeadlineSeconds;
  nonNegative(deadline, deadlinePath, faults);
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)) {
    faults.invalid(deadlinePath, deadline, 'must be greater than minReadySeconds');
  }
};

export const replicaSet = (object: ReplicaSet, faults: Faults): void => {
  const spec = object.spec;
  if (spec === undefined) return;
  nonNegative(spec.replicas, replicasPath, faults);
  nonNegative(spec.minReadySeconds, readySecondsPath, faults);
  const isReadable = validateSelector(spec.selector, 'deployment', faults);
  if (!isReadable) faults.invalid(selectorPath, spec.selector, 'invalid label selector');
  else validateSelectedTemplate(spec.selector, spec.template ?? {}, 'ReplicaSet', faults);
};

export const replicationController = (object: ReplicationController, faults: Faults): void => {
  const spec = object.spec ?? {};
  nonNegative(spec.minReadySeconds, readySecondsPath, faults);
  nonNegative(spec.replicas, replicasPath, faults);
  const selector = { matchLabels: spec.selector ?? {} };
  if (isEmptySelector(selector)) faults.required(selectorPath);
  if (spec.template === undefined) {
    faults.required(templatePath);
    return;
  }
  if (!isEmptySelector(selector) && selects(selector, spec.template.metadata?.labels) !== true) {
    faults.invalid(templatePath.child('metadata').child('labels'), spec.template.metadata?.labels, mismatch);
  }
  validatePodTemplate(spec.template, templatePath, faults);
  validateLongRunning(spec.template, 'ReplicationController', templatePath, faults);
};

const validateDaemonStrategy = (object: DaemonSet, faults: Faults): void => {
  const at = specPath.child('updateStrategy');
  const strategy = object.spec?.updateStrategy ?? {};
  if (strategy.type === 'OnDelete') return;
  if (strategy.type !== 'RollingUpdate') {
    faults.notSupported(at, shownStrategy(strategy), ['RollingUpdate', 'OnDelete']);
    return;
  }
  const { maxUnavailable = 0, maxSurge = 0 } = strategy.rollingUpdate ?? {};
  const place = at.child('rollingUpdate');
  for (const [field, value] of [
    ['maxUnavailable', maxUnavailable],
    ['maxSurge', maxSurge],
  ] as const) {
    validateCountOrPercentage(value, place.child(field), faults);
    atMost100Percent(value, place.child(field), faults);
  }
  const hasUnavailable = countOrPercentage(maxUnavailable) !== 0;
  const hasSurge = countOrPercentage(maxSurge) !== 0;
  if (hasUnavailable && hasSurge)
    faults.invalid(place.child('maxSurge'), maxSurge, 'may not be set when maxUnavailable is non-zero');
  if (!hasUnavailable && !hasSurge) faults.required(place.child('maxUnavailable'), 'cannot be 0 when maxSurge is 0');
};

export const daemonSet = (object: DaemonSet, faults: Faults): void => {
  const spec = object.spec;
  if (spec === undefined) return;
  const at = selectorPath;
  validateLabelSelector(spec.selector, at, faults);
  const labels = spec.template.metadata?.labels;
  if (selects(spec.selector, labels) === false) faults.invalid(templatePath.child('metadata').child('labels'), labels, mismatch);
  if (spec.selector !== undefined && isEmptySelector(spec.selector)) {
    faults.invalid(at, spec.selector, 'empty selector is invalid for daemonset');
  }
  validatePodTemplate(spec.template, templatePath, faults);
  validateLongRunning(spec.template, 'DaemonSet', templatePath, faults);
  nonNegative(spec.minReadySeconds, readySecondsPath, faults);
  nonNegative(spec.revisionHistoryLimit, historyLimitPath, faults);
  validateDaemonStrategy(object, faults);
};

const validateStatefulStrategy = (spec: StatefulSetSpec, faults: Faults): void => {
  const at = specPath.child('updateStrategy');
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  const place = at.child('rollingUpdate');
  if (type === 'OnDelete') {
    if (rollingUpdate !== undefined) faults.invalid(place, rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'");
  } else if (type !== 'RollingUpdate') faults.invalid(at, spec.updateStrategy, "must be 'RollingUpdate' or 'OnDelete'");
  else if (rollingUpdate !== undefined) {
    nonNegative(rollingUpdate.partition, place.child('partition'), faults);
    const most = rollingUpdate.maxUnavailable;
    if (most === undefined) return;
    validateCountOrPercentage(most, place.child('maxUnavailable'), faults);
    if (countOrPercentage(most) === 0) faults.invalid(place.child('maxUnavailable'), most, 'cannot be 0');
    atMost100Percent(most, place.child('maxUnavailable'), faults);
  }
};

/** The template as its Pods see it: with a volume for each claim of their own, before those of the template. */
const withClaims = (spec: StatefulSetSpec): PodTemplateSpec => {
  const names = new Set((spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata?.name ?? ''));
  const pod = spec.template.spec;
  if (names.size === 0 || pod === undefined) return spec.template;
  const claims = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const others = (pod.volumes ?? []).filter((volume) => !names.has(volume.name));
  return { ...spec.template, spec: { ...pod, volumes: [...claims, ...others] } };
};

const retentions = ['Retain', 'Delete'];

export const statefulSet = (object: StatefulSet, faults: Faults): void => {
  const spec = object.spec;
  if (spec === undefined) return;
  const policy = spec.podManagementPolicy;
  if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    faults.invalid(specPath.child('podManagementPolicy'), policy, "must be 'OrderedReady' or 'Parallel'");
  }
  validateStatefulStrategy(spec, faults);
  for (const field of ['whenDeleted', 'whenScaled'] as const) {
    const retention = spec.persistentVolumeClaimRetentionPolicy?.[field] ?? 'Retain';
    const place = specPath.child('persistentVolumeClaimRetentionPolicy').child(field);
    if (!retentions.includes(retention)) faults.notSupported(place, retention, retentions);
  }
  nonNegative(spec.replicas, replicasPath, faults);
  nonNegative(spec.minReadySeconds, readySecondsPath, faults);
  nonNegative(spec.ordinals?.start, specPath.child('ordinals.start'), faults);
  const { serviceName = '' } = spec;
  if (serviceName !== '') faults.invalidEach(specPath.child('serviceName'), serviceName, dns1123Label(serviceName));
  const isReadable = validateSelector(spec.selector, 'statefulset', faults);
  if (!isReadable) faults.invalid(selectorPath, spec.selector, '');
  else validateSelectedTemplate(spec.selector, withClaims(spec), 'StatefulSet', faults);
  for (const [index, claim] of (spec.volumeClaimTemplates ?? []).entries()) {
    validateClaimSpec(claim.spec, specPath.child('volumeClaimTemplates').index(index).child('spec'), faults);
  }
};
