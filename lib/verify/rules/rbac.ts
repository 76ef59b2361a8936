import { nearest } from '../../api/decode/suggest.js';
import type { ClusterRole, CustomResourceDefinition, PolicyRule } from '../../api/generated/types.js';
import { refText } from '../../api/object.js';
import { resources } from '../../api/resources.js';
import { withField } from '../edit.js';
import type { Draft, DryRun, Rule } from '../rule.js';

/**
 * What only authorizers know: no such resource is served, yet grants on it mean something. The kubelet's own API
 * (https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/), impersonation, and the signers of certificates.
 */
const unservedButChecked: readonly string[] = [
  ...['metrics', 'stats', 'log', 'spec', 'checkpoint', 'configz', 'healthz', 'pods'].map((name) => `/nodes/${name}`),
  '/users',
  '/groups',
  'authentication.k8s.io/uids',
  'authentication.k8s.io/userextras',
  'certificates.k8s.io/signers',
];

/** `group/resource` and `group/resource/subresource` of everything that the cluster serves, custom resources included. */
const served = (run: DryRun): ReadonlySet<string> => {
  const names = new Set<string>(unservedButChecked);
  for (const { group, plural, subresources } of resources) {
    names.add(`${group}/${plural}`);
    // Asked for by OwnerReferencesPermissionEnforcement, whatever the resource.
    names.add(`${group}/${plural}/finalizers`);
    for (const subresource of subresources) names.add(`${group}/${plural}/${subresource}`);
  }
  for (const { spec } of run.cluster.list('CustomResourceDefinition') as readonly CustomResourceDefinition[]) {
    for (const name of ['', '/status', '/scale', '/finalizers']) names.add(`${spec.group}/${spec.names.plural}${name}`);
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
    : named.filter(
        (resource) =>
          !(resource.includes('*') || resource.startsWith('userextras/')) &&
          !apiGroups.some((group) => known.has(`${group}/${resource}`)),
      );

/** Rules about resources that do not exist: legal, and granting nothing. */
export const rbacRule: Rule = (run) => {
  if (run.acceptedOf('Role').length + run.acceptedOf('ClusterRole').length === 0) return [];
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
