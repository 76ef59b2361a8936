import type { Labels } from '../../api/selector.js';

/** How many Pods of which nodes have one label: the node alone where it is a single Pod, as with most labels. */
type Holders = number | Map<number, number>;

const noNodes: readonly number[] = [];

/** undefined once there are none left. */
const changed = (holders: Holders | undefined, node: number, amount: 1 | -1): Holders | undefined => {
  if (holders === undefined) return amount > 0 ? node : undefined;
  if (typeof holders === 'number') {
    if (amount < 0 && holders === node) return undefined;
    return changed(new Map([[holders, 1]]), node, amount);
  }
  const count = (holders.get(node) ?? 0) + amount;
  if (count > 0) holders.set(node, count);
  else holders.delete(node);
  return holders.size > 0 ? holders : undefined;
};

/** Which nodes have Pods with a label. */
export class LabelCounts {
  readonly #values = new Map<string, Map<string, Holders>>();

  change(node: number, labels: Labels, amount: 1 | -1): void {
    const keys = Object.keys(labels);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] ?? '';
      const value = labels[key] ?? '';
      let values = this.#values.get(key);
      if (values === undefined) {
        values = new Map();
        this.#values.set(key, values);
      }
      const before = values.get(value);
      const after = changed(before, node, amount);
      if (after === undefined) values.delete(value);
      else if (after !== before) values.set(value, after);
    }
  }

  /** Whether there are Pods with each of these labels. */
  haveAll(labels: Labels): boolean {
    const keys = Object.keys(labels);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] ?? '';
      if (this.#values.get(key)?.has(labels[key] ?? '') !== true) return false;
    }
    return true;
  }

  /** The nodes that have Pods with this label, `key=value`: neither has a `=` of its own. */
  nodesWith(pair: string): readonly number[] {
    const equals = pair.indexOf('=');
    const holders = this.#values.get(pair.slice(0, equals))?.get(pair.slice(equals + 1));
    if (holders === undefined) return noNodes;
    return typeof holders === 'number' ? [holders] : [...holders.keys()];
  }
}
