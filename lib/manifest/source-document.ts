import { contentStart, type Span } from './documents.js';
import { fieldOffset } from './field.js';
import { readFullYaml } from './full-yaml.js';
import type { Provenance, SourceLocation } from './manifest.js';
import type { Places } from './parsed.js';
import { readPlainYaml } from './plain-yaml.js';
import type { SourceText } from './source-text.js';

const memberOf = (value: unknown, step: string | number): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[step] : undefined;

/**
 * A document that was read, and can say where things stand in it. Most are never asked: only the first question parses the
 * document once more, with positions.
 */
export class SourceDocument {
  readonly #source: SourceText;
  readonly #span: Span;
  #parsed: { readonly value: unknown; readonly places: Places } | undefined;

  constructor(source: SourceText, span: Span) {
    this.#source = source;
    this.#span = span;
  }

  #positions(): { readonly value: unknown; readonly places: Places } {
    if (this.#parsed !== undefined) return this.#parsed;
    const { start, end } = this.#span;
    const plain: Places = new Map();
    const read = readPlainYaml(this.#source.text, start, end, plain);
    if (read !== undefined) {
      this.#parsed = { value: read.value, places: plain };
    } else {
      const places: Places = new Map();
      this.#parsed = { value: readFullYaml(this.#source.text, start, end, { values: 0 }, places).value, places };
    }
    return this.#parsed;
  }

  /** Where the document begins, or the member of it that `steps` lead to. */
  locate(steps: readonly (string | number)[]): SourceLocation {
    let offset = contentStart(this.#source.text, this.#span) ?? this.#span.start;
    if (steps.length > 0) {
      const { value, places } = this.#positions();
      let container = value;
      for (const step of steps) {
        offset = (typeof container === 'object' && container !== null ? places.get(container)?.get(step) : undefined) ?? offset;
        container = memberOf(container, step);
      }
    }
    return this.#source.locate(offset);
  }

  /** Provenance of the object that `steps` lead to: none for a document that is one object, `items`, 3 in a List. */
  provenance(steps: readonly (string | number)[]): Provenance {
    // An own getter, so that a copy of the provenance keeps the place.
    const locate = (): SourceLocation => this.locate(steps);
    return {
      get source() {
        return locate();
      },
      fieldSource: (path) => {
        const { value, places } = this.#positions();
        const offset = fieldOffset(steps.reduce(memberOf, value), places, path);
        return offset === undefined ? undefined : this.#source.locate(offset);
      },
    };
  }
}
