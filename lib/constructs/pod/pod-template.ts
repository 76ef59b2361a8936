import type * as k8s from '../../api/generated/types.js';
import type { PodBehaviour } from '../../kubelet/behaviour.js';
import type { DestinationLike } from '../destination.js';
import { PlimsollError } from '../error.js';
import { nameOf } from '../named.js';
import type { Labels } from '../target.js';
import { type ContainerProps, plainContainer, type SidecarProps } from './container.js';
import type { AnyPodProps } from './pod-props.js';
import { type PortOptions, portOptions } from './port.js';
import { scheduling } from './schedule.js';
import type { ClaimTemplate, Volume } from './volume.js';

/** A Pod as it is built: the plain spec, and what the rest of the program wants to know of it. */
export interface PodTemplate {
  readonly spec: k8s.PodSpec;
  readonly ports: Readonly<Record<string, PortOptions>>;
  readonly claimTemplates: readonly k8s.PersistentVolumeClaim[];
  readonly behaviours: PodBehaviour;
  readonly calls: readonly { readonly container: string; readonly to: readonly DestinationLike[] }[];
}

export interface PodContext {
  /** Where errors point. */
  readonly path: string;
  readonly namespace: string | undefined;
  /** Labels of the Pods; asked for only where something selects them. */
  readonly labels: () => Labels;
  /** A StatefulSet makes a claim for each Pod. */
  readonly claims: boolean;
}

const isClaim = (volume: Volume | ClaimTemplate): volume is ClaimTemplate => 'claimTemplate' in volume;

type Volumes = Readonly<Record<string, Volume | ClaimTemplate>>;

const splitVolumes = (
  volumes: Volumes,
  { path, claims }: PodContext,
): { readonly podVolumes: readonly k8s.Volume[]; readonly claimTemplates: readonly k8s.PersistentVolumeClaim[] } => {
  const podVolumes: k8s.Volume[] = [];
  const claimTemplates: k8s.PersistentVolumeClaim[] = [];
  for (const [name, source] of Object.entries(volumes)) {
    if (!isClaim(source)) podVolumes.push({ name, ...source });
    else if (claims)
      claimTemplates.push({ metadata: { name, ...source.claimTemplate.metadata }, spec: source.claimTemplate.spec });
    else {
      const instead = `for volume '${name}' write ephemeral() or persistentVolumeClaim()`;
      throw new PlimsollError(path, `claim() makes a claim for each Pod of a StatefulSet; ${instead}`);
    }
  }
  return { podVolumes, claimTemplates };
};

type Entry<T = ContainerProps> = readonly [name: string, container: T];

const entries = <T>(containers: object | undefined): readonly Entry<T>[] => Object.entries(containers ?? {});

/** The ports that a Service can lead to by name, as Kubernetes looks them up: main containers first. */
const namedPorts = (containers: readonly Entry[]): Readonly<Record<string, PortOptions>> => {
  const ports = new Map<string, PortOptions>();
  for (const [, container] of containers) {
    for (const [name, port] of Object.entries(container.ports ?? {})) if (!ports.has(name)) ports.set(name, portOptions(port));
  }
  return Object.fromEntries(ports);
};

/** @throws PlimsollError for what the compiler refuses as well, in programs that are not type-checked. */
export const podTemplate = (props: AnyPodProps, context: PodContext): PodTemplate => {
  const {
    volumes = {},
    containers,
    init,
    sidecars,
    schedule,
    serviceAccount,
    priorityClass,
    runtimeClass,
    imagePullSecrets,
    schedulingGates,
    ...plain
  } = props;
  const { path, labels, namespace } = context;

  const main = entries<ContainerProps>(containers);
  const beside = entries<SidecarProps>(sidecars);
  const first = entries<ContainerProps>(init);
  const all = [...main, ...beside, ...first];
  if (main.length === 0)
    throw new PlimsollError(path, 'a Pod has at least one container; write containers: { <name>: { image } }');

  const { podVolumes, claimTemplates } = splitVolumes(volumes, context);
  const names = new Set(Object.keys(volumes));
  const build = ([name, container]: Entry): k8s.Container => plainContainer(path, name, container, names);
  const sidecar = ([name, { classic: _classic, ...container }]: Entry<SidecarProps>): k8s.Container => build([name, container]);
  const native = beside.filter(([, { classic }]) => classic !== true);
  const classic = beside.filter(([, { classic }]) => classic === true);
  const initContainers = [...native.map((each) => ({ ...sidecar(each), restartPolicy: 'Always' })), ...first.map(build)];

  const spec: k8s.PodSpec = {
    ...plain,
    ...(schedule === undefined ? {} : scheduling(schedule, plain, labels, namespace)),
    ...(serviceAccount === undefined ? {} : { serviceAccountName: nameOf(serviceAccount) }),
    ...(priorityClass === undefined ? {} : { priorityClassName: nameOf(priorityClass) }),
    ...(runtimeClass === undefined ? {} : { runtimeClassName: nameOf(runtimeClass) }),
    ...(imagePullSecrets === undefined ? {} : { imagePullSecrets: imagePullSecrets.map((secret) => ({ name: nameOf(secret) })) }),
    ...(schedulingGates === undefined ? {} : { schedulingGates: schedulingGates.map((name) => ({ name })) }),
    ...(podVolumes.length > 0 ? { volumes: podVolumes } : {}),
    ...(initContainers.length > 0 ? { initContainers } : {}),
    containers: [...main.map(build), ...classic.map(sidecar)],
  };
  return {
    spec,
    ports: namedPorts([...main, ...beside, ...first.filter(([, { restartPolicy }]) => restartPolicy === 'Always')]),
    claimTemplates,
    behaviours: Object.fromEntries(all.flatMap(([name, { behaviour }]) => (behaviour === undefined ? [] : [[name, behaviour]]))),
    calls: all.flatMap(([container, { calls }]) => (calls === undefined ? [] : [{ container, to: calls }])),
  };
};
