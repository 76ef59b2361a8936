import { amountOf, amountText } from '../amount.js';
import type { Container, ContainerPort, ObjectMeta, PodSpec, Volume } from '../generated/types.js';
import { type Quantity, quantityMilliInteger } from '../quantity.js';
import { quote } from '../quote.js';
import { Path } from '../validate/path.js';

/** Labels of nodes that have newer names. */
const oldLabels: ReadonlyMap<string, string> = new Map([
  ['beta.kubernetes.io/arch', 'deprecated since v1.14; use "kubernetes.io/arch" instead'],
  ['beta.kubernetes.io/os', 'deprecated since v1.14; use "kubernetes.io/os" instead'],
  ['failure-domain.beta.kubernetes.io/region', 'deprecated since v1.17; use "topology.kubernetes.io/region" instead'],
  ['failure-domain.beta.kubernetes.io/zone', 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'],
  ['beta.kubernetes.io/instance-type', 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'],
]);

type Amounts = { readonly [name: string]: string | number };

/** Bytes cannot be split: `500m` of memory is a slip of the pen. */
export const fractionalBytes = (amounts: Amounts | undefined, names: readonly string[], at: Path): readonly string[] => {
  const warnings: string[] = [];
  if (amounts === undefined) return warnings;
  for (const name of names) {
    const amount = fraction(amounts, name);
    if (amount === undefined) continue;
    warnings.push(`${at.key(name)}: fractional byte value ${quote(amountText(amount))} is invalid, must be an integer`);
  }
  return warnings;
};

const isFractional = (amount: Quantity): boolean => amount.scale < 0 && (quantityMilliInteger(amount) ?? 0n) % 1000n !== 0n;

/** The amount of a resource, where it is not whole. */
const fraction = (amounts: Amounts, name: string): string | number | undefined => {
  const amount = Object.hasOwn(amounts, name) ? amounts[name] : undefined;
  return amount !== undefined && isFractional(amountOf(amount)) ? amount : undefined;
};

const keyOf = (port: ContainerPort): string =>
  `${port.containerPort} ${port.protocol} ${port.hostIP ?? ''} ${port.hostPort ?? 0}`;

const hasHostIP = ({ hostIP }: ContainerPort): boolean => hostIP !== undefined;

/** Whether one of the ports has more than its number, or there are several that may be the same. */
const needsLook = (containers: readonly Container[]): boolean => {
  let count = 0;
  for (let index = 0; index < containers.length; index++) {
    const ports = containers[index]?.ports;
    if (ports === undefined) continue;
    count += ports.length;
    if (count > 1 || ports.some(hasHostIP)) return true;
  }
  return false;
};

const portWarnings = (containers: readonly Container[], at: Path): string[] => {
  const warnings: string[] = [];
  const seen = new Map<string, Path>();
  for (const [index, container] of containers.entries()) {
    for (const [number, port] of (container.ports ?? []).entries()) {
      const place = at.index(index).child('ports').index(number);
      const { name = '', hostIP = '', hostPort = 0, containerPort, protocol = '' } = port;
      if (hostIP !== '' && hostPort === 0) {
        const shown = `{Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
        warnings.push(`${place}: hostIP set without hostPort: ${shown}`);
      }
      const other = seen.get(keyOf(port));
      if (other !== undefined) warnings.push(`${place}: duplicate port definition with ${other}`);
      else seen.set(keyOf(port), place);
    }
  }
  return warnings;
};

const bytes = ['memory', 'ephemeral-storage'];
const lists = ['limits', 'requests'] as const;

const hasFractions = (amounts: Amounts | undefined): boolean =>
  amounts !== undefined && (fraction(amounts, 'memory') ?? fraction(amounts, 'ephemeral-storage')) !== undefined;

/** Whether a container may be warned of: next to none is. */
const mayWarn = ({ resources, env }: Container): boolean => {
  if (env !== undefined && env.length > 1) return true;
  return resources !== undefined && (hasFractions(resources.limits) || hasFractions(resources.requests));
};

const containerWarnings = ({ resources = {}, env = [] }: Container, at: Path): string[] => {
  const warnings: string[] = [];
  for (const list of lists) warnings.push(...fractionalBytes(resources[list], bytes, at.child('resources').child(list)));
  const names = new Set<string>();
  for (const [index, { name, value = '' }] of env.entries()) {
    // A variable that is built from its own earlier value means to come twice.
    if (names.has(name) && !value.includes(`$(${name})`)) {
      warnings.push(
        `${at.child('env').index(index)}: hides previous definition of ${quote(name)}, which may be dropped when using apply`,
      );
    }
    names.add(name);
  }
  return warnings;
};

const volumeWarnings = (volume: Volume, at: Path): string[] => {
  const warnings: string[] = [];
  if (volume.gitRepo !== undefined)
    warnings.push(`${at.child('gitRepo')}: deprecated in v1.11, and disabled by default in v1.33+`);
  for (const source of volume.projected?.sources ?? []) {
    if (Object.keys(source).length === 0) warnings.push(`volume ${quote(volume.name)} (Projected) has no sources provided`);
  }
  for (const [kind, name, items] of [
    ['ConfigMap', volume.configMap?.name, volume.configMap?.items],
    ['Secret', volume.secret?.secretName, volume.secret?.items],
  ] as const) {
    const paths = new Set<string>();
    for (const { path } of items ?? []) {
      if (paths.has(path)) {
        warnings.push(
          `volume ${quote(volume.name)} (${kind} ${quote(name ?? '')}): overlapping paths: ${quote(path)} with ${quote(path)}`,
        );
      }
      paths.add(path);
    }
  }
  return warnings;
};

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

const placementWarnings = (spec: PodSpec, at: Path): string[] => {
  const warnings: string[] = [];
  const key = (name: string, place: Path): void => {
    const old = oldLabels.get(name);
    if (old !== undefined) warnings.push(`${place}: ${name} is ${old}`);
  };
  for (const name of Object.keys(spec.nodeSelector ?? {})) {
    const old = oldLabels.get(name);
    if (old !== undefined) warnings.push(`${at.child('nodeSelector').key(name)}: ${old}`);
  }
  const affinity = at.child('affinity').child('nodeAffinity');
  for (const [index, term] of (spec.affinity?.nodeAffinity?.[required]?.nodeSelectorTerms ?? []).entries()) {
    const place = affinity.child(required).child('nodeSelectorTerms').index(index).child('matchExpressions');
    for (const [number, { key: name }] of (term.matchExpressions ?? []).entries()) key(name, place.index(number).child('key'));
  }
  for (const [index, { preference }] of (spec.affinity?.nodeAffinity?.[preferred] ?? []).entries()) {
    const place = affinity.child(preferred).index(index).child('preference').child('matchExpressions');
    for (const [number, { key: name }] of (preference.matchExpressions ?? []).entries())
      key(name, place.index(number).child('key'));
  }
  for (const [index, { topologyKey }] of (spec.topologySpreadConstraints ?? []).entries()) {
    key(topologyKey, at.child('topologySpreadConstraints').index(index).child('topologyKey'));
  }
  return warnings;
};

const annotationWarnings = (metadata: ObjectMeta | undefined, at: Path): string[] =>
  Object.keys(metadata?.annotations ?? {}).flatMap((key) => {
    const place = at.child('annotations').key(key);
    if (key.startsWith('container.apparmor.security.beta.kubernetes.io/')) {
      return [`${place}: deprecated since v1.30; use the "appArmorProfile" field instead`];
    }
    if (key === 'seccomp.security.alpha.kubernetes.io/pod' || key.startsWith('container.seccomp.security.alpha.kubernetes.io/')) {
      return [`${place}: non-functional in v1.27+; use the "seccompProfile" field instead`];
    }
    return [];
  });

const pullSecretWarnings = (spec: PodSpec, at: Path): string[] => {
  const names = new Set<string>();
  return (spec.imagePullSecrets ?? []).flatMap(({ name = '' }, index) => {
    const place = at.child('imagePullSecrets').index(index).child('name');
    if (name === '') return [`${place}: invalid empty name ""`];
    if (names.has(name)) return [`${place}: duplicate name ${quote(name)}`];
    names.add(name);
    return [];
  });
};

const specPath = Path.of('spec');
const metadataPath = Path.of('metadata');
const containerFields = ['initContainers', 'containers'] as const;

/** What the server accepts in a Pod or template but advises against; `at` is the place of the object that has the spec. */
export const podWarnings = (metadata: ObjectMeta | undefined, spec: PodSpec, at: Path | undefined): readonly string[] => {
  const place = at === undefined ? specPath : at.child('spec');
  const warnings: string[] = [];
  if ((spec.nodeSelector ?? spec.affinity ?? spec.topologySpreadConstraints) !== undefined) {
    warnings.push(...placementWarnings(spec, place));
  }
  if (metadata?.annotations !== undefined) {
    warnings.push(...annotationWarnings(metadata, at === undefined ? metadataPath : at.child('metadata')));
  }
  if (spec.imagePullSecrets !== undefined) warnings.push(...pullSecretWarnings(spec, place));
  if (spec.volumes !== undefined) {
    for (const [index, volume] of spec.volumes.entries()) {
      warnings.push(...volumeWarnings(volume, place.child('volumes').index(index)));
    }
  }
  for (let of = 0; of < containerFields.length; of++) {
    const field = containerFields[of] as (typeof containerFields)[number];
    const containers = spec[field];
    if (containers === undefined) continue;
    const list = place.child(field);
    for (let index = 0; index < containers.length; index++) {
      const container = containers[index] as Container;
      if (mayWarn(container)) warnings.push(...containerWarnings(container, list.index(index)));
    }
    if (needsLook(containers)) warnings.push(...portWarnings(containers, list));
  }
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    warnings.push(
      `${place.child('terminationGracePeriodSeconds')}: must be >= 0; negative values are invalid and will be treated as 1`,
    );
  }
  return warnings;
};
