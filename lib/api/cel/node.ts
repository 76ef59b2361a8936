import type { Value } from './value.js';

/** An element of a list literal; `?e` is optional. */
export interface Item {
  readonly value: Node;
  readonly optional: boolean;
}

export interface Entry extends Item {
  readonly key: Node;
}

/** A field of `Object{...}`. */
export interface Field extends Item {
  readonly at: number;
  readonly name: string;
}

export type FoldMacro =
  | 'all'
  | 'exists'
  | 'exists_one'
  | 'map'
  | 'filter'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry'
  | 'sortBy';

/** A macro that runs over a list or map: `range.all(variable, step)`, `range.map(variable, filter, step)`. */
export interface FoldNode {
  readonly kind: 'fold';
  readonly at: number;
  readonly macro: FoldMacro;
  readonly range: Node;
  readonly variable: string;
  /** Of the macros with two variables: index and element, key and value. */
  readonly second?: string;
  readonly filter?: Node;
  readonly step: Node;
}

/** An expression as a tree; `at` is the offset that a fault of the node is shown at. */
export type Node =
  | { readonly kind: 'literal'; readonly at: number; readonly value: Value }
  | { readonly kind: 'ident'; readonly at: number; readonly name: string }
  /** `test`: inside `has()`. */
  | { readonly kind: 'select'; readonly at: number; readonly of: Node; readonly field: string; readonly test: boolean }
  /** `a.?b` */
  | { readonly kind: 'optSelect'; readonly at: number; readonly of: Node; readonly field: string }
  | { readonly kind: 'call'; readonly at: number; readonly name: string; readonly target?: Node; readonly args: readonly Node[] }
  | { readonly kind: 'list'; readonly at: number; readonly items: readonly Item[] }
  | { readonly kind: 'map'; readonly at: number; readonly entries: readonly Entry[] }
  | { readonly kind: 'message'; readonly at: number; readonly name: string; readonly fields: readonly Field[] }
  | FoldNode
  /** `target.optMap(variable, step)`; `flat`: optFlatMap. */
  | {
      readonly kind: 'optMap';
      readonly at: number;
      readonly flat: boolean;
      readonly target: Node;
      readonly variable: string;
      readonly step: Node;
    };
