import type {
  HostAlias,
  ObjectMeta,
  PodDNSConfig,
  PodResourceClaim,
  PodSpec,
  PodTemplateSpec,
  Volume,
} from '../generated/types.js';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../names.js';
import {
  type PodFacts,
  validateContainers,
  validateEphemeralContainers,
  validateImageSpaces,
  validateInitContainers,
} from './container.js';
import type { Faults } from './faults.js';
import { addressFaults } from './ip.js';
import { validateAnnotations, validateLabels } from './labels.js';
import { validatePodOs } from './os.js';
import type { Path } from './path.js';
import { validatePodAnnotations } from './pod-annotations.js';
import { validatePodLevelResources } from './pod-resources.js';
import { validateContainerResources } from './resources.js';
import { validateAffinity, validateTolerations, validateTopologySpread } from './scheduling.js';
import { validatePodSecurityContext } from './security.js';
import { validateVolumes } from './volumes.js';

const mostNameservers = 3;
const mostSearches = 32;
const mostSearchCharacters = 2048;

const validateDns = (config: PodDNSConfig | undefined, policy: string | undefined, at: Path, faults: Faults): void => {
  const nameservers = config?.nameservers ?? [];
  if (policy === 'None') {
    if (config === undefined) {
      faults.required(at, 'must provide `dnsConfig` when `dnsPolicy` is None');
      return;
    }
    if (nameservers.length === 0) {
      faults.required(at.child('nameservers'), 'must provide at least one DNS nameserver when `dnsPolicy` is None');
      return;
    }
  }
  if (config === undefined) return;
  const { searches = [], options = [] } = config;
  if (nameservers.length > mostNameservers) {
    faults.invalid(at.child('nameservers'), nameservers, `must not have more than ${mostNameservers} nameservers`);
  }
  for (const [index, address] of nameservers.entries()) {
    faults.invalidEach(at.child('nameservers').index(index), address, addressFaults(address));
  }
  const place = at.child('searches');
  if (searches.length > mostSearches) faults.invalid(place, searches, `must not have more than ${mostSearches} search paths`);
  if (searches.join(' ').length > mostSearchCharacters) {
    faults.invalid(
      place,
      searches,
      `must not have more than ${mostSearchCharacters} characters (including spaces) in the search list`,
    );
  }
  for (const [index, search] of searches.entries()) {
    if (search === '.') continue;
    const name = search.replace(/\.$/, '');
    // Underscores are allowed here (KEP-4427).
    faults.invalidEach(place.index(index), name, dns1123Subdomain(name.replace(/_/g, 'a')));
  }
  for (const [index, option] of options.entries()) {
    if ((option.name ?? '') === '') faults.required(at.child('options').index(index), 'must not be empty');
  }
};

const noClaims: ReadonlySet<string> = new Set();

