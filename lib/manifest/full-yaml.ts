import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { notePlace, type Parsed, type Places } from './parsed.js';
import { type Fault, limits, tooDeep, tooLong } from './problem.js';
import { keyOf, put, resolvePlain } from './scalar.js';

const standardTag = 'tag:yaml.org,2002:';

/** What the aliases of an input stand for, counted over all its documents. */
export interface AliasCount {
  values: number;
}

/** A fault after which the document has no value. */
class Unreadable extends Error {
  readonly fault: Fault;

  constructor(code: Fault['code'], message: string, offset: number) {
    super(message);
    this.fault = { code, message, offset };
  }
}

interface Anchored {
  readonly value: unknown;
  /** Values in it, those behind aliases included. */
  readonly size: number;
}

const binary = (text: string, offset: number): string => {
  const packed = text.replace(/\s/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(packed)) {
    throw new Unreadable('input/syntax', '!!binary value contains invalid base64 data', offset);
  }
  return Buffer.from(packed, 'base64').toString('utf8');
};

/** Turns the syntax tree of a document into JSON, as kubectl (go-yaml v2) does. */
class Converter {
  readonly #anchors = new Map<string, Anchored | undefined>();
  readonly #places: Places | undefined;
  readonly #aliases: AliasCount;
  readonly faults: Fault[] = [];
  #depth = 0;
  #size = 0;

  constructor(places: Places | undefined, aliases: AliasCount) {
    this.#places = places;
    this.#aliases = aliases;
  }

  value(node: Node | null, parent: number): unknown {
    const offset = node?.range?.[0] ?? parent;
    if (node === null) return null;
    if (isAlias(node)) return this.#alias(node.source, offset);
    if (++this.#depth > limits.depth) {
      const { code, message } = tooDeep(offset);
      throw new Unreadable(code, message, offset);
    }
    const before = this.#size++;
    const { anchor } = node as Scalar | YAMLMap | YAMLSeq;
    // Known from here on, complete only at its end: what lies between contains itself.
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    const value = isMap(node)
      ? this.#map(node, offset)
      : isSeq(node)
        ? this.#list(node, offset)
        : this.#scalar(node as Scalar, offset);
    if (anchor !== undefined) this.#anchors.set(anchor, { value, size: this.#size - before });
    this.#depth--;
    return value;
  }

