/** Up to which change something has been brought up to date; -1 before it ever was. */
export interface Reader {
  seen: number;
}

export const newReader = (): Reader => ({ seen: -1 });

/** Nodes in the order in which they changed, as their indices. */
export class ChangeLog {
  /** Complemented where not only the Pods of the node changed. */
  readonly #entries: number[] = [];
  /** How many changes came before the first entry. */
  #forgotten = 0;
  /** Per node, which change was its last. */
  readonly #last: Int32Array;

  constructor(nodes: number) {
    this.#last = new Int32Array(nodes);
  }

  add(node: number, isNodeItself: boolean): void {
    const entries = this.#entries;
    // Whoever has not looked for so long does better to look at every node again.
    if (entries.length > 4 * this.#last.length) {
      const most = 2 * this.#last.length;
      this.#forgotten += entries.length - most;
      entries.splice(0, entries.length - most);
    }
    this.#last[node] = this.#forgotten + entries.push(isNodeItself ? ~node : node) - 1;
  }

  /** Visits each node that has changed since the reader last came; all nodes when the reader is new or comes too late. */
  catchUp(reader: Reader, visit: (node: number, isNodeItself: boolean) => void): void {
    const entries = this.#entries;
    const forgotten = this.#forgotten;
    if (reader.seen < forgotten) {
      for (let node = 0; node < this.#last.length; node++) visit(node, true);
    } else {
      for (let at = reader.seen - forgotten; at < entries.length; at++) {
        const entry = entries[at] ?? 0;
        if (entry < 0) visit(~entry, true);
        // A node that changed again comes later.
        else if (this.#last[entry] === forgotten + at) visit(entry, false);
      }
    }
    reader.seen = forgotten + entries.length;
  }
}
