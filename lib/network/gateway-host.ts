/**
 * Whether a host name of the Gateway API takes every host that another name takes, which may be the host itself. A wildcard stands for one
 * label or several; an absent name takes any host.
 */
export const takesHost = (pattern: string | undefined, name: string | undefined): boolean =>
  pattern === undefined ||
  pattern === name ||
  (name !== undefined && pattern.startsWith('*.') && name.length >= pattern.length && name.endsWith(pattern.slice(1)));

/** The hosts that both of two names take; undefined when there is none. */
export const commonHost = (
  one: string | undefined,
  another: string | undefined,
): { readonly hostname: string | undefined } | undefined => {
  if (takesHost(one, another)) return { hostname: another };
  return takesHost(another, one) ? { hostname: one } : undefined;
};

/** How closely a name that takes a host fits it: exact names before wildcards, longer ones before shorter ones. */
export const closeness = (hostname: string | undefined): number =>
  hostname === undefined ? 0 : hostname.length + (hostname.startsWith('*.') ? 0 : 1000);
