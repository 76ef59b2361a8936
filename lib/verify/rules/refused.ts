import { type KubeObject, type ObjectRef, refKey, refText } from '../../api/object.js';
import type { FieldError, Refusal } from '../../api/verdict.js';
import { equal } from '../../apiserver/equal.js';
import type { ApplyResult } from '../../cluster/apply-result.js';
import { fieldOf, withField } from '../edit.js';
import type { Evidence, FindingCode } from '../finding.js';
import type { Candidate, Draft, Rule } from '../rule.js';
import { holderOf } from './allocated.js';
import { deciderOf } from './creation-fixes.js';

/** The server's words for what may be set once and never again. */
const isUnchangeable = ({ message }: FieldError): boolean =>
  /immutable|may not (?:be )?change|updates to \w+ spec for fields other than|pod updates may not change/.test(message);

const codeOf = (refusal: Refusal, cause: FieldError | undefined): FindingCode => {
  const message = cause?.message ?? refusal.message;
  if (/^unknown field /.test(message)) return 'api/unknown-field';
  if (/^no matches for kind/.test(refusal.message))
    return /was removed in/.test(cause?.suggestion ?? '') ? 'api/removed-version' : 'api/unknown-kind';
  if (cause !== undefined && isUnchangeable(cause)) return 'api/immutable';
  return 'api/refused';
};

const renamed =
  (from: string, to: string) =>
  (old: unknown): unknown =>
    typeof old === 'object' && old !== null
      ? Object.fromEntries(Object.entries(old).map(([key, value]) => [key === from ? to : key, value]))
      : old;

const supported = (cause: FieldError): readonly string[] =>
  [...(cause.detail ?? '').matchAll(/"([^"]+)"/g)].map(([, value]) => value ?? '');

/** `"containers" belongs to spec.template.spec` as a change: the field moves there. */
const moved = (field: string, suggestion: string) => {
  const [, name, to] = /^"([^"]+)" belongs to (?:the top of the object|(\S+))$/.exec(suggestion) ?? [];
  if (name === undefined) return undefined;
  const target = to === undefined ? name : `${to}.${name}`;
  return {
    target,
    change: (object: KubeObject): KubeObject => withField(target, fieldOf(object, field))(withField(field, undefined)(object)),
  };
};

const meant = (object: ObjectRef, field: string, suggestion: string): Candidate => {
  const name = /^did you mean "([^".]+)"\?$/.exec(suggestion)?.[1];
  const last = field.slice(field.lastIndexOf('.') + 1);
  if (name !== undefined) {
    const parent = field.includes('.') ? field.slice(0, field.lastIndexOf('.')) : '';
    return { text: `write ${name} instead of ${last}`, change: { edit: object, to: withField(parent, renamed(last, name)) } };
  }
  const move = moved(field, suggestion);
  return move === undefined
    ? { text: suggestion }
    : { text: `move ${field} to ${move.target}`, change: { edit: object, to: move.change } };
};

/** Another apiVersion or kind, where the suggestion names it. */
const replaced = (object: ObjectRef, suggestion: string | undefined): readonly Candidate[] => {
  if (suggestion === undefined) return [];
  const version = /apiVersion (\S+)$/.exec(suggestion)?.[1];
  const kind = /^did you mean "([^"]+)"\?$/.exec(suggestion)?.[1];
  if (version !== undefined)
    return [
      { text: `set apiVersion to ${version}`, change: { edit: object, to: withField('apiVersion', version) } },
      { text: suggestion },
    ];
  return kind === undefined
    ? [{ text: suggestion }]
    : [{ text: `set kind to ${kind}`, change: { edit: object, to: withField('kind', kind) } }, { text: suggestion }];
};

/** Ways out of one field error: the name that was meant, a value that is supported, or without the field. */
const waysOut = (object: ObjectRef, cause: FieldError): readonly Candidate[] => {
  const { field, suggestion, type, detail } = cause;
  if (field === '') return suggestion === undefined ? [] : [{ text: suggestion }];
  const without: Candidate = { text: `remove ${field}`, change: { edit: object, to: withField(field, undefined) } };
  if (field === 'apiVersion' || field === 'kind') return replaced(object, suggestion);
  if (suggestion !== undefined) return [meant(object, field, suggestion), without];
  if (type === 'FieldValueNotSupported')
    return supported(cause)
      .slice(0, 4)
      .map((value) => ({ text: `set ${field} to "${value}"`, change: { edit: object, to: withField(field, value) } }));
  if (type === 'FieldValueRequired') return [{ text: `set ${field}` }];
  const [, low] = /between (-?\d+) and (-?\d+)/.exec(detail ?? '') ?? [];
  if (low !== undefined)
    return [
      {
        text: `set ${field} to a number that is ${detail ?? ''}`.replace('must be ', ''),
        change: { edit: object, to: withField(field, Number(low)) },
      },
      without,
    ];
  if (type === 'FieldValueDuplicate')
    return [{ text: `remove ${field}, or give it another value`, change: { edit: object, to: withField(field, undefined) } }];
  return [without];
};

