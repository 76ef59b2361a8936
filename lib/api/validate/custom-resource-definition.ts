import { internalVersions, type Shared } from '../crd/internal.js';
import { checkNames } from '../crd/names.js';
import {
  checkColumn,
  checkDeprecation,
  checkOpenApiSchema,
  checkSelectableFields,
  checkSubresources,
} from '../crd/version-rules.js';
import { sameValue } from '../equal.js';
import type {
  CustomResourceConversion,
  CustomResourceDefinition,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
} from '../generated/types.js';
import { dns1035Label, dns1123Subdomain } from '../names.js';
import type { Faults } from './faults.js';
import { Path } from './path.js';
import { checkWebhookClient } from './webhook-client.js';

type Version = CustomResourceDefinitionVersion;

const specPath = Path.of('spec');
const approvalAnnotation = 'api-approved.kubernetes.io';

const groupRules = (group: string, faults: Faults): void => {
  const at = specPath.child('group');
  const wrong = dns1123Subdomain(group);
  if (group === '') faults.required(at);
  else if (wrong.length > 0) faults.invalid(at, group, wrong.join(','));
  else if (!group.includes('.')) faults.invalid(at, group, 'should be a domain with at least one dot');
};

const oneOf = (value: string, allowed: readonly string[], at: Path, faults: Faults): void => {
  if (value === '') faults.required(at);
  else if (!allowed.includes(value)) faults.notSupported(at, value, allowed);
};

/** The server moves what all versions have in common out of them before it validates. */
const sharedOf = (versions: readonly Version[]): Shared => {
  const [first] = versions;
  const same = (field: keyof Version): boolean =>
    versions.every(
      (version) => (version[field] === undefined) === (first?.[field] === undefined) && sameValue(version[field], first?.[field]),
    );
  return {
    schema: same('schema'),
    subresources: same('subresources'),
    columns: same('additionalPrinterColumns'),
    selectableFields: same('selectableFields'),
  };
};

const hasStatus = ({ subresources }: Version): boolean => subresources?.status !== undefined;

const versionRules = (version: Version, shared: Shared, at: Path, faults: Faults): void => {
  checkDeprecation(version.deprecated === true, version.deprecationWarning, at.child('deprecationWarning'), faults);
  const props = shared.schema ? undefined : version.schema?.openAPIV3Schema;
  if (props !== undefined) checkOpenApiSchema(props, hasStatus(version), at.child('schema').child('openAPIV3Schema'), faults);
  if (!shared.subresources) checkSubresources(version.subresources, at.child('subresources'), faults);
  if (!shared.columns) {
    for (const [index, column] of (version.additionalPrinterColumns ?? []).entries())
      checkColumn(column, at.child('additionalPrinterColumns').index(index), faults);
  }
  const selectable = shared.selectableFields ? [] : (version.selectableFields ?? []);
  if (selectable.length === 0) return;
  const place = at.child('selectableFields');
  if (props === undefined) faults.invalid(place, '', 'may only be set when `version.schema.openAPIV3Schema` is not included');
  else checkSelectableFields(selectable, props, place, faults);
};

/** The rules of what all versions have in common. */
const sharedRules = (versions: readonly Version[], shared: Shared, faults: Faults): void => {
  const [first] = versions;
  if (first === undefined) return;
  const props = shared.schema ? first.schema?.openAPIV3Schema : undefined;
  if (props !== undefined)
    checkOpenApiSchema(props, versions.some(hasStatus), specPath.child('validation').child('openAPIV3Schema'), faults);
  if (shared.subresources) checkSubresources(first.subresources, specPath.child('subresources'), faults);
  if (shared.columns) {
    for (const [index, column] of (first.additionalPrinterColumns ?? []).entries())
      checkColumn(column, specPath.child('additionalPrinterColumns').index(index), faults);
  }
  const selectable = shared.selectableFields ? (first.selectableFields ?? []) : [];
  if (selectable.length === 0) return;
  const at = specPath.child('selectableFields');
  if (props === undefined) faults.invalid(at, '', 'may only be set when validations.schema is included');
  else checkSelectableFields(selectable, props, at, faults);
};

const versionsRules = (written: readonly Version[] | undefined, faults: Faults): void => {
  const versions = written ?? [];
  const at = specPath.child('versions');
  const shared = sharedOf(versions);
  for (const [index, version] of versions.entries()) {
    if (version.schema?.openAPIV3Schema === undefined) faults.required(at.index(index).child('schema').child('openAPIV3Schema'));
  }
  for (const [index, version] of versions.entries()) {
    const wrong = dns1035Label(version.name);
    if (wrong.length > 0) faults.invalid(at.index(index).child('name'), version.name, wrong.join(','));
    versionRules(version, shared, at.index(index), faults);
  }
  const names = versions.map(({ name }) => name);
  const shown = written === undefined ? null : internalVersions(written, shared);
  if (new Set(names).size < names.length) faults.invalid(at, shown, 'must contain unique version names');
  if (versions.filter(({ storage }) => storage).length !== 1)
    faults.invalid(at, shown, 'must have exactly one version marked as storage version');
  // The server still knows the first version by a field of its own.
  const [first = ''] = names;
  const wrong = first === '' ? [] : dns1035Label(first);
  if (wrong.length > 0) faults.invalid(specPath.child('version'), first, wrong.join(','));
};

const namesRules = (spec: CustomResourceDefinitionSpec, faults: Faults): void => {
  const at = specPath.child('names');
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const) {
    if ((spec.names[field] ?? '') === '') faults.required(at.child(field));
  }
  checkNames(spec.names, at, faults);
};

const reviewVersions = ['v1', 'v1beta1'];

