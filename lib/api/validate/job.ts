import type { CronJob, Job, JobSpec } from '../generated/types.js';
import { dns1123Label } from '../names.js';
import { scheduleFault } from './cron.js';
import { validateDomainPath } from './domain-path.js';
import type { Faults } from './faults.js';
import { validateFailurePolicy, validateSuccessPolicy } from './job-policies.js';
import { selects, validateLabelSelector } from './labels.js';
import { metadataPath } from './metadata.js';
import { nonNegative } from './numbers.js';
import { Path } from './path.js';
import { validatePodTemplate } from './pod-spec.js';

const specPath = Path.of('spec');
const mostIndexedParallelism = 100_000;
const mostFailedIndexes = 100_000;
const manyCompletions = 100_000;
const mostForMany = 10_000;
const mostManagerBytes = 63;

const validateIndexed = (spec: JobSpec, at: Path, faults: Faults): void => {
  const { completions, parallelism, maxFailedIndexes, backoffLimitPerIndex } = spec;
  if (completions === undefined) faults.required(at.child('completions'), 'when completion mode is Indexed');
  if (parallelism !== undefined && parallelism > mostIndexedParallelism) {
    const detail = `must be less than or equal to ${mostIndexedParallelism} when completion mode is Indexed`;
    faults.invalid(at.child('parallelism'), parallelism, detail);
  }
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions) {
    faults.invalid(at.child('maxFailedIndexes'), maxFailedIndexes, 'must be less than or equal to completions');
  }
  if (maxFailedIndexes !== undefined && maxFailedIndexes > mostFailedIndexes) {
    faults.invalid(at.child('maxFailedIndexes'), maxFailedIndexes, `must be less than or equal to ${mostFailedIndexes}`);
  }
  if (completions === undefined || completions <= manyCompletions || backoffLimitPerIndex === undefined) return;
  const detail = `must be less than or equal to ${mostForMany} when completions are above ${manyCompletions} and used with backoff limit per index`;
  if (maxFailedIndexes === undefined)
    faults.required(at.child('maxFailedIndexes'), `must be specified when completions is above ${manyCompletions}`);
  if (parallelism !== undefined && parallelism > mostForMany) faults.invalid(at.child('parallelism'), parallelism, detail);
  if (maxFailedIndexes !== undefined && maxFailedIndexes > mostForMany) {
    faults.invalid(at.child('maxFailedIndexes'), maxFailedIndexes, detail);
  }
};

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;

const validateRestartPolicy = (spec: JobSpec, at: Path, faults: Faults): void => {
  const policy = spec.template.spec?.restartPolicy;
  if (policy === 'Always' || policy === undefined) faults.required(at, 'valid values: "OnFailure", "Never"');
  else if (policy !== 'OnFailure' && policy !== 'Never') faults.notSupported(at, policy, ['OnFailure', 'Never']);
  else if (spec.podFailurePolicy !== undefined && policy !== 'Never') {
    faults.invalid(at, policy, 'only "Never" is supported when podFailurePolicy is specified');
  }
};

/** The rules of a Job whether it stands alone or in a CronJob. */
const validateJobSpec = (spec: JobSpec, at: Path, faults: Faults): void => {
  for (const field of counts) nonNegative(spec[field], at.child(field), faults);
  const { backoffLimitPerIndex, maxFailedIndexes, managedBy, completionMode, podReplacementPolicy: replacement } = spec;
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined) {
    faults.required(at.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified');
  }
  if (managedBy !== undefined) {
    validateDomainPath(managedBy, at.child('managedBy'), faults);
    if (managedBy.length > mostManagerBytes) faults.tooLong(at.child('managedBy'), mostManagerBytes);
  }
  if (completionMode !== undefined && completionMode !== 'NonIndexed' && completionMode !== 'Indexed') {
    faults.notSupported(at.child('completionMode'), completionMode, ['NonIndexed', 'Indexed']);
  }
  if (completionMode === 'Indexed') validateIndexed(spec, at, faults);
  if (completionMode === undefined || completionMode === 'NonIndexed') {
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
      if (spec[field] !== undefined) faults.invalid(at.child(field), spec[field], 'requires indexed completion mode');
    }
  }
  validateFailurePolicy(spec, at.child('podFailurePolicy'), faults);
  validateSuccessPolicy(spec, at.child('successPolicy'), faults);
  const replacements = spec.podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  if (replacement !== undefined && !replacements.includes(replacement)) {
    faults.notSupported(at.child('podReplacementPolicy'), replacement, replacements);
  }
  validatePodTemplate(spec.template, at.child('template'), faults);
  validateRestartPolicy(spec, at.child('template').child('spec').child('restartPolicy'), faults);
};

const generatedLabels = [
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
] as const;

