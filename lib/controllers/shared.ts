import { equal } from '../apiserver/equal.js';

/** Gives what was made last again for its like: what most objects have in common is kept once, and not with each of them. */
export const sharing = <T extends object>(): ((made: T) => T) => {
  let last: T | undefined;
  return (made) => {
    if (last === undefined || !equal(last, made)) last = made;
    return last;
  };
};

/** Gives what was made last again while what it is made of stays the same. */
export const remembering = <A, B, C, T>(make: (a: A, b: B, c: C) => T): ((a: A, b: B, c: C) => T) => {
  let last: { readonly a: A; readonly b: B; readonly c: C; readonly made: T } | undefined;
  return (a, b, c) => {
    if (last === undefined || last.a !== a || last.b !== b || last.c !== c) last = { a, b, c, made: make(a, b, c) };
    return last.made;
  };
};
