import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '../api/generated/types.js';
import { type Admitted, refOf } from '../api/object.js';
import { quote } from '../api/quote.js';
import { equal } from './equal.js';
import type { ApiServer } from './server.js';

type Definition = Admitted<CustomResourceDefinition>;
type Names = Partial<CustomResourceDefinitionNames>;
type Server = Pick<ApiServer, 'store' | 'updateStatus' | 'clock' | 'delete'>;

interface Conflict {
  readonly reason: string;
  readonly message: string;
}

/** Names that other definitions of the group have, of resources and of kinds. */
const taken = (
  definition: Definition,
  all: readonly Definition[],
): { readonly resources: Set<string>; readonly kinds: Set<string> } => {
  const others = all.filter(
    ({ spec, metadata }) => spec.group === definition.spec.group && metadata.uid !== definition.metadata.uid,
  );
  const names = others.map(({ status }): Names => status?.acceptedNames ?? {});
  const known = (list: readonly (string | undefined)[]): Set<string> => new Set(list.flatMap((name) => name || []));
  return {
    resources: known(names.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular, ...shortNames])),
    kinds: known(names.flatMap(({ kind, listKind }) => [kind, listKind])),
  };
};

/** The names that the definition gets, and the last of the reasons why it does not get all that it asks for. */
const accept = (definition: Definition, all: readonly Definition[]): { readonly names: Names; readonly conflict?: Conflict } => {
  const asked = definition.spec.names;
  const { resources, kinds } = taken(definition, all);
  const names: { -readonly [Field in keyof Names]: Names[Field] } = { ...definition.status?.acceptedNames };
  let conflict: Conflict | undefined;
  const claim = (field: 'plural' | 'singular' | 'kind' | 'listKind', used: ReadonlySet<string>, reason: string): void => {
    const name = asked[field];
    if (name !== undefined && name !== names[field] && used.has(name))
      conflict = { reason, message: `${quote(name)} is already in use` };
    else if (name !== undefined) names[field] = name;
  };
  claim('plural', resources, 'PluralConflict');
  claim('singular', resources, 'SingularConflict');
  const clashing = (asked.shortNames ?? []).filter((name) => resources.has(name) && !names.shortNames?.includes(name));
  if (clashing.length > 0) {
    const texts = clashing.map((name) => `${quote(name)} is already in use`);
    conflict = { reason: 'ShortNamesConflict', message: texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]` };
  } else if (asked.shortNames !== undefined) names.shortNames = asked.shortNames;
  claim('kind', kinds, 'KindConflict');
  claim('listKind', kinds, 'ListKindConflict');
  if (asked.categories !== undefined) names.categories = asked.categories;
  return { names, ...(conflict && { conflict }) };
};

const statusOf = (definition: Definition, all: readonly Definition[], now: string): object => {
  const { names, conflict } = accept(definition, all);
  const isAccepted = conflict === undefined;
  const before = definition.status?.conditions?.find(({ type }) => type === 'Established');
  const isEstablished = isAccepted || before?.status === 'True';
  const condition = (type: string, isTrue: boolean, reason: string, message: string): object => ({
    type,
    status: isTrue ? 'True' : 'False',
    lastTransitionTime: now,
    reason,
    message,
  });
  return {
    ...definition.status,
    conditions: [
      condition('NamesAccepted', isAccepted, conflict?.reason ?? 'NoConflicts', conflict?.message ?? 'no conflicts found'),
      isEstablished
        ? condition('Established', true, 'InitialNamesAccepted', 'the initial names have been accepted')
        : condition('Established', false, 'NotAccepted', 'not all names are accepted'),
    ],
    acceptedNames: names,
  };
};

/**
 * Gives new definitions their names and establishes them, first come, first served; a definition that goes takes its custom
 * resources along (the naming, establishing and finalizing controllers of kube-apiserver).
 */
export const acceptNames = (api: Server): void => {
  const consider = (definition: Definition): void => {
    if (equal(definition.spec.names, definition.status?.acceptedNames)) return;
    const { status } = definition;
    const next = statusOf(definition, api.store.list('CustomResourceDefinition'), api.clock.timestamp);
    const isSame = equal({ ...next, conditions: undefined }, { ...status, conditions: undefined });
    if (!isSame || (status?.conditions ?? undefined) === undefined) api.updateStatus(definition, next);
  };
  api.store.watch(
    ({ type, object }) => {
      const definition = object as Admitted as Definition;
      if (type !== 'deleted') {
        consider(definition);
        return;
      }
      const { group, names } = definition.spec;
      for (const resource of api.store.list({ apiVersion: `${group}/`, kind: names.kind })) api.delete(refOf(resource));
      for (const other of api.store.list('CustomResourceDefinition')) if (other.spec.group === group) consider(other);
    },
    ['CustomResourceDefinition'],
  );
};
