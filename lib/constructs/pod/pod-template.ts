import type * as k8s from '../../api/generated/types.js';
import { put } from '../../manifest/scalar.js';
import { PlimsollError } from '../error.js';
import { nameOf } from '../named.js';
import type { Labels } from '../target.js';
import { type ContainerProps, plainContainer, type SidecarProps } from './container.js';
import type { AnyPodProps } from './pod-props.js';
import { type Port, type PortOptions, portOptions } from './port.js';
import { scheduling } from './schedule.js';
import type { ClaimTemplate, Volume } from './volume.js';

type Entry<T = ContainerProps> = readonly [name: string, container: T];

/** A Pod as it is built: the plain spec, and what the rest of the program wants to know of it. */
export interface PodTemplate {
  readonly spec: k8s.PodSpec;
  readonly ports: Readonly<Record<string, PortOptions>>;
  readonly claimTemplates: readonly k8s.PersistentVolumeClaim[];
  /** The containers of which something is declared for the simulator. */
  readonly simulated: readonly Entry[];
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

interface SplitVolumes {
  readonly names: ReadonlySet<string>;
  readonly podVolumes: readonly k8s.Volume[];
  readonly claimTemplates: readonly k8s.PersistentVolumeClaim[];
}

/** Most Pods have none of what is asked for below: they share these. */
const none: readonly never[] = [];
const noVolumes: SplitVolumes = { names: new Set(), podVolumes: none, claimTemplates: none };

const splitVolumes = (volumes: Volumes, { path, claims }: PodContext): SplitVolumes => {
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
  return { names: new Set(Object.keys(volumes)), podVolumes, claimTemplates };
};

const entries = <T>(containers: object | undefined): readonly Entry<T>[] =>
  containers === undefined ? none : Object.entries(containers);

/** The ports that a Service can lead to by name, as Kubernetes looks them up: main containers first. */
const namedPorts = (containers: readonly Entry[]): Readonly<Record<string, PortOptions>> => {
  const named: Record<string, PortOptions> = {};
  for (let index = 0; index < containers.length; index++) {
    const ports: Readonly<Record<string, Port>> = containers[index]?.[1].ports ?? {};
    for (const name of Object.keys(ports)) {
      const port = ports[name];
      if (port !== undefined && !Object.hasOwn(named, name)) put(named, name, portOptions(port));
    }
  }
  return named;
};

const isSimulated = ({ 1: { behaviour, calls } }: Entry): boolean => behaviour !== undefined || calls !== undefined;

/** Props that are not plain fields of the spec. */
export const reshapedFields = [
  'volumes',
  'containers',
  'init',
  'sidecars',
  'schedule',
  'serviceAccount',
  'priorityClass',
  'runtimeClass',
  'imagePullSecrets',
  'schedulingGates',
] as const;

type Draft<T> = { -readonly [Field in keyof T]: T[Field] };

/**
 * @param plain the other props, which are plain fields of the spec; an object to be made into it.
 * @throws PlimsollError for what the compiler refuses as well, in programs that are not type-checked.
 */
export const podTemplate = (props: AnyPodProps, plain: object, context: PodContext): PodTemplate => {
  const { volumes, schedule, serviceAccount, priorityClass, runtimeClass, imagePullSecrets, schedulingGates } = props;
  const { path, labels, namespace } = context;

  const main = entries<ContainerProps>(props.containers);
  const beside = entries<SidecarProps>(props.sidecars);
  const first = entries<ContainerProps>(props.init);
  if (main.length === 0)
    throw new PlimsollError(path, 'a Pod has at least one container; write containers: { <name>: { image } }');

  const { names, podVolumes, claimTemplates } = volumes === undefined ? noVolumes : splitVolumes(volumes, context);
  const build = (entry: Entry): k8s.Container => plainContainer(path, entry[0], entry[1], names);
  const sidecar = ([name, { classic: _classic, ...container }]: Entry<SidecarProps>): k8s.Container => build([name, container]);
  let all = main;
  let reachable = main;
  let initContainers: readonly k8s.Container[] = none;
  let classic: readonly Entry<SidecarProps>[] = none;
  if (beside.length + first.length > 0) {
    all = [...main, ...beside, ...first];
    reachable = [...main, ...beside, ...first.filter(([, { restartPolicy }]) => restartPolicy === 'Always')];
    const native = beside.filter((each) => each[1].classic !== true);
    classic = beside.filter((each) => each[1].classic === true);
    initContainers = [...native.map((each) => ({ ...sidecar(each), restartPolicy: 'Always' })), ...first.map(build)];
  }

  const spec = plain as Draft<k8s.PodSpec>;
  if (schedule !== undefined) Object.assign(spec, scheduling(schedule, spec, labels, namespace));
  if (serviceAccount !== undefined) spec.serviceAccountName = nameOf(serviceAccount);
  if (priorityClass !== undefined) spec.priorityClassName = nameOf(priorityClass);
  if (runtimeClass !== undefined) spec.runtimeClassName = nameOf(runtimeClass);
  if (imagePullSecrets !== undefined) spec.imagePullSecrets = imagePullSecrets.map((secret) => ({ name: nameOf(secret) }));
  if (schedulingGates !== undefined) spec.schedulingGates = schedulingGates.map((name) => ({ name }));
  if (podVolumes.length > 0) spec.volumes = podVolumes;
  if (initContainers.length > 0) spec.initContainers = initContainers;
  const containers = main.map(build);
  spec.containers = classic.length === 0 ? containers : [...containers, ...classic.map(sidecar)];

  return {
    spec,
    ports: namedPorts(reachable),
    claimTemplates,
    simulated: all.some(isSimulated) ? all.filter(isSimulated) : none,
  };
};
