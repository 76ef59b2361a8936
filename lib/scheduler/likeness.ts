import { sameTexts } from '../api/equal.js';
import type { Container, PodSpec, Quantity, Toleration } from '../api/generated/types.js';

type Requests = Readonly<Record<string, Quantity>>;

const hasImage = ({ volumes }: PodSpec): boolean => {
  if (volumes === undefined) return false;
  for (let index = 0; index < volumes.length; index++) if (volumes[index]?.image !== undefined) return true;
  return false;
};

/** Whether plugins see no difference, apart from the containers and from claims. Field by field: in a loop over names it costs ten times as much. */
export const isAlike = (a: PodSpec, b: PodSpec): boolean =>
  a === b ||
  (a.initContainers === b.initContainers &&
    a.overhead === b.overhead &&
    a.resources === b.resources &&
    a.tolerations === b.tolerations &&
    a.nodeSelector === b.nodeSelector &&
    a.affinity === b.affinity &&
    a.topologySpreadConstraints === b.topologySpreadConstraints &&
    a.hostNetwork === b.hostNetwork &&
    a.hostUsers === b.hostUsers &&
    a.priority === b.priority &&
    a.preemptionPolicy === b.preemptionPolicy &&
    (a.volumes === b.volumes || !(hasImage(a) || hasImage(b))));

const hasHostPort = ({ ports }: Container): boolean => {
  for (let index = 0; ports !== undefined && index < ports.length; index++) if (ports[index]?.hostPort !== undefined) return true;
  return false;
};

const areSame = (a: Requests | undefined, b: Requests | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && sameTexts(a, b));

/** Whether plugins see no difference between lists of containers, as far as that is told without making their texts. */
export const areAlike = (a: readonly Container[], b: readonly Container[]): boolean => {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    const one = a[index];
    const other = b[index];
    if (one === undefined || other === undefined || one.image !== other.image || hasHostPort(one) || hasHostPort(other))
      return false;
    if (one.restartPolicyRules !== other.restartPolicyRules || !areSame(one.resources?.requests, other.resources?.requests))
      return false;
  }
  return true;
};

const isDefaultFor = (key: string, toleration: Toleration | undefined): boolean =>
  toleration?.key === key &&
  toleration.operator === 'Exists' &&
  toleration.effect === 'NoExecute' &&
  toleration.value === undefined &&
  toleration.tolerationSeconds === 300;

/** Nearly every Pod has those two that the API server gives to Pods which say nothing of them. */
const tolerationsText = (tolerations: readonly Toleration[]): string =>
  tolerations.length === 2 &&
  isDefaultFor('node.kubernetes.io/not-ready', tolerations[0]) &&
  isDefaultFor('node.kubernetes.io/unreachable', tolerations[1])
    ? 't'
    : `t${JSON.stringify(tolerations)}`;

const containerText = ({ image, resources, ports, restartPolicyRules }: Container): string => {
  // Names say how long they are, so that nothing in them can be taken for what comes next.
  let text = image === undefined ? 'c' : `c${image.length}:${image}`;
  if (resources?.requests !== undefined) text += JSON.stringify(resources.requests);
  for (let index = 0; ports !== undefined && index < ports.length; index++)
    if (ports[index]?.hostPort !== undefined) text += `p${JSON.stringify(ports[index])}`;
  return restartPolicyRules === undefined ? text : `${text}r${JSON.stringify(restartPolicyRules)}`;
};

/** Whether the spec says nothing of what few specs say. */
export const isPlain = (spec: PodSpec): boolean => {
  const { initContainers, overhead, resources, nodeSelector, affinity, topologySpreadConstraints, hostNetwork, hostUsers } = spec;
  return (
    (initContainers ?? overhead ?? resources ?? nodeSelector ?? affinity ?? topologySpreadConstraints) === undefined &&
    (hostNetwork ?? hostUsers) === undefined &&
    !hasImage(spec)
  );
};

/** All that plugins look at in a spec, as text: short for Pods that say little, and equal for templates between which plugins see no difference. */
export const specText = (spec: PodSpec, namespace: string, plain: boolean): string => {
  const { priority, preemptionPolicy, tolerations } = spec;
  let text = `${namespace.length}:${namespace}`;
  for (let index = 0; index < spec.containers.length; index++) {
    const container = spec.containers[index];
    if (container !== undefined) text += containerText(container);
  }
  if (tolerations !== undefined) text += tolerationsText(tolerations);
  if (priority !== undefined) text += `n${priority}`;
  if (preemptionPolicy !== undefined)
    text += preemptionPolicy === 'PreemptLowerPriority' ? 'l' : JSON.stringify(preemptionPolicy);
  if (plain) return text;
  const { initContainers, overhead, resources, nodeSelector, affinity, topologySpreadConstraints, hostNetwork, hostUsers } = spec;
  const images = (spec.volumes ?? []).flatMap(({ image }) => image ?? []);
  const rare = [
    initContainers,
    overhead,
    resources,
    nodeSelector,
    affinity,
    topologySpreadConstraints,
    hostNetwork,
    hostUsers,
    images,
  ];
  return text + JSON.stringify(rare);
};
