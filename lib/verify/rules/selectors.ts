import type { LabelSelector } from '../../api/generated/types.js';
import { labelSelectorText, matcherOf } from '../../api/label-selector.js';
import { type KubeObject, refText } from '../../api/object.js';
import type { Draft, DryRun, Rule } from '../rule.js';

/** Kind to the field of its spec that chooses Pods. */
const selectorFields: ReadonlyMap<string, string> = new Map([
  ['NetworkPolicy', 'podSelector'],
  ['PodDisruptionBudget', 'selector'],
]);

interface Choice {
  readonly field: string;
  readonly selector: LabelSelector;
}

/** How a policy or budget chooses its Pods; an empty selector chooses all and is no mistake. */
const choiceOf = (object: KubeObject): Choice | undefined => {
  const name = selectorFields.get(object.kind);
  const selector = name === undefined ? undefined : (object.spec as Readonly<Record<string, LabelSelector>> | undefined)?.[name];
  const requirements = Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length;
  return selector === undefined || requirements === 0 ? undefined : { field: `spec.${name}`, selector };
};

const labelsByNamespace = (run: DryRun): ReadonlyMap<string, readonly Readonly<Record<string, string>>[]> => {
  const all = new Map<string, Readonly<Record<string, string>>[]>();
  const add = (namespace: string | undefined, labels: Readonly<Record<string, string>>): void => {
    const list = all.get(namespace ?? '');
    if (list === undefined) all.set(namespace ?? '', [labels]);
    else list.push(labels);
  };
  for (const template of run.templates) add(run.refOf(template).namespace, template.labels);
  const made = new Set(run.pods);
  for (const pod of run.cluster.list('Pod')) if (!made.has(pod)) add(pod.metadata.namespace, pod.metadata.labels ?? {});
  return all;
};

/** Policies and budgets that choose no Pod: they protect nothing, and nothing says so. */
export const selectorsRule: Rule = (run) => {
  if (![...selectorFields.keys()].some((kind) => run.acceptedOf(kind).length > 0)) return [];
  const chosen = run.accepted.flatMap((manifest) => {
    const choice = choiceOf(manifest.object);
    return choice === undefined ? [] : [{ ref: run.refOf(manifest), ...choice }];
  });
  if (chosen.length === 0) return [];
  const labels = labelsByNamespace(run);
  return chosen.flatMap(({ ref, field, selector }): readonly Draft[] => {
    const matches = matcherOf(selector);
    if ((labels.get(ref.namespace ?? '') ?? []).some(matches)) return [];
    const message = `${refText(ref)} selects ${labelSelectorText(selector)}, which no Pod in namespace ${ref.namespace} has`;
    return [
      run.world === 'open'
        ? {
            code: 'assumption/outside',
            severity: 'assumption',
            object: ref,
            field,
            message: `${message}; Pods from elsewhere may`,
          }
        : {
            code: 'selector/matches-nothing',
            severity: 'warning',
            object: ref,
            field,
            message: `${message}: it protects nothing`,
          },
    ];
  });
};