/** The labels by which a Job finds its Pods are the server's: what the author wrote in their place must be the same. */
const validateGenerated = (object: Job, spec: JobSpec, faults: Faults): void => {
  const { name = '', uid } = object.metadata ?? {};
  const labels = spec.template.metadata?.labels ?? {};
  const own = uid ?? labels['controller-uid'] ?? '';
  const expected: { [key: string]: string } = {};
  for (const label of generatedLabels) {
    const value = label.endsWith('job-name') ? name : own;
    const place = specPath.child('template').child('metadata').child('labels').key(label);
    expected[label] = value;
    if (!Object.hasOwn(labels, label)) faults.required(place, `must be '${value}'`);
    else if (labels[label] !== value) faults.invalid(place, labels, `must be '${value}'`);
  }
  if (selects(spec.selector, expected) === false)
    faults.invalid(specPath.child('selector'), spec.selector, '`selector` not auto-generated');
};

/** A Job gets its selector from the server, unless `manualSelector` is set: then it must bring its own. */
const validateSelector = (object: Job, spec: JobSpec, faults: Faults): void => {
  const at = specPath.child('selector');
  // Before the server has made the selector there is nothing to judge.
  if (spec.selector === undefined && spec.manualSelector !== true) return;
  if (spec.selector === undefined) faults.required(at);
  else if (spec.manualSelector !== true) validateGenerated(object, spec, faults);
  validateLabelSelector(spec.selector, at, faults);
  const { labels } = spec.template.metadata ?? {};
  if (selects(spec.selector, labels) === false) {
    faults.invalid(
      specPath.child('template').child('metadata').child('labels'),
      labels,
      '`selector` does not match template `labels`',
    );
  }
};

export const job = (object: Job, faults: Faults): void => {
  const spec = object.spec;
  if (spec === undefined) return;
  validateSelector(object, spec, faults);
  validateJobSpec(spec, specPath, faults);
  const { name = '' } = object.metadata ?? {};
  if (spec.completionMode !== 'Indexed' || (spec.completions ?? 0) <= 0) return;
  const longest = `${name}-${(spec.completions ?? 1) - 1}`;
  if (dns1123Label(longest).length > 0) {
    faults.invalid(metadataPath.child('name'), name, `will not able to create pod with invalid DNS label: ${longest}`);
  }
};

const mostCronJobName = 52;

const validateTimeZone = (zone: string, at: Path, faults: Faults): void => {
  if (zone === '') {
    faults.invalid(at, zone, 'timeZone must be nil or non-empty string');
    return;
  }
  const isName = zone
    .split('/')
    .every((part) => part !== '.' && part !== '..' && /^[A-Za-z._0-9+][A-Za-z.\-_0-9+]{0,13}$/.test(part));
  if (!isName) {
    faults.invalid(at, zone, `unknown time zone ${zone}`);
    return;
  }
  if (zone.toLowerCase() === 'local') {
    faults.invalid(at, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
  }
  try {
    // The engine's own table of time zones is the only one at hand.
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    if (zone !== 'Local') faults.invalid(at, zone, `unknown time zone ${zone}`);
  }
};

const concurrency = ['Allow', 'Forbid', 'Replace'];

export const cronJob = (object: CronJob, faults: Faults): void => {
  const spec = object.spec;
  if (spec === undefined) return;
  const at = specPath.child('schedule');
  if (spec.schedule === '') faults.required(at);
  else {
    const fault = scheduleFault(spec.schedule);
    if (fault !== undefined) faults.invalid(at, spec.schedule, fault);
    if (spec.schedule.includes('TZ')) {
      faults.invalid(at, spec.schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
    }
  }
  nonNegative(spec.startingDeadlineSeconds, specPath.child('startingDeadlineSeconds'), faults);
  if (spec.timeZone !== undefined) validateTimeZone(spec.timeZone, specPath.child('timeZone'), faults);
  const policy = spec.concurrencyPolicy ?? 'Allow';
  if (!concurrency.includes(policy)) faults.notSupported(specPath.child('concurrencyPolicy'), policy, concurrency);
  nonNegative(spec.successfulJobsHistoryLimit, specPath.child('successfulJobsHistoryLimit'), faults);
  nonNegative(spec.failedJobsHistoryLimit, specPath.child('failedJobsHistoryLimit'), faults);
  const place = specPath.child('jobTemplate').child('spec');
  const template = spec.jobTemplate.spec;
  if (template !== undefined) {
    validateJobSpec(template, place, faults);
    if (template.selector !== undefined)
      faults.invalid(place.child('selector'), template.selector, '`selector` will be auto-generated');
    if (template.manualSelector === true) faults.notSupported(place.child('manualSelector'), true, ['nil', 'false']);
  }
  const { name = '' } = object.metadata ?? {};
  if (name.length > mostCronJobName)
    faults.invalid(metadataPath.child('name'), name, `must be no more than ${mostCronJobName} characters`);
};
