import type { Container, PodSpec } from '../../api/generated/types.js';
import { refKey, refText } from '../../api/object.js';
import type { PodBehaviour } from '../../kubelet/behaviour.js';
import { withField } from '../edit.js';
import type { Draft, Rule } from '../rule.js';

interface Opened {
  readonly container: string;
  /** The field that declares the port; the container's, where the author says elsewhere on what it listens. */
  readonly field: string;
  /** `8080/TCP`. */
  readonly key: string;
  readonly port: number;
  readonly declared: boolean;
}

const opened = (container: Container, path: string, behaviour: PodBehaviour): readonly Opened[] => {
  const { name } = container;
  // What the author says of the process counts more than its ports, which are only informational.
  const { listens } = behaviour[name] ?? {};
  if (listens !== undefined) {
    return listens.map(({ port, protocol = 'TCP' }) => ({
      container: name,
      field: path,
      key: `${port}/${protocol}`,
      port,
      declared: false,
    }));
  }
  return (container.ports ?? []).map(({ containerPort, protocol = 'TCP' }, index) => ({
    container: name,
    field: `${path}.ports[${index}].containerPort`,
    key: `${containerPort}/${protocol}`,
    port: containerPort,
    declared: true,
  }));
};

/** Pairs of a port that is open and the same port opened again: containers run beside each other, init containers beside earlier sidecars. */
const collisions = (spec: PodSpec, path: string, behaviour: PodBehaviour): readonly (readonly [Opened, Opened])[] => {
  const open = new Map<string, Opened>();
  const found: (readonly [Opened, Opened])[] = [];
  const start = (container: Container, at: string, stays: boolean): void => {
    for (const each of opened(container, at, behaviour)) {
      const other = open.get(each.key);
      if (other === undefined) {
        if (stays) open.set(each.key, each);
      } else if (other.container !== each.container) found.push([other, each]);
    }
  };
  for (const [index, container] of (spec.initContainers ?? []).entries())
    start(container, `${path}.initContainers[${index}]`, container.restartPolicy === 'Always');
  for (const [index, container] of spec.containers.entries()) start(container, `${path}.containers[${index}]`, true);
  return found;
};

/** A container on its own collides with nobody. */
const isAlone = ({ initContainers, containers }: PodSpec): boolean => containers.length < 2 && !initContainers?.length;

/** All containers of a Pod share one address: a port can be opened by one of them only (S19). The API server does not say so. */
export const portsRule: Rule = ({ templates, input, refOf }) => {
  const drafts: Draft[] = [];
  for (const template of templates) {
    if (isAlone(template.spec)) continue;
    const object = refOf(template);
    const behaviour = input.behaviours?.get(refKey(object)) ?? {};
    for (const [first, second] of collisions(template.spec, template.path, behaviour)) {
      const free = second.port + 1;
      const text = `let ${second.container} listen on another port, such as ${free}`;
      drafts.push({
        code: 'pod/port-conflict',
        severity: 'error',
        object,
        field: second.field,
        message: `containers ${first.container} and ${second.container} of ${refText(object)} both open port ${second.key}: they share one network, so the second one cannot`,
        evidence: [
          { kind: 'field', path: first.field, message: `${first.container} opens ${first.key}` },
          { kind: 'field', path: second.field, message: `${second.container} opens ${second.key} too` },
        ],
        fixes: [second.declared ? { text, change: { edit: object, to: withField(second.field, free) } } : { text }],
      });
    }
  }
  return drafts;
};
