/** Up to which change something has been brought up to date. */
export interface Reader {
  epoch: number;
  seen: number;
}

export const newReader = (): Reader => ({ epoch: -1, seen: 0 });

/** Nodes in the order in which they changed, as their indices. */
export class ChangeLog {
  /** Complemented where not only the Pods of the node changed. */
  readonly #entries: number[] = [];
  /** Per node, where in the log its last change is. */
  readonly #last: Int32Array;
  /** Grows when entries are forgotten. */
  #epoch = 0;

  constructor(nodes: number) {
    this.#last = new Int32Array(nodes);
  }

  add(node: number, isNodeItself: boolean): void {
    // Whoever has not looked for so long does better to look at every node again.
    if (this.#entries.length > 4 * this.#last.length) {
      this.#entries.length = 0;
      this.#epoch++;
    }
    this.#last[node] = this.#entries.push(isNodeItself ? ~node : node) - 1;
  }

  /** Visits each node that has changed since the reader last came; all nodes when the reader is new or comes too late. */
  catchUp(reader: Reader, visit: (node: number, isNodeItself: boolean) => void): void {
    const entries = this.#entries;
    if (reader.epoch !== this.#epoch) {
      for (let node = 0; node < this.#last.length; node++) visit(node, true);
    } else {
      for (let at = reader.seen; at < entries.length; at++) {
        const entry = entries[at] ?? 0;
        if (entry < 0) visit(~entry, true);
        // A node that changed again comes later.
        else if (this.#last[entry] === at) visit(entry, false);
      }
    }
    reader.epoch = this.#epoch;
    reader.seen = entries.length;
  }
}
