import type { NodeAffinity, NodeSelector } from '../../api/generated/types.js';
import { defaultNormalizeScore, type Plugin, unresolvable } from '../framework.js';
import { compileNodeSelector, compileTerm } from '../node-selector.js';

const name = 'NodeAffinity';
const refusal = unresolvable(name, "node(s) didn't match Pod's node affinity/selector");
const enforced = unresolvable(name, "node(s) didn't match scheduler-enforced node affinity");
const conflict = unresolvable(name, 'pod affinity terms conflict');

/** The nodes that a selector names by `metadata.name`; undefined when some term names none, so that any may match. */
const namedNodes = ({ nodeSelectorTerms }: NodeSelector): ReadonlySet<string> | undefined => {
  const names = new Set<string>();
  for (const { matchFields = [] } of nodeSelectorTerms) {
    const named = matchFields.filter(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    const [first, ...others] = named.map(({ values = [] }) => values);
    if (first === undefined) return undefined;
    for (const value of first) if (others.every((values) => values.includes(value))) names.add(value);
  }
  return nodeSelectorTerms.length === 0 ? undefined : names;
};

/** NodeAffinityArgs of the profile. */
export interface NodeAffinityArgs {
  /** Every Pod must meet it too. */
  readonly addedAffinity?: NodeAffinity | undefined;
}

/** `nodeSelector` and node affinity, required and preferred. */
export const nodeAffinityWith = ({ addedAffinity = {} }: NodeAffinityArgs): Plugin => {
  const addedRequired = addedAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  const added = addedRequired === undefined ? undefined : compileNodeSelector(addedRequired);
  const addedPreferred = addedAffinity.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return {
    name,
    weight: 2,
    preFilter({ requiredNodeAffinity, spec }) {
      if (requiredNodeAffinity === undefined && added === undefined) return undefined;
      const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      const nodeNames = required === undefined ? undefined : namedNodes(required);
      if (nodeNames?.size === 0) return conflict;
      return {
        nodeNames,
        filter: (node) => {
          if (added?.(node) === false) return enforced;
          return requiredNodeAffinity?.(node) === false ? refusal : undefined;
        },
      };
    },
    preScore({ spec }) {
      const preferred = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
      if (preferred.length + addedPreferred.length === 0) return undefined;
      const terms = [...addedPreferred, ...preferred].map(({ weight, preference }) => ({
        weight,
        matches: compileTerm(preference),
      }));
      return {
        score: (node) => {
          let sum = 0;
          for (const { weight, matches } of terms) if (matches(node)) sum += weight;
          return sum;
        },
        normalizeScore: (scores) => defaultNormalizeScore(scores, false),
      };
    },
  };
};

export const nodeAffinity = nodeAffinityWith({});
