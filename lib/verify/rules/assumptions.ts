import type { Container } from '../../api/generated/types.js';
import { refText } from '../../api/object.js';
import type { Draft, Rule } from '../rule.js';
import type { PodTemplate } from '../template.js';

/** Commands of the simulator's own knowledge are not proof: images and processes are outside of any manifest. */
export const assumptionsRule: Rule = (run) => {
  const drafts: Draft[] = [];
  const images = new Set<string>();
  let listening = 0;
  const { templates } = run;
  for (let index = 0; index < templates.length; index++) {
    const template = templates[index] as PodTemplate;
    const { initContainers } = template.spec;
    const containers = initContainers ? [...initContainers, ...template.spec.containers] : template.spec.containers;
    for (let at = 0; at < containers.length; at++) {
      const container = containers[at] as Container;
      listening += container.ports?.length ?? 0;
      const image = container.image ?? '';
      if (images.has(image)) continue;
      images.add(image);
      drafts.push({
        code: 'assumption/image',
        severity: 'assumption',
        object: run.refOf(template),
        message: `image ${image} exists and can be pulled`,
      });
    }
  }
  const [first] = run.accepted;
  if (listening > 0 && first !== undefined) {
    drafts.push({
      code: 'assumption/listens',
      severity: 'assumption',
      object: run.refOf(first),
      message: `the processes listen on the ports that their containers declare (${listening}), and answer their probes`,
    });
  }
  for (const { ref, neededBy } of run.assumed) {
    const [needed] = neededBy;
    drafts.push({
      code: 'assumption/outside',
      severity: 'assumption',
      object: needed?.from ?? ref,
      field: needed?.at,
      message:
        ref.kind === 'StorageClass' && needed === undefined
          ? 'the cluster has a default StorageClass that provisions the claims'
          : `${refText(ref)} exists: it is neither in these manifests nor in the declared cluster`,
    });
  }
  for (const { text, object } of run.cluster.assumptions) {
    const of = object ?? (first === undefined ? undefined : run.refOf(first));
    if (of !== undefined) drafts.push({ code: 'assumption/unjudged', severity: 'assumption', object: of, message: text });
  }
  return drafts;
};
