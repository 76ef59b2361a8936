import type * as k8s from '../../api/generated/types.js';
import type { ContainerBehaviour } from '../../kubelet/behaviour.js';
import type { DestinationLike } from '../destination.js';
import { listed, PlimsollError } from '../error.js';
import { type DeepPartial, merge, without } from '../merge.js';
import { type EnvFrom, type EnvValue, envFromSources, envVars } from './env.js';
import type { Port } from './port.js';
import type { Lifecycle, Probe } from './probe.js';

/** Where a volume appears: its path, or more about it. */
export type Mount = string | (Omit<k8s.VolumeMount, 'name' | 'mountPath'> & { readonly path: string });

/** Without volumes the mapped type would be `{}`, which takes anything. */
type Mounts<Volumes extends string> = [Volumes] extends [never]
  ? { readonly [volume: string]: 'declare it in volumes of the Pod' }
  : { readonly [V in Volumes]?: Mount | readonly Mount[] | undefined };

type Reshaped =
  | 'name'
  | 'image'
  | 'imagePullPolicy'
  | 'ports'
  | 'env'
  | 'envFrom'
  | 'volumeMounts'
  | 'readinessProbe'
  | 'livenessProbe'
  | 'startupProbe'
  | 'lifecycle'
  | 'restartPolicy';

/** Port names of one container. */
type OwnPorts<Ports> = NoInfer<keyof Ports & string>;

/**
 * One container. Its key in `containers` is its name. What is not reshaped here has Kubernetes' own name and type:
 * command, args, resources, securityContext, workingDir, stdin, tty, volumeDevices, ...
 */
export interface ContainerProps<Volumes extends string = string, Ports = Readonly<Record<string, unknown>>>
  extends Omit<k8s.Container, Reshaped> {
  readonly image: string;
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined;
  /** Ports by name. */
  readonly ports?: { readonly [N in keyof Ports]: Port } | undefined;
  /** Where the volumes of the Pod appear; a list mounts one volume at several paths. */
  readonly mounts?: Mounts<Volumes> | undefined;
  /** Variables, in this order. */
  readonly env?: Readonly<Record<string, EnvValue>> | undefined;
  /** ConfigMaps and Secrets all of whose keys become variables. */
  readonly envFrom?: readonly EnvFrom[] | undefined;
  /** Takes traffic while this succeeds (readinessProbe). */
  readonly ready?: Probe<OwnPorts<Ports>> | undefined;
  /** Is restarted when this fails (livenessProbe). */
  readonly live?: Probe<OwnPorts<Ports>> | undefined;
  /** Holds the other probes back until this succeeds once (startupProbe). */
  readonly started?: Probe<OwnPorts<Ports>> | undefined;
  readonly lifecycle?: Lifecycle<OwnPorts<Ports>> | undefined;
  /** For init containers (`Always` makes a sidecar of one), and for containers that the Pod's policy does not fit. */
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never' | undefined;
  /** Plain fields, laid over the result last. */
  readonly plain?: DeepPartial<k8s.Container> | undefined;

  /** For the simulator: what the process does. Never in the YAML. */
  readonly behaviour?: ContainerBehaviour | undefined;
  /** For the simulator: whom the process calls (`db.at('pg')`, a URL). Verified at every synth; never in the YAML. */
  readonly calls?: readonly DestinationLike[] | undefined;
}

/** A container beside the main ones. Native (default): a restartable init container, started before them and ended after them. */
export interface SidecarProps<Volumes extends string = string, Ports = Readonly<Record<string, unknown>>>
  extends Omit<ContainerProps<Volumes, Ports>, 'restartPolicy'> {
  /** A second main container instead, as before Kubernetes 1.29. */
  readonly classic?: boolean | undefined;
}

/** A mapped type over `C`, so that the compiler infers the port names of each container by itself. */
export type Containers<Volumes extends string, C> = { readonly [Name in keyof C]: ContainerProps<Volumes, C[Name]> };
export type Sidecars<Volumes extends string, C> = { readonly [Name in keyof C]: SidecarProps<Volumes, C[Name]> };

const volumeMounts = (
  path: string,
  mounts: Readonly<Record<string, Mount | readonly Mount[] | undefined>>,
  volumes: ReadonlySet<string>,
): readonly k8s.VolumeMount[] =>
  Object.entries(mounts).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (!volumes.has(name))
      throw new PlimsollError(path, `mounts '${name}', which is not a volume of the Pod; its volumes: ${listed(volumes)}`);
    const each: readonly Mount[] = typeof value === 'string' || 'path' in value ? [value] : value;
    return each.map((mount) => {
      if (typeof mount === 'string') return { name, mountPath: mount };
      const { path: mountPath, ...rest } = mount;
      return { name, mountPath, ...rest };
    });
  });

const containerPort = ([name, value]: readonly [string, Port]): k8s.ContainerPort => {
  if (typeof value === 'number') return { name, containerPort: value };
  const { port, ...rest } = value;
  return { name, containerPort: port, ...rest };
};

/** A named port of a probe is looked up in its own container. */
const checkProbePort = (path: string, ports: Readonly<Record<string, Port>> = {}, probe: Probe): void => {
  const { port } = probe.httpGet ?? probe.tcpSocket ?? {};
  if (typeof port !== 'string' || Object.hasOwn(ports, port)) return;
  throw new PlimsollError(path, `probes port '${port}', which it does not declare; declared: ${listed(Object.keys(ports))}`);
};

/** Props that are not plain fields of the container. */
const reshapedFields: ReadonlySet<string> = new Set([
  'ports',
  'mounts',
  'env',
  'envFrom',
  'ready',
  'live',
  'started',
  'plain',
  'behaviour',
  'calls',
]);

/** The plain container. `path` is where errors point, `volumes` the names it may mount. */
export const plainContainer = (
  path: string,
  name: string,
  props: ContainerProps,
  volumes: ReadonlySet<string>,
): k8s.Container => {
  const { ports, mounts, env, envFrom, ready, live, started } = props;
  const where = `${path} container ${name}`;
  const container = without(props, reshapedFields, { name });
  if (ready !== undefined) checkProbePort(where, ports, ready);
  if (live !== undefined) checkProbePort(where, ports, live);
  if (started !== undefined) checkProbePort(where, ports, started);
  if (ports !== undefined) container.ports = Object.entries<Port>(ports).map(containerPort);
  if (mounts !== undefined) container.volumeMounts = volumeMounts(where, mounts, volumes);
  if (env !== undefined) container.env = envVars(env);
  if (envFrom !== undefined) container.envFrom = envFromSources(where, envFrom);
  if (ready !== undefined) container.readinessProbe = ready;
  if (live !== undefined) container.livenessProbe = live;
  if (started !== undefined) container.startupProbe = started;
  return merge(container as unknown as k8s.Container, props.plain);
};
