import { nearest } from '../../api/decode/suggest.js';
import type { Service } from '../../api/generated/types.js';
import { type KubeObject, type ObjectRef, refKey, refText } from '../../api/object.js';
import { isDefaultRole } from '../../rbac/default-roles.js';
import { withField } from '../edit.js';
import type { FindingCode, Severity } from '../finding.js';
import type { Reference } from '../references.js';
import type { Candidate, Draft, DryRun, Rule } from '../rule.js';

const codeOf = ({ to }: Reference): FindingCode => {
  if (to.kind === 'Role' || to.kind === 'ClusterRole') return 'rbac/missing-role';
  return to.kind.endsWith('Class') ? 'reference/missing-class' : 'reference/missing-object';
};

/** Objects that other programs often make later, or whose absence only takes something away. */
const mayComeLater: ReadonlySet<string> = new Set(['Secret', 'IngressClass', 'ServiceAccount']);

const severityOf = ({ to, without, at }: Reference): Severity => {
  if (without === 'not starting') return 'error';
  return mayComeLater.has(to.kind) || at === 'spec.serviceName' ? 'warning' : 'error';
};

/** What is there without an object. */
const isGiven = ({ config }: DryRun, to: ObjectRef): boolean =>
  (to.kind === 'IngressClass' && to.name === config.ingressController?.ingressClass) ||
  ((to.kind === 'Role' || to.kind === 'ClusterRole') && isDefaultRole(to.name));

/** Names of objects that the reference could have meant. */
const candidates = ({ cluster }: DryRun, to: ObjectRef): readonly string[] =>
  cluster.list(to, to.namespace === undefined ? {} : { namespace: to.namespace }).map(({ metadata }) => metadata.name);

const missingObject = (run: DryRun, reference: Reference): Draft => {
  const { from, to } = reference;
  const path = reference.at;
  const meant = nearest(to.name, candidates(run, to));
  const fixes: Candidate[] =
    meant === undefined
      ? []
      : [{ text: `write "${meant}" instead of "${to.name}"`, change: { edit: from, to: withField(path, meant) } }];
  const article = to.namespace === undefined || to.namespace === from.namespace ? `${to.kind} "${to.name}"` : refText(to);
  fixes.push({
    text: `add ${article}${to.namespace === undefined ? '' : ` in namespace ${to.namespace}`}, or declare it in the cluster's existing objects`,
  });
  return {
    code: codeOf(reference),
    severity: severityOf(reference),
    object: from,
    field: path,
    message: `${refText(from)} needs ${article}, which does not exist${to.namespace === undefined ? '' : ` in namespace ${to.namespace}`}`,
    evidence: [{ kind: 'field', path, message: `names ${article}` }],
    fixes,
  };
};

const keyFields = ['data', 'binaryData', 'stringData'];

const keysOf = (object: KubeObject): readonly string[] =>
  keyFields.flatMap((field) => Object.keys((object[field] as object | undefined) ?? {}));

const hasKey = (object: KubeObject, key: string): boolean => {
  const { data, binaryData, stringData } = object as { readonly [field: string]: object | undefined };
  return (
    (data && Object.hasOwn(data, key)) === true ||
    (binaryData && Object.hasOwn(binaryData, key)) === true ||
    (stringData && Object.hasOwn(stringData, key)) === true
  );
};

/** A port that the Service does not offer, named by an Ingress. */
const missingPort = (reference: Reference, service: Service): readonly Draft[] => {
  const { from, to, key } = reference;
  const ports = service.spec?.ports ?? [];
  if (key === undefined || service.spec?.type === 'ExternalName' || ports.some(({ name, port }) => name === key || port === key))
    return [];
  const path = reference.keyAt;
  const [first] = ports;
  const field = typeof key === 'number' ? 'number' : 'name';
  return [
    {
      code: 'service/port-mismatch',
      severity: 'error',
      object: from,
      field: path,
      message: `${refText(from)} sends requests to port ${key} of ${refText(to)}, which has ${ports.map(({ name, port }) => (name === undefined ? port : `${name} (${port})`)).join(', ') || 'no ports'}`,
      evidence: [{ kind: 'object', object: to, text: 'does not have this port' }],
      fixes:
        first === undefined || ports.length > 1
          ? []
          : [
              { text: `send them to port ${first.port}`, change: { edit: from, to: withField(path, { number: first.port }) } },
              { text: `set ${path}.${field}` },
            ],
    },
  ];
};

const noDrafts: readonly Draft[] = [];

const missingKey = (reference: Reference, to: ObjectRef, key: string | number, target: KubeObject): readonly Draft[] => {
  if (to.kind === 'Service') return missingPort(reference, target as Service);
  if ((to.kind !== 'ConfigMap' && to.kind !== 'Secret') || hasKey(target, String(key))) return noDrafts;
  const { from, keyAt: path } = reference;
  const keys = keysOf(target);
  const meant = nearest(String(key), keys);
  return [
    {
      code: 'reference/missing-key',
      severity: 'error',
      object: from,
      field: path,
      message: `${refText(from)} reads key "${key}" of ${refText(to)}, which has ${keys.length === 0 ? 'no keys' : `only ${keys.slice(0, 8).join(', ')}${keys.length > 8 ? ', ...' : ''}`}`,
      evidence: [
        { kind: 'field', path, message: `names key "${key}"` },
        { kind: 'object', object: to, text: 'does not have it' },
      ],
      fixes: [
        ...(meant === undefined ? [] : [{ text: `read "${meant}"`, change: { edit: from, to: withField(path, meant) } }]),
        {
          text: `add "${key}" to ${refText(to)}`,
          change: { edit: to, to: withField(to.kind === 'Secret' ? `stringData[${key}]` : `data[${key}]`, 'value') },
        },
      ],
    },
  ];
};

/** References to objects and keys that are not there. Objects that were assumed to exist count as there. */
export const referencesRule: Rule = (run) => {
  const seen = new Set<string>();
  const drafts: Draft[] = [];
  // An object and its key are named one after the other: the object is looked up once.
  let to: ObjectRef | undefined;
  let target: KubeObject | undefined;
  const { references, cluster } = run;
  for (let index = 0; index < references.length; index++) {
    const reference = references[index];
    if (reference === undefined || reference.optional) continue;
    const next = reference.to;
    if (next !== to) {
      to = next;
      target = cluster.get(to) as KubeObject | undefined;
    }
    if (target !== undefined) {
      const { key } = reference;
      if (key !== undefined) drafts.push(...missingKey(reference, to, key, target));
      continue;
    }
    // Kinds without a stand-in (a role, an HPA's target): the open world cannot be asked for them.
    if (run.world === 'open' || isGiven(run, to)) continue;
    // A target that several fields of one object name is one fault.
    const key = `${refKey(reference.from)} ${refKey(to)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    drafts.push(missingObject(run, reference));
  }
  return drafts;
};
