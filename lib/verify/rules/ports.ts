import type { ContainerPort, PodSpec } from '../../api/generated/types.js';
import { refText } from '../../api/object.js';
import { withField } from '../edit.js';
import type { Draft, Rule } from '../rule.js';
import { podTemplateOf } from '../template.js';

interface Opened {
  readonly container: string;
  readonly path: string;
  readonly port: ContainerPort;
}

/** Ports of containers that run at the same time: main containers and restartable init containers (sidecars). */
const opened = (spec: PodSpec, path: string): readonly Opened[] =>
  [
    ...(spec.initContainers ?? []).flatMap((container, at) =>
      container.restartPolicy === 'Always' ? [{ container, path: `${path}.initContainers[${at}]` }] : [],
    ),
    ...spec.containers.map((container, at) => ({ container, path: `${path}.containers[${at}]` })),
  ].flatMap(({ container, path: at }) =>
    (container.ports ?? []).map((port, index) => ({
      container: container.name,
      path: `${at}.ports[${index}].containerPort`,
      port,
    })),
  );

/** All containers of a Pod share one address: a port can be opened by one of them only (S19). The API server does not say so. */
export const portsRule: Rule = ({ accepted, refOf }) =>
  accepted.flatMap((manifest): readonly Draft[] => {
    const template = podTemplateOf(manifest.object);
    if (template === undefined) return [];
    const first = new Map<string, Opened>();
    const object = refOf(manifest);
    return opened(template.spec, template.path).flatMap((each): readonly Draft[] => {
      const key = `${each.port.containerPort}/${each.port.protocol ?? 'TCP'}`;
      const other = first.get(key);
      if (other === undefined) {
        first.set(key, each);
        return [];
      }
      if (other.container === each.container) return [];
      const free = each.port.containerPort + 1;
      return [
        {
          code: 'pod/port-conflict',
          severity: 'error',
          object,
          field: each.path,
          message: `containers ${other.container} and ${each.container} of ${refText(object)} both open port ${key}: they share one network, so the second one cannot`,
          evidence: [
            { kind: 'field', path: other.path, message: `${other.container} opens ${key}` },
            { kind: 'field', path: each.path, message: `${each.container} opens ${key} too` },
          ],
          fixes: [
            {
              text: `let ${each.container} listen on another port, such as ${free}`,
              change: { edit: object, to: withField(each.path, free) },
            },
          ],
        },
      ];
    });
  });