const validateResourceClaims = (claims: readonly PodResourceClaim[], at: Path, faults: Faults): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const [index, claim] of claims.entries()) {
    const place = at.index(index);
    const { name, resourceClaimName, resourceClaimTemplateName } = claim;
    if (name === '') faults.required(place.child('name'));
    else if (names.has(name)) faults.duplicate(place.child('name'), name);
    else faults.invalidEach(place.child('name'), name, dns1123Label(name));
    if (name !== '') names.add(name);
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
      faults.invalid(place, claim, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified');
    } else if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
      faults.invalid(place, claim, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`');
    }
    for (const field of ['resourceClaimName', 'resourceClaimTemplateName'] as const) {
      const value = claim[field];
      if (value !== undefined) faults.invalidEach(place.child(field), value, dns1123Subdomain(value));
    }
  }
  return names;
};

const validateGates = (spec: PodSpec, at: Path, faults: Faults): void => {
  if (spec.readinessGates !== undefined) {
    for (const [index, { conditionType }] of spec.readinessGates.entries()) {
      faults.invalidEach(
        at.child('readinessGates').index(index).child('conditionType'),
        conditionType,
        qualifiedName(conditionType),
      );
    }
  }
  if (spec.schedulingGates === undefined) return;
  const seen = new Set<string>();
  for (const [index, { name }] of spec.schedulingGates.entries()) {
    const place = at.child('schedulingGates').index(index);
    faults.invalidEach(place, name, qualifiedName(name));
    if (seen.has(name)) faults.duplicate(place, name);
    seen.add(name);
  }
};

const nameFields = [
  { field: 'serviceAccountName', check: dns1123Subdomain },
  { field: 'nodeName', check: dns1123Subdomain },
  { field: 'priorityClassName', check: dns1123Subdomain },
  { field: 'hostname', check: dns1123Label },
  { field: 'subdomain', check: dns1123Label },
] as const;

const validateNames = (spec: PodSpec, at: Path, faults: Faults): void => {
  for (let index = 0; index < nameFields.length; index++) {
    const { field, check } = nameFields[index] as (typeof nameFields)[number];
    const value = spec[field];
    if (value !== undefined && value !== '') faults.invalidEach(at.child(field), value, check(value));
  }
  const { runtimeClassName, hostnameOverride } = spec;
  if (runtimeClassName !== undefined)
    faults.invalidEach(at.child('runtimeClassName'), runtimeClassName, dns1123Subdomain(runtimeClassName));
  if (hostnameOverride === undefined) return;
  const place = at.child('hostnameOverride');
  const texts = dns1123Subdomain(hostnameOverride);
  faults.invalidEach(place, hostnameOverride, texts);
  if (texts.length === 0 && hostnameOverride.length > 64) faults.tooLong(place, 64);
  if (spec.setHostnameAsFQDN === true) faults.forbidden(place, 'may not be specified when `setHostnameAsFQDN` is true');
  if (spec.hostNetwork === true) faults.forbidden(place, 'may not be specified when `hostNetwork` is true');
};

const validateHostNetwork = (spec: PodSpec, inPod: boolean, at: Path, faults: Faults): void => {
  for (const [index, container] of (spec.containers ?? []).entries()) {
    for (const [number, { hostPort = 0, containerPort }] of (container.ports ?? []).entries()) {
      // In a template the host's port may be left to the Pod's own defaults.
      if (hostPort === containerPort || (!inPod && hostPort === 0)) continue;
      const place = at.child('containers').index(index).child('ports').index(number).child('hostPort');
      faults.invalid(place, hostPort, 'must match `containerPort` when `hostNetwork` is true');
    }
  }
};

const validateHostUsers = (spec: PodSpec, at: Path, faults: Faults): void => {
  const shared = [spec.hostNetwork && 'hostNetwork', spec.hostPID && 'HostPID', spec.hostIPC && 'HostIPC'];
  for (const field of shared)
    if (typeof field === 'string') faults.forbidden(at.child(field), 'when `pod.Spec.HostUsers` is false');
};

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const preemptionPolicies = ['PreemptLowerPriority', 'Never'];
const mostSeconds = 2 ** 31 - 1;

const validateChoices = (spec: PodSpec, at: Path, faults: Faults): void => {
  const { restartPolicy, dnsPolicy, preemptionPolicy, activeDeadlineSeconds: deadline } = spec;
  if (restartPolicy !== undefined && !restartPolicies.includes(restartPolicy)) {
    faults.notSupported(at.child('restartPolicy'), restartPolicy, restartPolicies);
  }
  if (dnsPolicy !== undefined && !dnsPolicies.includes(dnsPolicy))
    faults.notSupported(at.child('dnsPolicy'), dnsPolicy, dnsPolicies);
  if (preemptionPolicy !== undefined && !preemptionPolicies.includes(preemptionPolicy)) {
    faults.notSupported(at.child('preemptionPolicy'), preemptionPolicy, preemptionPolicies);
  }
  if (deadline !== undefined && (deadline < 1 || deadline > mostSeconds)) {
    faults.invalid(at.child('activeDeadlineSeconds'), deadline, `must be between 1 and ${mostSeconds}, inclusive`);
  }
};

const noVolumes: ReadonlyMap<string, Volume> = new Map();

const validateRules = (spec: PodSpec, pod: ObjectMeta | undefined, inPod: boolean, at: Path, faults: Faults): void => {
  const volumes = spec.volumes === undefined ? noVolumes : validateVolumes(spec.volumes, pod, at.child('volumes'), faults);
  const claims =
    spec.resourceClaims === undefined
      ? noClaims
      : validateResourceClaims(spec.resourceClaims, at.child('resourceClaims'), faults);
  const facts: PodFacts = { spec, volumes, claims };
  validateContainers(facts, at.child('containers'), faults);
  if (spec.initContainers !== undefined) validateInitContainers(facts, at.child('initContainers'), faults);
  if (spec.ephemeralContainers !== undefined) validateEphemeralContainers(facts, at.child('ephemeralContainers'), faults);
  if (spec.resources !== undefined) validatePodLevelResources(spec, at.child('resources'), faults);
  if (spec.hostNetwork === true) validateHostNetwork(spec, inPod, at, faults);
  validateChoices(spec, at, faults);
  if (spec.nodeSelector !== undefined) validateLabels(spec.nodeSelector, at.child('nodeSelector'), faults);
  if (spec.securityContext !== undefined) validatePodSecurityContext(spec, at.child('securityContext'), faults);
  if (spec.affinity !== undefined) validateAffinity(spec.affinity, at.child('affinity'), faults);
  if (spec.dnsConfig !== undefined || spec.dnsPolicy === 'None') {
    validateDns(spec.dnsConfig, spec.dnsPolicy, at.child('dnsConfig'), faults);
  }
  if (spec.readinessGates !== undefined || spec.schedulingGates !== undefined) validateGates(spec, at, faults);
  if (spec.topologySpreadConstraints !== undefined) {
    validateTopologySpread(spec.topologySpreadConstraints, at.child('topologySpreadConstraints'), faults);
  }
  if (spec.hostUsers === false) validateHostUsers(spec, at, faults);
  validateNames(spec, at, faults);
  if (spec.tolerations !== undefined) validateTolerations(spec.tolerations, at.child('tolerations'), faults);
  if (spec.hostAliases !== undefined) validateHostAliases(spec.hostAliases, at.child('hostAliases'), faults);
  if (spec.overhead !== undefined) validateContainerResources({ limits: spec.overhead }, new Set(), at.child('overhead'), faults);
  validatePodOs(spec, at, faults);
};

const validateHostAliases = (aliases: readonly HostAlias[], at: Path, faults: Faults): void => {
  for (const [index, alias] of aliases.entries()) {
    const place = at.index(index);
    faults.invalidEach(place.child('ip'), alias.ip, addressFaults(alias.ip));
    for (const [number, name] of (alias.hostnames ?? []).entries()) {
      faults.invalidEach(place.child('hostnames').index(number), name, dns1123Subdomain(name));
    }
  }
};

/** What only a Pod itself, not a template, must obey. */
const validatePodOnly = (spec: PodSpec, at: Path, faults: Faults): void => {
  if (spec.serviceAccountName === undefined) {
    for (const [index, volume] of (spec.volumes ?? []).entries()) {
      for (const [number, source] of (volume.projected?.sources ?? []).entries()) {
        if (source.serviceAccountToken === undefined) continue;
        const place = at
          .child('volumes')
          .index(index)
          .child('projected')
          .child('sources')
          .index(number)
          .child('serviceAccountToken');
        faults.forbidden(place, 'must not be specified when serviceAccountName is not set');
      }
    }
  }
  for (const field of ['containers', 'initContainers'] as const) {
    for (const [index, container] of (spec[field] ?? []).entries())
      validateImageSpaces(container, at.child(field).index(index), faults);
  }
};

const goodPods = new WeakSet<PodSpec>();

/** The spec of a Pod; Pods that share one spec object are judged once, unless their names matter to its volumes. */
export const validatePodSpec = (spec: PodSpec, pod: ObjectMeta | undefined, at: Path, faults: Faults): void => {
  if (goodPods.has(spec)) return;
  const before = faults.list.length;
  validateRules(spec, pod, true, at, faults);
  validatePodOnly(spec, at, faults);
  const named = (spec.volumes ?? []).some((volume) => volume.ephemeral !== undefined);
  if (faults.list.length === before && !named) goodPods.add(spec);
};

export const validatePodTemplate = (template: PodTemplateSpec, at: Path, faults: Faults): void => {
  const { metadata, spec } = template;
  const annotations = metadata?.annotations;
  if (metadata?.labels !== undefined) validateLabels(metadata.labels, at.child('labels'), faults);
  if (annotations !== undefined) validateAnnotations(annotations, at.child('annotations'), faults);
  if (spec === undefined) {
    faults.required(at.child('spec').child('containers'));
    return;
  }
  if (annotations !== undefined) validatePodAnnotations(annotations, spec, at.child('annotations'), at.child('spec'), faults);
  const place = at.child('spec');
  validateRules(spec, undefined, false, place, faults);
  if (spec.ephemeralContainers !== undefined && spec.ephemeralContainers.length > 0) {
    faults.forbidden(place.child('ephemeralContainers'), 'ephemeral containers not allowed in pod template');
  }
};
