/** A name as container runtimes read it: registry, path, tag, digest; anything else counts as no image name. */
const reference =
  /^(?:[A-Za-z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::(\w[\w.-]{0,127}))?(@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/;

const read = (image: string): string => {
  const match = reference.exec(image);
  if (match === null) return 'IfNotPresent';
  const [, tag, digest] = match;
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent';
};

// The same few images come again and again; bounded so that a hostile manifest cannot grow it.
const known = new Map<string, string>();
const mostKnown = 1000;

/** An image without a tag or digest, or with the tag `latest`, is pulled each time; any other only when it is missing. */
export const pullPolicy = (image = ''): string => {
  const found = known.get(image);
  if (found !== undefined) return found;
  const policy = read(image);
  if (known.size < mostKnown) known.set(image, policy);
  return policy;
};
