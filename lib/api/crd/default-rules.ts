import { Faults } from '../validate/faults.js';
import { Path } from '../validate/path.js';
import { checkEmbedded, type EmbeddedReading, readEmbedded } from './embedded.js';
import { identical } from './json.js';
import { pruneValue } from './prune.js';
import { reportFailures } from './result.js';
import { checkRules } from './rules.js';
import { defaultOf, type Schema } from './schema.js';
import { checkValue } from './value.js';

const checkDefaultRules = (value: unknown, schema: Schema, at: string, faults: Faults): void => {
  if (!schema.hasRules) return;
  const found = { faults: new Faults(), warned: new Faults() };
  checkRules(value, schema, schema.isEmbeddedResource, at, found, { old: value });
  // A rule may ask for more where there is nothing to compare with.
  if (found.faults.list.length === 0) checkRules(value, schema, schema.isEmbeddedResource, at, found);
  faults.merge(found.faults);
};

const checkDefault = (value: unknown, schema: Schema, at: string, faults: Faults): void => {
  if (!identical(pruneValue(value, schema), value)) faults.invalid(Path.of(at), value, 'must not have unknown fields');
  const reading: EmbeddedReading = { unknown: [], malformed: [] };
  readEmbedded(value, schema, at, reading);
  const found = new Faults();
  if (reading.malformed.length > 0) found.merge({ list: reading.malformed });
  else checkEmbedded(value, schema, at, found);
  if (found.list.length === 0) reportFailures(checkValue(value, schema, ''), at, found);
  if (found.list.length === 0) checkDefaultRules(value, schema, at, found);
  faults.merge(found);
};

const metaFields: ReadonlySet<string> = new Set(['metadata', 'kind', 'apiVersion']);

/**
 * Reports defaults that would be pruned or that their own schema refuses. Defaults within the metadata of embedded resources
 * are taken as they are.
 */
export const checkDefaults = (schema: Schema, at: string, isResource: boolean, faults: Faults): void => {
  if (!schema.hasDefaults) return;
  const value = defaultOf(schema.props);
  if (value !== undefined) checkDefault(value, schema, `${at}.default`, faults);
  if (schema.items !== undefined) checkDefaults(schema.items, `${at}.items`, schema.items.isEmbeddedResource, faults);
  for (const [name, property] of schema.properties) {
    if (isResource && metaFields.has(name)) continue;
    checkDefaults(property, `${at}.properties[${name}]`, property.isEmbeddedResource, faults);
  }
};
