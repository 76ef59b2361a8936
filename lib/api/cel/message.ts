import { isList, isMap, Message, type Value } from './value.js';

const mismatches = (value: Value, path: string): readonly string[] => {
  if (value instanceof Message) {
    const own =
      value.type === path
        ? []
        : [`unexpected type name "${value.type}", expected "${path}", which matches field name path from root Object type`];
    return [...own, ...[...value.fields].flatMap(([name, field]) => mismatches(field, `${path}.${name}`))];
  }
  if (isList(value)) return value.flatMap((item) => mismatches(item, path));
  return isMap(value) ? value.keys().flatMap((key) => mismatches(value.get(key) ?? null, path)) : [];
};

/** Which types of a patch are not named after their place: `Object.spec.template` belongs into the field `template` of an `Object.spec`. */
export const messageMismatch = (value: Value): string | undefined => {
  const patches = isList(value) ? value : [value];
  const found = patches.flatMap((patch) => {
    if (!(patch instanceof Message)) return [];
    if (patch.type !== 'JSONPatch') return mismatches(patch, patch.type);
    const made = patch.fields.get('value');
    return made instanceof Message ? mismatches(made, made.type) : [];
  });
  return found.length === 0 ? undefined : found.join('\n');
};
