import { refOf, refText } from '../../api/object.js';
import { withField } from '../edit.js';
import type { Draft, Rule } from '../rule.js';
import { podTemplateOf } from '../template.js';

/** Intents about where Pods run. */
export const placementRule: Rule = (run) =>
  (run.input.intents ?? []).flatMap((intent): readonly Draft[] => {
    if (intent.kind !== 'runsOn') return [];
    const { workload, labels, provenance } = intent;
    const wanted = Object.entries(labels);
    const text = wanted.map((pair) => pair.join('=')).join(',');
    const nodes = new Map(run.cluster.list('Node').map((node) => [node.metadata.name, node]));
    const strays = run.cluster
      .podsOf(workload)
      .filter(
        ({ spec }) =>
          spec?.nodeName !== undefined &&
          !wanted.every(([key, value]) => nodes.get(spec.nodeName ?? '')?.metadata.labels?.[key] === value),
      );
    if (strays.length === 0) return [];
    const object = run.manifestOf(workload)?.object;
    const path = object === undefined ? undefined : podTemplateOf(object)?.path;
    return [
      {
        code: 'intent/runs-on',
        severity: 'error',
        object: workload,
        source: provenance.source,
        message: `${refText(workload)} is meant to run on nodes with ${text}, but ${strays
          .map((pod) => `${pod.metadata.name} runs on ${pod.spec?.nodeName}`)
          .slice(0, 3)
          .join(', ')}`,
        evidence: strays
          .slice(0, 5)
          .map((pod) => ({ kind: 'object', object: refOf(pod), text: `runs on ${pod.spec?.nodeName}` })),
        fixes:
          path === undefined
            ? []
            : [
                {
                  text: `add nodeSelector ${text}`,
                  change: {
                    edit: workload,
                    to: withField(`${path}.nodeSelector`, (old: unknown) => ({ ...(old as object | undefined), ...labels })),
                  },
                },
              ],
      },
    ];
  });
