import { judgeResource, type ServedVersion } from '../api/crd/index.js';
import { decode, type FieldValidation, notServed } from '../api/decode.js';
import { applyDefaults } from '../api/default/index.js';
import { extended } from '../api/extended.js';
import { groupOf, type KubeObject } from '../api/object.js';
import { invalid } from '../api/refusal.js';
import { removedVersion } from '../api/removed.js';
import { isBuiltInGroup, isNamespaced, resourceOf } from '../api/resources.js';
import { validateCreate, validateUpdate } from '../api/validate/index.js';
import { disallowedByServer } from '../api/validate/os.js';
import type { Refusal, Verdict } from '../api/verdict.js';
import type { AdmissionContext } from './admission/plugin.js';
import { readCustom } from './custom-resources.js';
import type { Stored } from './kinds.js';

/** An object of a namespaced kind that names no namespace is in `default`. */
const inDefault = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: extended(object.metadata, { namespace: 'default' }),
});

/** What was decoded as admission sees it: with its defaults. Undefined for a custom resource, which its definition defaults. */
export const defaulted = (decoded: Verdict<KubeObject>): Verdict<KubeObject> | undefined => {
  if (!decoded.ok) return decoded;
  const object = decoded.value.metadata === undefined ? { ...decoded.value, metadata: {} } : decoded.value;
  const { apiVersion, kind } = object;
  const served = resourceOf(apiVersion, kind);
  if (served === undefined && removedVersion(apiVersion, kind) !== undefined) return notServed(apiVersion, kind);
  if (served === undefined && !isBuiltInGroup(groupOf(apiVersion))) return undefined;
  const isNowhere = object.metadata.namespace === undefined && (served?.namespaced ?? isNamespaced(apiVersion, kind));
  return { ok: true, value: applyDefaults(isNowhere ? inDefault(object) : object), warnings: decoded.warnings };
};

/** Decodes and defaults what a client sent: the object as admission sees it. */
export const decodeAndDefault = (sent: unknown, context: AdmissionContext, validation?: FieldValidation): Verdict<KubeObject> => {
  const decoded = decode(sent, validation);
  const builtIn = defaulted(decoded);
  if (builtIn !== undefined || !decoded.ok) return builtIn ?? decoded;
  const read = readCustom(decoded.value, context, validation);
  return read.ok ? { ...read, warnings: [...decoded.warnings, ...read.warnings] } : read;
};

/** Why an object is refused, if it is, and what its author is warned of. */
interface Judgement {
  readonly refusal: Refusal | undefined;
  readonly warnings: readonly string[];
}

const clean: Judgement = { refusal: undefined, warnings: [] };

/** Judges the fields of an object that is about to be stored; `version`: that of its definition, if it is a custom resource. */
export const validate = (object: KubeObject, version: ServedVersion | undefined, previous?: Stored): Judgement => {
  if (version !== undefined) {
    const { errors, warnings } = judgeResource(object, version, previous);
    return { refusal: errors.length === 0 ? undefined : invalid(object, errors), warnings };
  }
  const faults = previous === undefined ? validateCreate(object) : validateUpdate(object, previous);
  if (faults.length === 0) return clean;
  // Servers are started with `--allow-privileged`: node agents could not run otherwise.
  const errors = faults.filter(({ detail }) => detail !== disallowedByServer);
  return { refusal: errors.length === 0 ? undefined : invalid(object, errors), warnings: [] };
};
