import type { Container, EphemeralContainer, PodSpec, SecurityContext } from '../../../api/generated/types.js';

export type AnyContainer = Container | EphemeralContainer;

/** What is judged: a Pod, or the template of a workload. */
export interface Subject {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
  /** Init containers first, ephemeral ones last. */
  readonly containers: readonly AnyContainer[];
}

/** `reason (detail)`: `hostPort (container "app" uses hostPort 8080)`. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

export type CheckPod = (subject: Subject) => Violation | undefined;

/** One control of the Pod Security Standards, and what it said since which minor version of Kubernetes 1. */
export interface Check {
  readonly id: string;
  readonly versions: readonly { readonly since: number; readonly check: CheckPod }[];
  /** The baseline check that this restricted one takes the place of. */
  readonly overrides?: string;
}

export const subjectOf = (annotations: Readonly<Record<string, string>>, spec: PodSpec): Subject => ({
  annotations,
  spec,
  containers: [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])],
});

export const quoted = (items: Iterable<string>): string => Array.from(items, (item) => `"${item}"`).join(', ');

export const sorted = (items: ReadonlySet<string>): readonly string[] => [...items].sort();

/** The word for so many: `plural('type', 2)` is `types`. */
export const plural = (word: string, count: number): string => (count === 1 ? word : `${word}s`);

/** `container "a"`, `containers "a", "b"`. */
export const containersText = (names: readonly string[]): string => `${plural('container', names.length)} ${quoted(names)}`;

/** Names of the containers that `isBad`. */
export const namesOf = ({ containers }: Subject, isBad: (container: AnyContainer) => boolean): readonly string[] =>
  containers.filter(isBad).map(({ name }) => name);

type Context = Pick<SecurityContext, 'appArmorProfile' | 'runAsUser' | 'seLinuxOptions' | 'seccompProfile' | 'windowsOptions'>;

/** Who sets what he must not, in his own security context: `pod and containers "a", "b"`; undefined when nobody does. */
export const settersOf = (subject: Subject, isBad: (context: Context) => boolean): string | undefined => {
  const ofPod = subject.spec.securityContext;
  // Every context is asked: `isBad` may note what it finds.
  const pod = ofPod !== undefined && isBad(ofPod) ? ['pod'] : [];
  const names = namesOf(subject, ({ securityContext }) => securityContext !== undefined && isBad(securityContext));
  const setters = names.length === 0 ? pod : [...pod, containersText(names)];
  return setters.length === 0 ? undefined : setters.join(' and ');
};

const isWindows = ({ spec }: Subject): boolean => spec.os?.name === 'windows';

/** Windows Pods cannot set what the check asks for. */
export const exceptWindows =
  (check: CheckPod): CheckPod =>
  (subject) =>
    isWindows(subject) ? undefined : check(subject);

/** Root in a user namespace of its own is nobody outside of it (KEP-127). */
export const exceptUserNamespaces =
  (check: CheckPod): CheckPod =>
  (subject) =>
    subject.spec.hostUsers === false ? undefined : check(subject);
