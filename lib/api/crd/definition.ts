import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
  CustomResourceSubresourceScale,
} from '../generated/types.js';
import { type Schema, schemaOf } from './schema.js';

/** One version of a definition, as requests for it are judged. */
export interface ServedVersion {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly schema: Schema;
  /** Status is a subresource: only requests for it change it. */
  readonly hasStatus: boolean;
  readonly scale: CustomResourceSubresourceScale | undefined;
  /** Set where the author says so. */
  readonly deprecationWarning: string | undefined;
  readonly columns: NonNullable<CustomResourceDefinitionVersion['additionalPrinterColumns']>;
}

const anything: Schema = schemaOf({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true });

/** Versions as Kubernetes ranks them: `v2` before `v1`, and `v1` before `v1beta2` before `v1alpha1`. */
const rankOf = (version: string): readonly [stability: number, major: number, minor: number] => {
  const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  if (major === undefined) return [-1, 0, 0];
  return [stage === undefined ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor ?? 0)];
};

const compareVersions = (a: string, b: string): number => {
  const [left, right] = [rankOf(a), rankOf(b)];
  for (const [index, rank] of left.entries()) if (rank !== right[index]) return rank - (right[index] ?? 0);
  return a < b ? 1 : a > b ? -1 : 0;
};

/** What the server says of a deprecated version whose author says nothing. */
const deprecation = ({ spec }: CustomResourceDefinition, version: string): string => {
  const named = (name: string): string => `${spec.group}/${name} ${spec.names.kind}`;
  const [best] = spec.versions
    .filter(({ name, served, deprecated }) => served && deprecated !== true && compareVersions(version, name) < 0)
    .map(({ name }) => name)
    .sort((a, b) => compareVersions(b, a));
  return `${named(version)} is deprecated${best === undefined ? '' : `; use ${named(best)}`}`;
};

const compile = (definition: CustomResourceDefinition, version: CustomResourceDefinitionVersion): ServedVersion => {
  const { group, names, scope } = definition.spec;
  const { schema, subresources, deprecated, deprecationWarning } = version;
  return {
    group,
    version: version.name,
    kind: names.kind,
    plural: names.plural,
    namespaced: scope === 'Namespaced',
    schema: schema?.openAPIV3Schema === undefined ? anything : schemaOf(schema.openAPIV3Schema),
    hasStatus: subresources?.status !== undefined,
    scale: subresources?.scale,
    deprecationWarning: deprecated === true ? (deprecationWarning ?? deprecation(definition, version.name)) : undefined,
    columns: version.additionalPrinterColumns ?? [],
  };
};

const compiled = new WeakMap<CustomResourceDefinitionVersion, ServedVersion>();

/** A version of a definition if it is served, compiled once. */
export const servedVersion = (definition: CustomResourceDefinition, name: string): ServedVersion | undefined => {
  const version = definition.spec.versions.find((one) => one.name === name && one.served);
  if (version === undefined) return undefined;
  const known = compiled.get(version);
  if (known !== undefined) return known;
  const made = compile(definition, version);
  compiled.set(version, made);
  return made;
};
