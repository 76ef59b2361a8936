import type { ObjectMeta, OwnerReference } from '../generated/types.js';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../names.js';
import type { Faults } from './faults.js';
import { prefixOf } from './format.js';
import { validateAnnotations, validateLabels } from './labels.js';
import { Path } from './path.js';

type NameCheck = (name: string) => readonly string[];

/** What a kind asks of its metadata beyond the common rules. */
export interface NameRules {
  readonly namespaced: boolean;
  readonly name: NameCheck;
  /** `generateName` may end with a dash where a whole name may not; RBAC names do not care. */
  readonly generateName?: NameCheck | undefined;
  /** Finalizers need no domain: custom resources and their definitions get a warning instead. */
  readonly anyFinalizer?: boolean | undefined;
}

export const subdomainName: NameCheck = dns1123Subdomain;
export const metadataPath = Path.of('metadata');

const standardFinalizers: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

const validateFinalizers = (finalizers: readonly string[], isAny: boolean, at: Path, faults: Faults): void => {
  for (const name of finalizers) faults.invalidEach(at, name, qualifiedName(name));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    faults.invalid(at, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set');
  }
  for (const [index, name] of finalizers.entries()) {
    if (!isAny && !name.includes('/') && !standardFinalizers.has(name)) {
      faults.invalid(at.index(index), name, 'name is neither a standard finalizer name nor is it fully qualified');
    }
  }
};

const groupVersion = (apiVersion: string): { group: string; version: string } => {
  const parts = apiVersion.split('/');
  if (parts.length > 2) return { group: '', version: '' };
  return parts.length === 2 ? { group: parts[0] ?? '', version: parts[1] ?? '' } : { group: '', version: apiVersion };
};

const validateOwner = (owner: OwnerReference, at: Path, faults: Faults): void => {
  const { group, version } = groupVersion(owner.apiVersion);
  if (version === '') faults.invalid(at.child('apiVersion'), owner.apiVersion, 'version must not be empty');
  if (owner.kind === '') faults.invalid(at.child('kind'), owner.kind, 'must not be empty');
  if (owner.name === '') faults.invalid(at.child('name'), owner.name, 'must not be empty');
  if (owner.uid === '') faults.invalid(at.child('uid'), owner.uid, 'must not be empty');
  if (group === '' && version === 'v1' && owner.kind === 'Event') {
    faults.invalid(at, owner, `${group}/${version}, Kind=${owner.kind} is disallowed from being an owner`);
  }
};

const validateOwners = (owners: readonly OwnerReference[], at: Path, faults: Faults): void => {
  let controller: string | undefined;
  for (const owner of owners) {
    validateOwner(owner, at, faults);
    if (owner.controller !== true) continue;
    const name = `${owner.kind}/${owner.name}`;
    if (controller === undefined) controller = name;
    else {
      const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`;
      faults.invalid(at, owners, detail);
    }
  }
};

/** The rules that every object's metadata obeys. */
export const validateMetadata = (
  metadata: ObjectMeta | undefined,
  rules: NameRules,
  faults: Faults,
  at: Path = metadataPath,
): void => {
  const meta = metadata ?? {};
  if (meta.generateName !== undefined) {
    const check = rules.generateName ?? prefixOf(rules.name);
    faults.invalidEach(at.child('generateName'), meta.generateName, check(meta.generateName));
  }
  if (meta.name !== undefined) {
    const texts = rules.name(meta.name);
    if (texts.length > 0) faults.invalidEach(at.child('name'), meta.name, texts);
  } else if (meta.generateName === undefined) faults.required(at.child('name'), 'name or generateName is required');
  if (rules.namespaced && meta.namespace !== undefined) {
    const texts = dns1123Label(meta.namespace);
    if (texts.length > 0) faults.invalidEach(at.child('namespace'), meta.namespace, texts);
  }
  if ((meta.generation ?? 0) < 0) faults.invalid(at.child('generation'), meta.generation, 'must be greater than or equal to 0');
  if (meta.labels !== undefined) validateLabels(meta.labels, at.child('labels'), faults);
  if (meta.annotations !== undefined) validateAnnotations(meta.annotations, at.child('annotations'), faults);
  if (meta.ownerReferences !== undefined) validateOwners(meta.ownerReferences, at.child('ownerReferences'), faults);
  if (meta.finalizers !== undefined)
    validateFinalizers(meta.finalizers, rules.anyFinalizer === true, at.child('finalizers'), faults);
};
