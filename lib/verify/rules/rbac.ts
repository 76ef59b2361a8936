import { nearest } from '../../api/decode/suggest.js';
import type { ClusterRole, CustomResourceDefinition, PolicyRule } from '../../api/generated/types.js';
import { refText } from '../../api/object.js';
import { resources } from '../../api/resources.js';
import { withField } from '../edit.js';
import type { Draft, DryRun, Rule } from '../rule.js';

/** `group/resource` and `group/resource/subresource` of everything that the cluster serves, custom resources included. */
const served = (run: DryRun): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const { group, plural, subresources } of resources) {
    names.add(`${group}/${plural}`);
    for (const subresource of subresources) names.add(`${group}/${plural}/${subresource}`);
  }
  for (const { spec } of run.cluster.list('CustomResourceDefinition') as readonly CustomResourceDefinition[]) {
    for (const name of ['', '/status', '/scale']) names.add(`${spec.group}/${spec.names.plural}${name}`);
  }
  return names;
};

/** Resources that a rule names and none of its groups serves. Groups of other API servers are not known here. */
const unserved = (
  { apiGroups = [], resources: named = [] }: PolicyRule,
  known: ReadonlySet<string>,
  groups: ReadonlySet<string>,
): readonly string[] =>
  apiGroups.some((group) => group === '*' || !groups.has(group))
    ? []
    : named.filter((resource) => !resource.includes('*') && !apiGroups.some((group) => known.has(`${group}/${resource}`)));

/** Rules about resources that do not exist: legal, and granting nothing. */
export const rbacRule: Rule = (run) => {
  const roles = run.accepted.filter(
    ({ object }) =>
      object.apiVersion === 'rbac.authorization.k8s.io/v1' && (object.kind === 'Role' || object.kind === 'ClusterRole'),
  );
  if (roles.length === 0) return [];
  const known = served(run);
  const groups = new Set([...known].map((name) => name.slice(0, name.indexOf('/'))));
  return roles.flatMap((manifest) =>
    ((manifest.object as unknown as ClusterRole).rules ?? []).flatMap((rule, index) =>
      unserved(rule, known, groups).map((resource): Draft => {
        const ref = run.refOf(manifest);
        const at = (rule.resources ?? []).indexOf(resource);
        const field = `rules[${index}].resources[${at}]`;
        const names = [...known]
          .filter((name) => (rule.apiGroups ?? []).some((group) => name.startsWith(`${group}/`)))
          .map((name) => name.slice(name.indexOf('/') + 1));
        const meant = nearest(resource, names);
        const elsewhere = [...known].find((name) => name.slice(name.indexOf('/') + 1) === resource);
        const group = elsewhere?.slice(0, elsewhere.indexOf('/'));
        return {
          code: 'rbac/unknown-resource',
          severity: 'warning',
          object: ref,
          field,
          message: `${refText(ref)} grants ${(rule.verbs ?? []).join(', ')} on "${resource}", which API group ${(rule.apiGroups ?? []).map((each) => `"${each}"`).join(', ')} does not have: the rule grants nothing`,
          fixes: [
            ...(group === undefined
              ? []
              : [
                  {
                    text: `set rules[${index}].apiGroups to ["${group}"]`,
                    change: { edit: ref, to: withField(`rules[${index}].apiGroups`, [group]) },
                  },
                ]),
            ...(meant === undefined ? [] : [{ text: `write "${meant}"`, change: { edit: ref, to: withField(field, meant) } }]),
          ],
        };
      }),
    ),
  );
};
