import type { NodeSelector } from '../../api/generated/types.js';
import { defaultNormalizeScore, type Plugin, unresolvable } from '../framework.js';
import { compileTerm } from '../node-selector.js';

const name = 'NodeAffinity';
const refusal = unresolvable(name, "node(s) didn't match Pod's node affinity/selector");
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

/** `nodeSelector` and node affinity, required and preferred. */
export const nodeAffinity: Plugin = {
  name,
  weight: 2,
  preFilter({ requiredNodeAffinity, spec }) {
    if (requiredNodeAffinity === undefined) return undefined;
    const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    const nodeNames = required === undefined ? undefined : namedNodes(required);
    if (nodeNames?.size === 0) return conflict;
    return { nodeNames, filter: (node) => (requiredNodeAffinity(node) ? undefined : refusal) };
  },
  preScore({ spec }) {
    const preferred = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    if (preferred.length === 0) return undefined;
    const terms = preferred.map(({ weight, preference }) => ({ weight, matches: compileTerm(preference) }));
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
