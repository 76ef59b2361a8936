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

/** The name that `.name`, looked up from the outside, stands for. */
export const withoutDot = (name: string): string => (name.startsWith('.') ? name.slice(1) : name);

/** The expressions that one is made of, in the order in which they are written. */
export const childrenOf = (node: Node): readonly Node[] => {
  switch (node.kind) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
    case 'optSelect':
      return [node.of];
    case 'call':
      return [...(node.target === undefined ? [] : [node.target]), ...node.args];
    case 'list':
      return node.items.map(({ value }) => value);
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'message':
      return node.fields.map(({ value }) => value);
    case 'fold':
      return [node.range, ...(node.filter === undefined ? [] : [node.filter]), node.step];
    case 'optMap':
      return [node.target, node.step];
  }
};

/** Selections, member calls and operators with sides; chains of `&&` and `||` are one. */
const isLink = (node: Node): boolean => {
  if (node.kind !== 'call') return ['select', 'optSelect', 'fold', 'optMap'].includes(node.kind);
  const { name, target } = node;
  return target !== undefined || name === '@in' || (/^_\W/.test(name) && name !== '_&&_' && name !== '_||_');
};

/** Whether more than `most` links stand within each other. */
export const isDeeper = (node: Node, most: number): boolean => {
  const left = isLink(node) ? most - 1 : most;
  return left < 0 || childrenOf(node).some((child) => isDeeper(child, left));
};
