import { groupOf, type KubeObject } from '../api/object.js';
import { resourceOf } from '../api/resources.js';
import type { Refusal } from '../api/verdict.js';
import type { GroupKind } from './store.js';

/** How the server names a resource in a text: `pods`, `deployments.apps`. */
const resourceText = (kind: GroupKind): string => {
  const group = groupOf(kind.apiVersion);
  const plural = resourceOf(kind.apiVersion, kind.kind)?.plural ?? `${kind.kind.toLowerCase()}s`;
  return group === '' ? plural : `${plural}.${group}`;
};

const refuse = (code: number, reason: string, message: string): Refusal => ({
  ok: false,
  code,
  reason,
  message,
  causes: [],
});

export const notFound = (kind: GroupKind, name: string): Refusal =>
  refuse(404, 'NotFound', `${resourceText(kind)} "${name}" not found`);

export const alreadyExists = (kind: GroupKind, name: string): Refusal =>
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

export const internalError = (message: string): Refusal => refuse(500, 'InternalError', `Internal error occurred: ${message}`);
