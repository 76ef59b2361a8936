import { figure, median } from './figure.js';
import { measured } from './measured.js';

const runs = 3;

/** Decoding, defaulting and validating the objects of the shop, again and again under other names: objects a second on one core. */
export const judge = (): void => {
  const results = measured<{ readonly rate: number }>('objects-judged', runs);
  figure('judge/objects a second', median(results.map(({ rate }) => rate)), 'objects');
};
