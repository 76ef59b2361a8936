import { equal } from '../apiserver/equal.js';

/** Gives what was made last again for its like: what most objects have in common is kept once, and not with each of them. */
export const sharing = <T extends object>(): ((made: T) => T) => {
  let last: T | undefined;
  return (made) => {
    if (last === undefined || !equal(last, made)) last = made;
    return last;
  };
};
