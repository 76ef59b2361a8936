import type { ContainerImage } from '../api/generated/types.js';

/** One image name: on how many nodes it is, and its size in bytes as the first of them reported it. */
interface ImageState {
  readonly size: number;
  readonly nodes: Set<string>;
}

/** Which images are on which nodes. */
export class ImageStates {
  readonly #states = new Map<string, ImageState>();

  add(nodeName: string, images: readonly ContainerImage[]): void {
    for (const { names = [], sizeBytes = 0 } of images) {
      for (const name of names) {
        const state = this.#states.get(name);
        if (state === undefined) this.#states.set(name, { size: sizeBytes, nodes: new Set([nodeName]) });
        else state.nodes.add(nodeName);
      }
    }
  }

  remove(nodeName: string, images: readonly ContainerImage[]): void {
    for (const { names = [] } of images) {
      for (const name of names) {
        const state = this.#states.get(name);
        state?.nodes.delete(nodeName);
        if (state?.nodes.size === 0) this.#states.delete(name);
      }
    }
  }

  get(name: string): { readonly size: number; readonly nodes: ReadonlySet<string> } | undefined {
    return this.#states.get(name);
  }
}
