/** An object by construct or by name. */
export type Named = string | { readonly name: string };

export const nameOf = (named: Named): string => (typeof named === 'string' ? named : named.name);
