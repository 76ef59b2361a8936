import type {
  Container,
  ContainerPort,
  EnvVar,
  EphemeralContainer,
  Pod,
  PodSpec,
  PodTemplateSpec,
  Quantity,
  ResourceRequirements,
} from '../generated/types.js';
import { aggregateRequests } from '../pod-requests.js';
import { formatQuantity } from '../quantity.js';
import { fieldRef } from './field-ref.js';
import { at, defaulting, each, fill } from './fill.js';
import { pullPolicy } from './image.js';
import { lifecycle, probe } from './probes.js';
import { volume } from './volumes.js';

const env = (variable: EnvVar): EnvVar =>
  variable.valueFrom?.fieldRef === undefined ? variable : at(variable, 'valueFrom', (from) => at(from, 'fieldRef', fieldRef));

const fields = {
  ports: each(defaulting<ContainerPort>({ protocol: 'TCP' })),
  env: each(env),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle,
};
const messages = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };

const withPolicy = defaulting<Container>(messages, fields);
const pulledAlways = defaulting<Container>({ ...messages, imagePullPolicy: 'Always' }, fields);
const pulledIfNotPresent = defaulting<Container>({ ...messages, imagePullPolicy: 'IfNotPresent' }, fields);

const container = <T extends Container | EphemeralContainer>(value: T): T => {
  if (value.imagePullPolicy !== undefined) return withPolicy(value) as T;
  return (pullPolicy(value.image) === 'Always' ? pulledAlways(value) : pulledIfNotPresent(value)) as T;
};

/** The account is written under both its names; `serviceAccountName` wins. */
const serviceAccount = (spec: PodSpec): PodSpec => {
  const name = spec.serviceAccountName ?? spec.serviceAccount;
  if (name === undefined || (spec.serviceAccountName === name && spec.serviceAccount === name)) return spec;
  return { ...spec, serviceAccountName: name, serviceAccount: name };
};

const withDefaults = defaulting<PodSpec>(
  {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: Object.freeze({}),
    schedulerName: 'default-scheduler',
  },
  {
    containers: each<Container>(container),
    initContainers: each<Container>(container),
    ephemeralContainers: each<EphemeralContainer>(container),
    volumes: each(volume),
  },
);

/** Defaults of a Pod's spec inside a template. */
const templateSpec = (spec: PodSpec): PodSpec => serviceAccount(withDefaults(spec));

export const podTemplate = defaulting<PodTemplateSpec>({}, { spec: templateSpec });

/** What has a limit but no request asks for its limit. */
const requestsFromLimits = (resources: ResourceRequirements): ResourceRequirements => {
  const { limits, requests = {} } = resources;
  if (limits === undefined) return resources;
  const missing = Object.keys(limits).filter((name) => !Object.hasOwn(requests, name));
  if (missing.length === 0) return resources;
  return { ...resources, requests: { ...requests, ...Object.fromEntries(missing.map((name) => [name, limits[name] ?? '0'])) } };
};

const requests = (value: Container): Container =>
  value.resources?.limits === undefined ? value : at(value, 'resources', requestsFromLimits);

const isPodLevel = (name: string): boolean => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

/** A Pod with resources as a whole asks, where it does not say, for what its containers ask for, else for its limit. */
const requestsOfPod = (spec: PodSpec): PodSpec => {
  if (spec.resources === undefined) return spec;
  const { limits = {}, requests } = spec.resources;
  const fromContainers = [...aggregateRequests(spec)].map(([name, amount]): [string, Quantity] => [name, formatQuantity(amount)]);
  const missing = Object.fromEntries([...Object.entries(limits), ...fromContainers].filter(([name]) => isPodLevel(name)));
  const filled = fill<{ readonly [name: string]: Quantity }>(requests ?? {}, missing);
  return filled === requests || Object.keys(filled).length === 0
    ? spec
    : { ...spec, resources: { ...spec.resources, requests: filled } };
};

/** On the host's network a container's port is the host's port. */
const hostPorts = (value: Container): Container =>
  at(
    value,
    'ports',
    each((port) => (port.hostPort === undefined ? { ...port, hostPort: port.containerPort } : port)),
  );

const withLinks = defaulting<PodSpec>(
  { enableServiceLinks: true },
  {
    terminationGracePeriodSeconds: (seconds) => (seconds < 0 ? 1 : seconds),
    containers: each(requests),
    initContainers: each(requests),
  },
);

const onHost = defaulting<PodSpec>({}, { containers: each(hostPorts), initContainers: each(hostPorts) });

/** Defaults of a Pod's spec (`SetDefaults_Pod`): requests follow limits, Service links are on. */
export const podSpec = (template: PodSpec): PodSpec => {
  const spec = requestsOfPod(withLinks(templateSpec(template)));
  return spec.hostNetwork === true ? onHost(spec) : spec;
};

export const pod = (value: Pod): Pod => at(value, 'spec', podSpec);