  #alias(name: string, offset: number): unknown {
    const anchored = this.#anchors.get(name);
    if (anchored === undefined) {
      const message = this.#anchors.has(name) ? `anchor '${name}' value contains itself` : `unknown anchor '${name}' referenced`;
      throw new Unreadable('input/syntax', message, offset);
    }
    this.#size += anchored.size;
    this.#aliases.values += anchored.size;
    if (this.#aliases.values > limits.aliased) {
      throw new Unreadable('input/limit', `aliases stand for more than ${limits.aliased} values`, offset);
    }
    return anchored.value;
  }

  #scalar(node: Scalar, offset: number): unknown {
    const text = node.source ?? (typeof node.value === 'string' ? node.value : '');
    if (text.length > limits.scalar) {
      const { code, message } = tooLong(offset);
      throw new Unreadable(code, message, offset);
    }
    const value = this.#resolved(node, text, offset);
    if (typeof value !== 'number' || Number.isFinite(value)) return value;
    throw new Unreadable('input/syntax', `${text} is a number that JSON cannot hold; quote it to make it a string`, offset);
  }

  #resolved(node: Scalar, text: string, offset: number): unknown {
    if (node.tag === undefined) return node.type === Scalar.PLAIN ? resolvePlain(text) : text;
    if (!node.tag.startsWith(standardTag)) return text;
    const tag = node.tag.slice(standardTag.length);
    if (tag === 'binary') return binary(text, offset);
    if (!['int', 'float', 'bool', 'null'].includes(tag)) return text;
    const value = resolvePlain(text);
    const fits =
      tag === 'null'
        ? value === null
        : tag === 'bool'
          ? typeof value === 'boolean'
          : typeof value === 'number' && (tag === 'float' || Number.isInteger(value));
    if (!fits) throw new Unreadable('input/syntax', `cannot decode \`${text}\` as a !!${tag}`, offset);
    return value;
  }

  #list(node: YAMLSeq, offset: number): unknown[] {
    const list: unknown[] = [];
    for (const item of node.items as (Node | null)[]) {
      notePlace(this.#places, list, list.length, item?.range?.[0] ?? offset);
      list.push(this.value(item, offset));
    }
    return list;
  }

  #map(node: YAMLMap, offset: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    const written = new Set<string>();
    for (const pair of node.items as Pair<Node | null, Node | null>[]) {
      const at = pair.key?.range?.[0] ?? offset;
      if (
        isScalar(pair.key) &&
        pair.key.source === '<<' &&
        (pair.key.type === Scalar.PLAIN || pair.key.tag === `${standardTag}merge`)
      ) {
        this.#merge(map, pair.value, at);
        continue;
      }
      const name = this.value(pair.key, at);
      const key = typeof name === 'object' || name === undefined ? undefined : keyOf(name as string | number | boolean);
      if (key === undefined)
        throw new Unreadable('input/syntax', name === null ? 'a key is empty' : 'a key is a map or a list; keys are strings', at);
      if (written.has(key)) {
        const message = `key "${key}" stands twice in one map; kubectl silently takes the last one`;
        this.faults.push({ code: 'input/syntax', severity: 'warning', message, offset: at });
      }
      written.add(key);
      notePlace(this.#places, map, key, at);
      put(map, key, this.value(pair.value, at));
    }
    return map;
  }

  /** In go-yaml v2 a merge key sets its keys where it stands: it wins over what is written above it. */
  #merge(map: Record<string, unknown>, source: Node | null, offset: number): void {
    const value = this.value(source, offset);
    const parts = Array.isArray(value) ? value.toReversed() : [value];
    for (const part of parts as unknown[]) {
      if (typeof part !== 'object' || part === null || Array.isArray(part)) {
        throw new Unreadable('input/syntax', 'map merge requires map or sequence of maps as the value', offset);
      }
      for (const [key, member] of Object.entries(part)) {
        notePlace(this.#places, map, key, this.#places?.get(part)?.get(key) ?? offset);
        put(map, key, member);
      }
    }
  }
}

/**
 * The document in `text[start, end)`, whatever of YAML it uses, read as kubectl reads it: merge keys, YAML 1.1 booleans and
 * octal numbers, unknown tags ignored, of two equal keys the last one (with a warning).
 */
export const readFullYaml = (text: string, start: number, end: number, aliases: AliasCount, places?: Places): Parsed => {
  try {
    const document = parseDocument(text.slice(start, end), {
      schema: 'failsafe',
      strict: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
    const [error] = document.errors;
    if (error !== undefined) {
      const offset = start + error.pos[0];
      // The library's own guard against nesting that fills the stack.
      if (error.code === 'RESOURCE_EXHAUSTION') return { faults: [tooDeep(offset)] };
      return { faults: [{ code: 'input/syntax', message: error.message, offset }] };
    }
    const moved = places === undefined ? undefined : (new Map() as Places);
    const converter = new Converter(moved, aliases);
    const value = converter.value(document.contents as Node | null, 0);
    for (const [container, members] of moved ?? [])
      for (const [member, offset] of members) notePlace(places, container, member, start + offset);
    return { value, faults: converter.faults.map((fault) => ({ ...fault, offset: start + fault.offset })) };
  } catch (error) {
    if (error instanceof Unreadable) return { faults: [{ ...error.fault, offset: start + error.fault.offset }] };
    // A fault of the library must not become one of ours: the document is not read, and says so.
    return { faults: [{ code: 'input/syntax', message: error instanceof Error ? error.message : String(error), offset: start }] };
  }
};
