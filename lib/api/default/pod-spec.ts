import type {
  Container,
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
import { at, chain, each, fill } from './fill.js';
import { pullPolicy } from './image.js';
import { lifecycle, probe } from './probes.js';
import { volume } from './volumes.js';

const container = <T extends Container | EphemeralContainer>(value: T): T => {
  const filled: Container = fill<Container>(value, {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(value.image),
  });
  return chain<Container>(
    (it) =>
      at(
        it,
        'ports',
        each((port) => fill(port, { protocol: 'TCP' })),
      ),
    (it) =>
      at(
        it,
        'env',
        each((env) => at(env, 'valueFrom', (from) => at(from, 'fieldRef', fieldRef))),
      ),
    (it) => at(it, 'livenessProbe', probe),
    (it) => at(it, 'readinessProbe', probe),
    (it) => at(it, 'startupProbe', probe),
    (it) => at(it, 'lifecycle', lifecycle),
  )(filled) as T;
};

/** The account is written under both its names; `serviceAccountName` wins. */
const serviceAccount = (spec: PodSpec): PodSpec => {
  const name = spec.serviceAccountName ?? spec.serviceAccount;
  if (name === undefined || (spec.serviceAccountName === name && spec.serviceAccount === name)) return spec;
  return { ...spec, serviceAccountName: name, serviceAccount: name };
};

const inTemplate = chain<PodSpec>(
  (spec) =>
    fill(spec, {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
    }),
  serviceAccount,
  (spec) => at(spec, 'containers', each(container)),
  (spec) => at(spec, 'initContainers', each(container)),
  (spec) => at(spec, 'ephemeralContainers', each(container)),
  (spec) => at(spec, 'volumes', each(volume)),
);

const templates = new WeakMap<PodSpec, PodSpec>();

/** Defaults of a Pod's spec inside a template; done once for each spec object. */
const templateSpec = (spec: PodSpec): PodSpec => {
  let defaulted = templates.get(spec);
  if (defaulted === undefined) {
    defaulted = inTemplate(spec);
    templates.set(spec, defaulted);
    templates.set(defaulted, defaulted);
  }
  return defaulted;
};

export const podTemplate = (template: PodTemplateSpec): PodTemplateSpec => at(template, 'spec', templateSpec);

/** What has a limit but no request asks for its limit. */
const requestsFromLimits = (resources: ResourceRequirements): ResourceRequirements => {
  const { limits, requests = {} } = resources;
  if (limits === undefined) return resources;
  const missing = Object.keys(limits).filter((name) => !Object.hasOwn(requests, name));
  if (missing.length === 0) return resources;
  return { ...resources, requests: { ...requests, ...Object.fromEntries(missing.map((name) => [name, limits[name] ?? '0'])) } };
};

const requests = <T extends Container>(value: T): T => at(value as Container, 'resources', requestsFromLimits) as T;

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

const inPod = chain<PodSpec>(
  templateSpec,
  (spec) => fill(spec, { enableServiceLinks: true }),
  (spec) => ((spec.terminationGracePeriodSeconds ?? 0) < 0 ? { ...spec, terminationGracePeriodSeconds: 1 } : spec),
  (spec) => at(spec, 'containers', each(requests)),
  (spec) => at(spec, 'initContainers', each(requests)),
  requestsOfPod,
  (spec) => (spec.hostNetwork === true ? at(at(spec, 'containers', each(hostPorts)), 'initContainers', each(hostPorts)) : spec),
);

const pods = new WeakMap<PodSpec, PodSpec>();

/** Defaults of a Pod's spec; done once for each spec object, so that the Pods of one template share the result. */
const podSpec = (spec: PodSpec): PodSpec => {
  let defaulted = pods.get(spec);
  if (defaulted === undefined) {
    defaulted = inPod(spec);
    pods.set(spec, defaulted);
    pods.set(defaulted, defaulted);
  }
  return defaulted;
};

export const pod = (value: Pod): Pod => at(value, 'spec', podSpec);
