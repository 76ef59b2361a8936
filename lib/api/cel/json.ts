import { durationText, parseDuration, parseTimestamp, timestampText } from './time.js';
import { type CelType, dyn, type ObjectType } from './type.js';
import {
  type CelList,
  type CelMap,
  Duration,
  isList,
  isMap,
  Message,
  Opaque,
  Optional,
  Timestamp,
  Uint,
  type Value,
} from './value.js';

type Json = Readonly<Record<string, unknown>>;

const escapes: readonly (readonly [string, string])[] = [
  ['__', '__underscores__'],
  ['.', '__dot__'],
  ['-', '__dash__'],
  ['/', '__slash__'],
];
// Words of the language: a field of such a name is written `__in__`.
const words = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** The JSON name of a field as an expression writes it: `__namespace__` is `namespace`. */
const unescapeField = (field: string): string => {
  if (!field.includes('__')) return field;
  const word = /^__(\w+)__$/.exec(field)?.[1];
  if (word !== undefined && words.has(word)) return word;
  let name = field;
  for (const [plain, escaped] of escapes.slice(1)) name = name.replaceAll(escaped, plain);
  return name.replaceAll('__underscores__', '__');
};

/** Whether an expression may write the field as it is. */
export const fieldOf = (type: ObjectType, field: string): CelType | undefined => {
  if (type.unescaped) return type.fields.get(field);
  if (words.has(field)) return undefined;
  return type.fields.get(unescapeField(field));
};

/** An object of JSON. */
class JsonMap implements CelMap {
  readonly #json: Json;
  readonly #type: CelType;

  constructor(json: Json, type: CelType) {
    this.#json = json;
    this.#type = type;
  }

  get isObject(): boolean {
    return this.#type.kind === 'object';
  }

  get size(): number {
    return Object.keys(this.#json).length;
  }

  get(key: Value): Value | undefined {
    if (typeof key !== 'string') return undefined;
    const name = this.#type.kind === 'object' && !this.#type.unescaped ? unescapeField(key) : key;
    if (!Object.hasOwn(this.#json, name) || this.#json[name] === undefined) return undefined;
    return fromJson(this.#json[name], this.#typeOf(name));
  }

  keys(): readonly Value[] {
    return Object.keys(this.#json).filter((key) => this.#json[key] !== undefined);
  }

  #typeOf(name: string): CelType {
    if (this.#type.kind === 'object') return this.#type.fields.get(name) ?? dyn;
    return this.#type.kind === 'map' ? this.#type.value : dyn;
  }
}

const bytesOf = (base64: string): Uint8Array | undefined => {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
};

const scalar = (json: string, type: CelType): Value => {
  if (type.kind === 'timestamp') return parseTimestamp(json.includes('T') ? json : `${json}T00:00:00Z`) ?? json;
  if (type.kind === 'duration') return parseDuration(json) ?? json;
  return type.kind === 'bytes' ? (bytesOf(json) ?? json) : json;
};

/** JSON as CEL sees it. A whole number is an int unless it is declared a double. */
export const fromJson = (json: unknown, type: CelType = dyn): Value => {
  if (type.kind === 'optional') return new Optional(json === undefined ? undefined : fromJson(json, type.value));
  if (json === undefined || json === null) return null;
  if (typeof json === 'number') return type.kind !== 'double' && Number.isInteger(json) ? BigInt(json) : json;
  if (typeof json === 'string') return scalar(json, type);
  if (typeof json === 'boolean') return json;
  if (json instanceof Opaque) return json;
  if (Array.isArray(json)) {
    const element = type.kind === 'list' ? type.element : dyn;
    const list: Value[] = json.map((item) => fromJson(item, element));
    if (type.kind !== 'list' || type.listType === undefined) return list;
    return Object.assign(list, { listType: type.listType, mapKeys: type.mapKeys ?? [] }) as CelList;
  }
  return new JsonMap(json as Json, type);
};

/** A value as plain JSON: what an evaluation answers. */
export const toJson = (value: Value): unknown => {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint) return Number(value.value);
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value));
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Optional) return value.value === undefined ? undefined : toJson(value.value);
  if (isList(value)) return value.map(toJson);
  if (value instanceof Message) return entriesToJson([...value.fields]);
  if (isMap(value)) return entriesToJson(value.keys().map((key) => [String(toJson(key)), value.get(key) ?? null]));
  return undefined;
};

const entriesToJson = (entries: readonly (readonly [string, Value])[]): unknown =>
  Object.fromEntries(entries.map(([key, value]) => [key, toJson(value)]));
