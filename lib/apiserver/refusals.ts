import { groupOf, type KubeObject } from '../api/object.js';
import { resourceOf } from '../api/resources.js';
import type { Refusal } from '../api/verdict.js';
import type { GroupKind } from './store.js';

/** A kind, with the name of its resource where that is not built in. */
interface Named extends GroupKind {
  readonly plural?: string | undefined;
}

/** How the server names a resource in a text: `pods`, `deployments.apps`. */
const resourceText = (kind: Named): string => {
  const group = groupOf(kind.apiVersion);
  const plural = resourceOf(kind.apiVersion, kind.kind)?.plural ?? kind.plural ?? `${kind.kind.toLowerCase()}s`;
  return group === '' ? plural : `${plural}.${group}`;
};

const refuse = (code: number, reason: string, message: string): Refusal => ({
  ok: false,
  code,
  reason,
  message,
  causes: [],
});

export const notFound = (kind: Named, name: string): Refusal =>
  refuse(404, 'NotFound', `${resourceText(kind)} "${name}" not found`);

export const alreadyExists = (kind: Named, name: string): Refusal =>
  refuse(409, 'AlreadyExists', `${resourceText(kind)} "${name}" already exists`);

export const forbidden = (object: KubeObject, why: string): Refusal =>
  refuse(
    403,
    'Forbidden',
    `${resourceText(object)} "${object.metadata.name || object.metadata.generateName || 'Unknown'}" is forbidden: ${why}`,
  );

/** An eviction that a budget forbids; `why` is the cause that names the budget. */
export const tooManyRequests = (message: string, why: string): Refusal => ({
  ...refuse(429, 'TooManyRequests', message),
  causes: [{ type: 'FieldValueForbidden', field: '', message: why }],
});

/** No definition serves the kind in this version. */
export const noMatch = ({ apiVersion, kind }: GroupKind): Refusal =>
  refuse(404, 'NotFound', `no matches for kind "${kind}" in version "${apiVersion}"`);

/** A patch of a kind that the resource does not take. */
export const unsupportedMediaType = (accepted: readonly string[]): Refusal =>
  refuse(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );

export const badRequest = (message: string): Refusal => refuse(400, 'BadRequest', message);

export const internalError = (message: string): Refusal => refuse(500, 'InternalError', `Internal error occurred: ${message}`);
