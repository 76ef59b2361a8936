import type * as k8s from '../../api/generated/types.js';
import type { Named } from '../named.js';
import type { Containers, Sidecars } from './container.js';
import type { Schedule } from './schedule.js';
import type { ClaimTemplate, Volume } from './volume.js';

type Reshaped =
  | 'containers'
  | 'initContainers'
  | 'ephemeralContainers'
  | 'volumes'
  | 'restartPolicy'
  | 'dnsPolicy'
  | 'preemptionPolicy'
  | 'serviceAccount'
  | 'serviceAccountName'
  | 'priorityClassName'
  | 'runtimeClassName'
  | 'imagePullSecrets'
  | 'schedulingGates';

/**
 * What a Pod is made of. What is not reshaped here has Kubernetes' own name and type: hostNetwork, dnsConfig,
 * terminationGracePeriodSeconds, securityContext, nodeSelector, affinity, tolerations, topologySpreadConstraints, hostAliases, ...
 *
 * `V`: names of the volumes; `C`, `I`, `S`: containers, init containers and sidecars with their ports. The compiler infers them.
 */
export interface PodProps<V extends string, C, I, S, Source = Volume> extends Omit<k8s.PodSpec, Reshaped> {
  /** Volumes by name: `emptyDir()`, `hostPath('/data')`, `configMap(settings)`, or a plain source. */
  readonly volumes?: { readonly [N in V]: Source } | undefined;
  /** Main containers by name. */
  readonly containers: Containers<NoInfer<V>, C>;
  /** Init containers by name; they run one after the other in this order, before the main containers. */
  readonly init?: Containers<NoInfer<V>, I> | undefined;
  /** Sidecars by name. Native ones start before the init containers, in this order. */
  readonly sidecars?: Sidecars<NoInfer<V>, S> | undefined;
  /** Where the Pods run, in short. */
  readonly schedule?: Schedule | undefined;
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never' | undefined;
  readonly dnsPolicy?: 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None' | undefined;
  readonly preemptionPolicy?: 'PreemptLowerPriority' | 'Never' | undefined;
  readonly serviceAccount?: Named | undefined;
  readonly priorityClass?: Named | undefined;
  readonly runtimeClass?: Named | undefined;
  readonly imagePullSecrets?: readonly Named[] | undefined;
  /** Names of gates; the Pod is not scheduled while there is one. */
  readonly schedulingGates?: readonly string[] | undefined;
}

/** The same without the names, for code that works on any Pod. */
export interface AnyPodProps
  extends Omit<PodProps<string, unknown, unknown, unknown>, 'volumes' | 'containers' | 'init' | 'sidecars'> {
  readonly volumes?: { readonly [name: string]: Volume | ClaimTemplate } | undefined;
  readonly containers: object;
  readonly init?: object | undefined;
  readonly sidecars?: object | undefined;
}

type Keys<T> = T extends unknown ? keyof T & string : never;

/** Names of all ports that these containers declare. */
export type PortNames<C> = C extends unknown ? { [K in keyof C]: Keys<C[K]> }[keyof C] : never;
