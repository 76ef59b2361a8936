/** A box to place. */
export interface Box {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where boxes stand (their upper left corners), and the points that arrows pass. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Point>;
  /** In the order of the arrows: from the side of one box to the side of the other. */
  readonly routes: readonly (readonly Point[])[];
}

/** A box, or the place where an arrow passes a layer. */
interface Slot {
  readonly layer: number;
  readonly width: number;
  readonly height: number;
  readonly before: Slot[];
  readonly after: Slot[];
  order: number;
  y: number;
}

const gap = { layer: 110, row: 22, margin: 24 } as const;
const passage = 10;
/** Room for a line of text between two arrows. */
const label = 15;
const narrowest = 720;
const sweeps = 12;

/** Arrows that close a circle when they are followed from the boxes in their order; they are laid out the other way round. */
const backwards = (
  boxes: readonly Box[],
  out: ReadonlyMap<string, readonly string[]>,
  roots: readonly string[],
): ReadonlySet<string> => {
  const found = new Set<string>();
  const state = new Map<string, 'open' | 'done'>();
  for (const root of [...roots, ...boxes.map(({ id }) => id)]) {
    if (state.has(root)) continue;
    state.set(root, 'open');
    const stack = [{ id: root, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const target = out.get(top.id)?.[top.next++];
      if (target === undefined) {
        state.set(top.id, 'done');
        stack.pop();
      } else if (state.get(target) === 'open') found.add(`${top.id} ${target}`);
      else if (!state.has(target)) {
        state.set(target, 'open');
        stack.push({ id: target, next: 0 });
      }
    }
  }
  return found;
};

const grouped = (arrows: readonly Arrow[]): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const { from, to } of arrows) found.set(from, [...(found.get(from) ?? []), to]);
  return found;
};

/** The layer of each box: one more than the last of those before it. */
const layersOf = (boxes: readonly Box[], arrows: readonly Arrow[]): ReadonlyMap<string, number> => {
  const out = grouped(arrows);
  const waiting = new Map(boxes.map(({ id }) => [id, 0]));
  for (const { to } of arrows) waiting.set(to, (waiting.get(to) ?? 0) + 1);
  const layers = new Map(boxes.map(({ id }) => [id, 0]));
  const ready = boxes.flatMap(({ id }) => (waiting.get(id) === 0 ? [id] : []));
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    for (const to of out.get(id) ?? []) {
      layers.set(to, Math.max(layers.get(to) ?? 0, (layers.get(id) ?? 0) + 1));
      const left = (waiting.get(to) ?? 0) - 1;
      waiting.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  return layers;
};

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, each) => sum + each, 0) / values.length;

/** Fewer crossings: each layer in the order of the means of its neighbours, from left to right and back. */
const reorder = (layers: readonly Slot[][]): void => {
  const place = (layer: Slot[], side: 'before' | 'after'): void => {
    const wanted = new Map(layer.map((slot) => [slot, mean(slot[side].map(({ order }) => order)) ?? slot.order]));
    layer.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || a.order - b.order);
    for (const [order, slot] of layer.entries()) slot.order = order;
  };
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const layer of layers) place(layer, 'before');
    for (const layer of [...layers].reverse()) place(layer, 'after');
  }
};

const middle = ({ y, height }: Slot): number => y + height / 2;

/** Each slot as near to its neighbours as the others of its layer leave room. */
const align = (layers: readonly Slot[][]): void => {
  for (const layer of layers) {
    let y = 0;
    for (const slot of layer) {
      slot.y = y;
      y += slot.height + gap.row;
    }
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const layer of sweep % 2 === 0 ? layers : [...layers].reverse()) {
      const wanted = layer.map((slot) => (mean([...slot.before, ...slot.after].map(middle)) ?? middle(slot)) - slot.height / 2);
      let floor = Number.NEGATIVE_INFINITY;
      const placed = layer.map((slot, index) => {
        const y = Math.max(wanted[index] ?? 0, floor);
        floor = y + slot.height + gap.row;
        return y;
      });
      const shift = mean(placed.map((y, index) => (wanted[index] ?? 0) - y)) ?? 0;
      for (const [index, slot] of layer.entries()) slot.y = (placed[index] ?? 0) + shift;
    }
  }
};

/** How far from the middle of its side each of several arrows meets a box, in the order in which they come. */
const spread = (chains: readonly (readonly Slot[])[], end: 'first' | 'last'): readonly number[] => {
  const at = (chain: readonly Slot[], step: number): Slot | undefined => chain.at(end === 'first' ? step : -1 - step);
  const meeting = new Map<Slot, number[]>();
  for (const [index, chain] of chains.entries()) {
    const slot = at(chain, 0);
    if (slot !== undefined) meeting.set(slot, [...(meeting.get(slot) ?? []), index]);
  }
  const found = chains.map(() => 0);
  for (const [slot, own] of meeting) {
    const far = (index: number): number => {
      const next = at(chains[index] ?? [], 1);
      return next === undefined ? 0 : middle(next);
    };
    const step = Math.min(label, (slot.height - passage) / own.length);
    for (const [place, index] of own.toSorted((a, b) => far(a) - far(b)).entries())
      found[index] = (place - (own.length - 1) / 2) * step;
  }
  return found;
};

