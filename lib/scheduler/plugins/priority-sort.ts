import type { Plugin } from '../framework.js';

/** Orders the queue by priority, highest first; Pods of equal priority keep the order of their arrival. */
export const prioritySort = {
  name: 'PrioritySort',
  queueSort: (a: number, b: number): number => b - a,
} satisfies Plugin;
