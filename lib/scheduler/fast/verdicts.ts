import type { NodeRefusal } from '../decision.js';

/** Refusals, numbered by what they say. 0 stands for none. */
export class Verdicts {
  readonly #refusals: (NodeRefusal | undefined)[] = [undefined];
  readonly #byIdentity = new WeakMap<NodeRefusal, number>();
  readonly #byContent = new Map<string, number>();

  id(refusal: NodeRefusal | undefined): number {
    if (refusal === undefined) return 0;
    const known = this.#byIdentity.get(refusal);
    if (known !== undefined) return known;
    const content = `${refusal.plugin} ${refusal.code} ${refusal.reasons.join('\n')}`;
    let id = this.#byContent.get(content);
    if (id === undefined) {
      id = this.#refusals.push(refusal) - 1;
      this.#byContent.set(content, id);
      // Most refusals are constants of their plugin; those that are not would only fill the map.
      this.#byIdentity.set(refusal, id);
    }
    return id;
  }

  refusal(id: number): NodeRefusal | undefined {
    return this.#refusals[id];
  }
}