/** Boxes without arrows, in rows below the others. */
const inRows = (boxes: readonly Box[], width: number, top: number): ReadonlyMap<string, Point> => {
  const found = new Map<string, Point>();
  let [x, y, tallest]: [number, number, number] = [gap.margin, top, 0];
  for (const box of boxes) {
    if (x > gap.margin && x + box.width > width) [x, y, tallest] = [gap.margin, y + tallest + gap.row, 0];
    found.set(box.id, { x, y });
    [x, tallest] = [x + box.width + gap.row, Math.max(tallest, box.height)];
  }
  return found;
};

/** Boxes in layers from left to right, arrows along the free places between them. The same input gives the same picture. */
export const layOut = (boxes: readonly Box[], arrows: readonly Arrow[]): Layout => {
  const out = grouped(arrows);
  const ends = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const entered = new Set(arrows.map(({ to }) => to));
  const joined = boxes.filter(({ id }) => ends.has(id));
  const roots = joined.flatMap(({ id }) => (entered.has(id) ? [] : [id]));
  const back = backwards(joined, out, roots);
  const isBack = ({ from, to }: Arrow): boolean => back.has(`${from} ${to}`);
  const forward = arrows.map((arrow): Arrow => (isBack(arrow) ? { from: arrow.to, to: arrow.from } : arrow));
  const layerOf = layersOf(joined, forward);
  const layers: Slot[][] = [];
  const add = (layer: number, width: number, height: number): Slot => {
    while (layers.length <= layer) layers.push([]);
    const slots = layers[layer] ?? [];
    const slot: Slot = { layer, width, height, before: [], after: [], order: slots.length, y: 0 };
    slots.push(slot);
    return slot;
  };
  const slots = new Map(joined.map(({ id, width, height }) => [id, add(layerOf.get(id) ?? 0, width, height)]));
  const chains = forward.map(({ from, to }): readonly Slot[] => {
    const [first, last] = [slots.get(from), slots.get(to)];
    if (first === undefined || last === undefined) return [];
    const passages = Array.from({ length: last.layer - first.layer - 1 }, (_, index) => add(first.layer + 1 + index, 0, passage));
    const chain = [first, ...passages, last];
    for (const [index, slot] of chain.slice(1).entries()) {
      chain[index]?.after.push(slot);
      slot.before.push(chain[index] ?? slot);
    }
    return chain;
  });
  reorder(layers);
  align(layers);

  const widths = layers.map((layer) => Math.max(0, ...layer.map(({ width }) => width)));
  const lefts = widths.map((_, index) => gap.margin + widths.slice(0, index).reduce((sum, each) => sum + each + gap.layer, 0));
  const ys = layers.flat();
  const top = Math.min(...ys.map(({ y }) => y), Number.POSITIVE_INFINITY);
  const at = (x: number, y: number): Point => ({ x: Math.round(x), y: Math.round(y - top + gap.margin) });
  const [starts, stops] = [spread(chains, 'first'), spread(chains, 'last')];
  const routes = chains.map((chain, index): readonly Point[] => {
    const points = chain.flatMap((slot, step): readonly Point[] => {
      const x = lefts[slot.layer] ?? 0;
      if (step === 0) return [at(x + slot.width, middle(slot) + (starts[index] ?? 0))];
      if (step === chain.length - 1) return [at(x, middle(slot) + (stops[index] ?? 0))];
      return [at(x, middle(slot)), at(x + (widths[slot.layer] ?? 0), middle(slot))];
    });
    const arrow = arrows[index];
    return arrow !== undefined && isBack(arrow) ? points.toReversed() : points;
  });
  const drawn = joined.length === 0 ? 0 : Math.round(Math.max(...ys.map(({ y, height }) => y + height)) - top + gap.margin);
  const width = Math.max(Math.round((lefts.at(-1) ?? 0) + (widths.at(-1) ?? 0) + gap.margin), narrowest);
  const alone = boxes.filter(({ id }) => !ends.has(id));
  const below = inRows(alone, width - gap.margin, drawn + gap.row);
  const bottom = Math.max(drawn, ...alone.map(({ id, height }) => (below.get(id)?.y ?? 0) + height));
  return {
    width,
    height: bottom + gap.margin,
    boxes: new Map([...[...slots].map(([id, slot]) => [id, at(lefts[slot.layer] ?? 0, slot.y)] as const), ...below]),
    routes,
  };
};
