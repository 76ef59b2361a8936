import { resourceTable } from '../../api/generated/resources.js';
import type * as k8s from '../../api/generated/types.js';
import { listed, PlimsollError } from '../error.js';
import { type Named, nameOf } from '../named.js';

type Words<T extends string> = T extends `${infer Head} ${infer Rest}` ? Head | Words<Rest> : T extends '' ? never : T;

type Row = (typeof resourceTable)[number];
type Plural = Row[3];
type RowOf<P extends Plural> = Extract<Row, readonly [string, string, string, P, ...unknown[]]>;
type SubresourceOf<R> = R extends readonly [
  string,
  string,
  string,
  infer P extends string,
  boolean,
  string,
  string,
  infer Subs extends string,
]
  ? `${P}/${Words<Subs>}`
  : never;
/** Parts of the kubelet's API, permitted as subresources of nodes: they exist for RBAC only. */
type KubeletApi = `nodes/${'log' | 'metrics' | 'stats' | 'configz' | 'healthz' | 'pods'}`;
type Subresource = SubresourceOf<Row> | KubeletApi;

type ReadWrite = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
/** Verbs that stand for a permission rather than for a request. */
interface SpecialVerbs {
  readonly roles: 'bind' | 'escalate';
  readonly clusterroles: 'bind' | 'escalate';
  readonly serviceaccounts: 'impersonate';
}

/** A verb that a resource knows. */
export type VerbOf<R> =
  | '*'
  | (R extends keyof SpecialVerbs ? SpecialVerbs[R] : never)
  | (R extends Plural ? Words<RowOf<R>[6]> : ReadWrite);

/** Everything that Kubernetes 1.36 serves: `pods`, `pods/log`. */
export type ResourceName = Plural | Subresource;

type GroupOf<R> = R extends `${infer P extends Plural}/${string}` ? RowOf<P>[0] : R extends Plural ? RowOf<R>[0] : string;

/** The verbs, or the verbs with the names of the objects, or with the API group where several serve the resource. */
export type Permission<R> =
  | readonly VerbOf<R>[]
  | {
      readonly verbs: readonly VerbOf<R>[];
      /** Only these objects. (`create`, and `list` and `watch` without a field selector, cannot be limited to names.) */
      readonly names?: readonly Named[] | undefined;
      /** Default: the core group, otherwise the only or the first that serves it. */
      readonly apiGroup?: GroupOf<R> | undefined;
    };

/** Verbs by resource. The API group follows from the resource. `*` stands for every resource of every group. */
export type ResourceRules = { readonly [R in ResourceName]?: Permission<R> } & { readonly '*'?: readonly ('*' | ReadWrite)[] };

/** Rules by resource, or a list of such and of plain rules. */
export type Rules = ResourceRules | readonly (ResourceRules | k8s.PolicyRule)[];

/** A plain rule: custom resources, URLs, anything that `ResourceRules` does not know. */
export const rule = (plain: k8s.PolicyRule): k8s.PolicyRule => plain;

const groups = new Map<string, readonly string[]>();
for (const [group, , , plural] of resourceTable) {
  const known = groups.get(plural) ?? [];
  if (!known.includes(group)) groups.set(plural, [...known, group]);
}

interface AnyPermission {
  readonly verbs: readonly string[];
  readonly names?: readonly Named[] | undefined;
  readonly apiGroup?: string | undefined;
}

const isVerbs = (permission: readonly string[] | AnyPermission): permission is readonly string[] => Array.isArray(permission);

const policyRule = (path: string, resource: string, permission: readonly string[] | AnyPermission): k8s.PolicyRule => {
  const { verbs, names, apiGroup }: AnyPermission = isVerbs(permission) ? { verbs: permission } : permission;
  const [plural = resource] = resource.split('/');
  // The table is sorted by group, and the core group is the empty text.
  const [first] = resource === '*' ? ['*'] : (groups.get(plural) ?? []);
  const group = apiGroup ?? first;
  if (group === undefined) {
    throw new PlimsollError(
      path,
      `knows no resource '${resource}'; for a custom one write rule({ apiGroups: [...], resources: ['${resource}'], verbs: ${`[${listed(verbs)}]`} })`,
    );
  }
  return {
    apiGroups: [group],
    resources: [resource],
    ...(names === undefined ? {} : { resourceNames: names.map(nameOf) }),
    verbs,
  };
};

const isPlainRule = (each: ResourceRules | k8s.PolicyRule): each is k8s.PolicyRule => 'verbs' in each;
const isRuleList = (rules: Rules): rules is readonly (ResourceRules | k8s.PolicyRule)[] => Array.isArray(rules);

/** The plain rules, one for each resource, in the author's order. */
export const policyRules = (path: string, rules: Rules): readonly k8s.PolicyRule[] =>
  (isRuleList(rules) ? rules : [rules]).flatMap((each) => {
    if (isPlainRule(each)) return [each];
    const entries: readonly [string, readonly string[] | AnyPermission | undefined][] = Object.entries(each);
    return entries.flatMap(([resource, permission]) => (permission === undefined ? [] : policyRule(path, resource, permission)));
  });
