import type { Labels } from '../../api/selector.js';

/** How many Pods of which nodes have one label. */
class Holders {
  /** Most labels are on Pods of one node only. */
  #node = -1;
  #count = 0;
  #more: Map<number, number> | undefined;

  /** False once there are none left. */
  change(node: number, amount: 1 | -1): boolean {
    if (this.#more === undefined) {
      if (this.#count === 0) this.#node = node;
      if (this.#node === node) {
        this.#count += amount;
        return this.#count > 0;
      }
      this.#more = new Map([[this.#node, this.#count]]);
    }
    const count = (this.#more.get(node) ?? 0) + amount;
    if (count > 0) this.#more.set(node, count);
    else this.#more.delete(node);
    return this.#more.size > 0;
  }

  get nodes(): readonly number[] {
    return this.#more === undefined ? [this.#node] : [...this.#more.keys()];
  }
}

/** Which nodes have Pods with a label. */
export class LabelCounts {
  readonly #values = new Map<string, Map<string, Holders>>();

  change(node: number, labels: Labels, amount: 1 | -1): void {
    for (const key of Object.keys(labels)) {
      const value = labels[key] ?? '';
      let values = this.#values.get(key);
      if (values === undefined) {
        values = new Map();
        this.#values.set(key, values);
      }
      let holders = values.get(value);
      if (holders === undefined) {
        holders = new Holders();
        values.set(value, holders);
      }
      if (!holders.change(node, amount)) values.delete(value);
    }
  }

  /** Whether there are Pods with each of these labels. */
  haveAll(labels: Labels): boolean {
    for (const key of Object.keys(labels)) {
      if (this.#values.get(key)?.has(labels[key] ?? '') !== true) return false;
    }
    return true;
  }

  /** The nodes that have Pods with this label, `key=value`: neither has a `=` of its own. */
  nodesWith(pair: string): readonly number[] {
    const equals = pair.indexOf('=');
    return this.#values.get(pair.slice(0, equals))?.get(pair.slice(equals + 1))?.nodes ?? [];
  }
}