/** Values of Secrets are never shown. */
const isSecretValue = ({ kind }: ObjectRef, { field }: FieldError): boolean =>
  kind === 'Secret' && /^(?:string)?[dD]ata\b/.test(field);

const wording = (ref: ObjectRef, cause: FieldError): string =>
  isSecretValue(ref, cause) ? `${cause.field}: ${cause.detail ?? 'the value is not valid (not shown)'}` : cause.message;

/** The server only warns of a port that two containers open; that the Pod cannot run is said by the rule about ports. */
const isPortConflict = (warning: string): boolean => {
  const [, one, other] = /^(\S+)\.ports\[\d+\]: duplicate port definition with (\S+)\.ports\[\d+\]$/.exec(warning) ?? [];
  return one !== undefined && one !== other;
};

/** Fields that the text of a refusal names as those that may change. */
const changeable = (message: string): ReadonlySet<string> =>
  new Set([...message.matchAll(/'([^']+)'/g)].map(([, name]) => name ?? ''));

/** What has to keep its value: the field of the refusal; where that is the whole spec, what changed in it and may not. */
const fixedFields = ({ field, message }: FieldError, running: KubeObject, now: KubeObject): readonly string[] => {
  const allowed = changeable(message);
  // The labels of the template follow the selector.
  if (field === 'spec.selector') return [field, 'spec.template.metadata.labels'];
  // Authors write the first address, the server judges the list that it makes of it.
  if (field.startsWith('spec.clusterIPs') && fieldOf(now, 'spec.clusterIPs') === undefined) return ['spec.clusterIP'];
  if (field !== 'spec' || allowed.size === 0) return [field];
  const before = running.spec as Readonly<Record<string, unknown>>;
  const after = now.spec as Readonly<Record<string, unknown>>;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !allowed.has(name) && !equal(before[name], after[name]))
    .map((name) => `spec.${name}`);
};

/** A field of what runs cannot change: it keeps its value, or the object is made anew. */
const keepOrReplace = (ref: ObjectRef, running: KubeObject, now: KubeObject, cause: FieldError): readonly Candidate[] => {
  const fields = fixedFields(cause, running, now);
  const text = `keep ${fields.join(' and ')} as ${fields.length === 1 ? 'it runs' : 'they run'}`;
  const to = (object: KubeObject): KubeObject =>
    fields.reduce((kept, field) => withField(field, fieldOf(running, field))(kept), object);
  return [
    { text, change: { edit: ref, to } },
    { text: `${text}, or delete ${refText(ref)} first: it is then made anew, and nothing of it runs meanwhile` },
  ];
};

/** What the API server would refuse: one finding a fault, with the server's own text. */
export const refusedRule: Rule = ({ input, results, refOf, manifestOf, cluster }) => {
  // What a workload is warned of is an error where its Pods were really forbidden: that is said once.
  const hasHappened = (warning: string): boolean => {
    const [, violation] = /^would (violate PodSecurity .*)$/s.exec(warning) ?? [];
    return (
      violation !== undefined &&
      cluster.warnings.some(
        ({ reason, message }) => reason === 'FailedCreate' && message.includes(violation.replace('violate', 'violates')),
      )
    );
  };
  const running = new Map((input.against ?? []).map((manifest) => [refKey(refOf(manifest)), manifest.object]));
  const judged: ApplyResult[] = [];
  for (let index = 0; index < results.length; index++) {
    const result = results[index];
    if (result !== undefined && (result.refusal !== undefined || result.warnings.length > 0)) judged.push(result);
  }
  return judged.flatMap(({ manifest, warnings, refusal }): readonly Draft[] => {
    const ref = refOf(manifest);
    const before = running.get(refKey(ref));
    if (refusal === undefined)
      return warnings
        .filter((warning) => !isPortConflict(warning) && !hasHappened(warning))
        .map((message) => ({ code: 'api/warning', severity: 'warning', object: ref, message }));
    const decider = deciderOf(refusal.message, ref.namespace);
    const source = decider && manifestOf(decider)?.provenance.source;
    const refuser: readonly Evidence[] =
      decider === undefined ? [] : [{ kind: 'object', object: decider, text: 'refuses it', source }];
    if (refusal.causes.length === 0)
      return [{ code: codeOf(refusal, undefined), severity: 'error', object: ref, message: refusal.message, evidence: refuser }];
    return refusal.causes.map((cause) => ({
      code: codeOf(refusal, cause),
      severity: 'error',
      object: ref,
      field: before === undefined ? cause.field : fixedFields(cause, before, manifest.object)[0],
      message: `${refText(ref)}: ${wording(ref, cause)}`,
      evidence: [
        { kind: 'field', path: cause.field, message: cause.detail ?? wording(ref, cause) },
        ...refuser,
        ...holderOf(cluster, cause),
      ],
      fixes:
        before !== undefined && isUnchangeable(cause) ? keepOrReplace(ref, before, manifest.object, cause) : waysOut(ref, cause),
    }));
  });
};