const reviewRules = (versions: readonly string[], at: Path, faults: Faults): void => {
  if (versions.length === 0) {
    faults.required(at);
    return;
  }
  for (const [index, version] of versions.entries()) {
    if (versions.indexOf(version) < index) faults.invalid(at.index(index), version, 'duplicate version');
    else faults.invalidEach(at.index(index), version, dns1035Label(version));
  }
  if (!versions.some((version) => reviewVersions.includes(version)))
    faults.invalid(at, versions, `must include at least one of ${reviewVersions.join(', ')}`);
};

const conversionRules = (conversion: CustomResourceConversion | undefined, faults: Faults): void => {
  if (conversion === undefined) return;
  const at = specPath.child('conversion');
  oneOf(conversion.strategy, ['None', 'Webhook'], at.child('strategy'), faults);
  const client = conversion.webhook?.clientConfig;
  const versions = conversion.webhook?.conversionReviewVersions ?? [];
  const clientAt = at.child('webhookClientConfig');
  const versionsAt = at.child('conversionReviewVersions');
  if (conversion.strategy === 'Webhook') {
    if (client === undefined) faults.required(clientAt, 'required when strategy is set to Webhook');
    else checkWebhookClient(client, clientAt, faults);
    reviewRules(versions, versionsAt, faults);
  } else {
    const detail = 'should not be set when strategy is not set to Webhook';
    if (client !== undefined) faults.forbidden(clientAt, detail);
    if (versions.length > 0) faults.forbidden(versionsAt, detail);
  }
};

const storedVersionRules = ({ spec, status }: CustomResourceDefinition, faults: Faults): void => {
  const at = Path.of('status').child('storedVersions');
  const stored = status?.storedVersions ?? [];
  if (stored.length === 0) {
    faults.invalid(at, null, 'must have at least one stored version');
    return;
  }
  for (const { name, storage } of spec.versions) {
    if (storage && !stored.includes(name)) faults.invalid(at, stored, `must have the storage version ${name}`);
  }
  for (const [index, name] of stored.entries()) {
    if (spec.versions.some((version) => version.name === name)) continue;
    const detail = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    faults.invalid(at.index(index), name, detail);
  }
};

type Approval = 'approved' | 'bypassed' | 'missing' | 'invalid';

const approvalOf = ({ metadata }: CustomResourceDefinition): Approval => {
  const annotation = metadata?.annotations?.[approvalAnnotation] ?? '';
  if (annotation === '') return 'missing';
  if (annotation.startsWith('unapproved')) return 'bypassed';
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#\s]+/.test(annotation) ? 'approved' : 'invalid';
};

const isProtected = (group: string): boolean => /(^|\.)(k8s|kubernetes)\.io$/.test(group);

/** Groups of the Kubernetes community need the consent of its API review. */
const approvalRules = (
  definition: CustomResourceDefinition,
  current: CustomResourceDefinition | undefined,
  faults: Faults,
): void => {
  if (!isProtected(definition.spec.group)) return;
  const approval = approvalOf(definition);
  if (current !== undefined && approvalOf(current) === approval) return;
  const at = Path.of('metadata').child('annotations').key(approvalAnnotation);
  const must = `protected groups must have approval annotation "${approvalAnnotation}"`;
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111';
  if (approval === 'missing') faults.required(at, `${must}, ${see}`);
  if (approval === 'invalid') {
    const detail = `${must} with either a URL or a reason starting with "unapproved", ${see}`;
    faults.invalid(at, definition.metadata?.annotations?.[approvalAnnotation], detail);
  }
};

const judge = (definition: CustomResourceDefinition, current: CustomResourceDefinition | undefined, faults: Faults): void => {
  const { spec } = definition;
  groupRules(spec.group, faults);
  oneOf(spec.scope, ['Cluster', 'Namespaced'], specPath.child('scope'), faults);
  versionsRules(spec.versions, faults);
  namesRules(spec, faults);
  sharedRules(spec.versions ?? [], sharedOf(spec.versions ?? []), faults);
  conversionRules(spec.conversion, faults);
  storedVersionRules(definition, faults);
  approvalRules(definition, current, faults);
  if (spec.preserveUnknownFields === true && current?.spec.preserveUnknownFields !== true) {
    const detail = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
    faults.invalid(specPath.child('preserveUnknownFields'), true, detail);
  }
};

/** A new CustomResourceDefinition; it is named after what it defines. */
export const newCustomResourceDefinition = (definition: CustomResourceDefinition, faults: Faults): void => {
  const { name } = definition.metadata ?? {};
  const { names, group } = definition.spec;
  if (name !== undefined && name !== `${names.plural}.${group}`)
    faults.invalid(Path.of('metadata').child('name'), name, 'must be spec.names.plural+"."+spec.group');
  judge(definition, undefined, faults);
};

const immutable = 'field is immutable';

/** An update of a CustomResourceDefinition: what it is named stays, and what was stored stays readable. */
export const customResourceDefinitionUpdate = (
  next: CustomResourceDefinition,
  current: CustomResourceDefinition,
  faults: Faults,
): void => {
  judge(next, current, faults);
  const { spec } = next;
  const isEstablished = current.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True');
  if (isEstablished === true && spec.scope !== current.spec.scope) faults.invalid(specPath.child('scope'), spec.scope, immutable);
  const names = specPath.child('names');
  if (isEstablished === true && spec.names.kind !== current.spec.names.kind)
    faults.invalid(names.child('kind'), spec.names.kind, immutable);
  if (spec.group !== current.spec.group) faults.invalid(specPath.child('group'), spec.group, immutable);
  if (spec.names.plural !== current.spec.names.plural) faults.invalid(names.child('plural'), spec.names.plural, immutable);
};
