import { type ObjectRef, refText } from '../../api/object.js';
import type { FieldError, Refusal } from '../../api/verdict.js';
import { withField } from '../edit.js';
import type { FindingCode } from '../finding.js';
import type { Candidate, Draft, Rule } from '../rule.js';

const codeOf = (refusal: Refusal, cause: FieldError | undefined): FindingCode => {
  const message = cause?.message ?? refusal.message;
  if (/^unknown field /.test(message)) return 'api/unknown-field';
  if (/^no matches for kind/.test(refusal.message)) return /is no longer served|was removed/.test(refusal.message) ? 'api/removed-version' : 'api/unknown-kind';
  if (/immutable/.test(message)) return 'api/immutable';
  return 'api/refused';
};

/** The last name of a path is what an unknown field is called. */
const rename = (path: string, to: string) => {
  const parent = path.slice(0, Math.max(0, path.lastIndexOf('.')));
  const name = path.slice(path.lastIndexOf('.') + 1);
  return (old: unknown): unknown => {
    if (typeof old !== 'object' || old === null || parent === undefined) return old;
    return Object.fromEntries(Object.entries(old).map(([key, value]) => [key === name ? to : key, value]));
  };
};

const supported = (cause: FieldError): readonly string[] => [...(cause.detail ?? '').matchAll(/"([^"]+)"/g)].map(([, value]) => value ?? '');

/** Ways out of one field error: the name that was meant, a value that is supported, or without the field. */
const waysOut = (object: ObjectRef, cause: FieldError): readonly Candidate[] => {
  const { field, suggestion, type, detail } = cause;
  if (suggestion !== undefined) {
    const parent = field.includes('.') ? field.slice(0, field.lastIndexOf('.')) : '';
    const renamed = /^did you mean "([^".]+)"\?$/.exec(suggestion)?.[1];
    return [renamed === undefined ? { text: suggestion } : { text: `write ${renamed} instead of ${field.slice(field.lastIndexOf('.') + 1)}`, change: { edit: object, to: withField(parent, rename(field, renamed)) } }];
  }
  if (/^unknown field /.test(cause.message)) return [{ text: `remove ${field}`, change: { edit: object, to: withField(field, undefined) } }];
  if (type === 'FieldValueNotSupported') return supported(cause).slice(0, 4).map((value) => ({ text: `set ${field} to "${value}"`, change: { edit: object, to: withField(field, value) } }));
  if (type === 'FieldValueForbidden') return [{ text: `remove ${field}`, change: { edit: object, to: withField(field, undefined) } }];
  if (type === 'FieldValueRequired') return [{ text: `set ${field}` }];
  const range = /between (-?\d+) and (-?\d+)/.exec(detail ?? '');
  if (range?.[1] !== undefined) return [{ text: `set ${field} to a value from ${range[1]} to ${range[2]}`, change: { edit: object, to: withField(field, Number(range[1])) } }];
  if (type === 'FieldValueDuplicate') return [{ text: `remove ${field}, or give it another value`, change: { edit: object, to: withField(field, undefined) } }];
  return [{ text: `remove ${field}`, change: { edit: object, to: withField(field, undefined) } }];
};

/** What the API server would refuse: one finding a fault, with the server's own text. */
export const refusedRule: Rule = ({ results }) =>
  results.flatMap(({ ref, verdict }): readonly Draft[] => {
    if (verdict.ok) return verdict.warnings.map((message) => ({ code: 'api/warning', severity: 'warning', object: ref, message }));
    if (verdict.causes.length === 0) return [{ code: codeOf(verdict, undefined), severity: 'error', object: ref, message: verdict.message }];
    return verdict.causes.map((cause) => ({
      code: codeOf(verdict, cause),
      severity: 'error',
      object: ref,
      field: cause.field,
      message: `${refText(ref)}: ${cause.message}`,
      evidence: [{ kind: 'field', path: cause.field, message: cause.detail ?? cause.message }],
      fixes: waysOut(ref, cause),
    }));
  });
