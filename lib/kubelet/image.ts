const pathComponent = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const domainComponent = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = `(?:${domainComponent}(?:\\.${domainComponent})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const tag = '\\w[\\w.-]{0,127}';
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const reference = new RegExp(`^(?:${domain}/)?${pathComponent}(?:/${pathComponent})*(?::${tag})?(?:@${digest})?$`, 'u');

/** The repository without its registry, as image names are completed: `nginx` is `library/nginx` of docker.io. */
const remoteName = (image: string): string => {
  const slash = image.indexOf('/');
  const first = image.slice(0, slash);
  const isDomain = slash >= 0 && (/[.:]/u.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  const rest = isDomain ? image.slice(slash + 1) : image;
  const name = rest.split(/[:@]/u, 1)[0] ?? '';
  return isDomain || rest.includes('/') ? name : `library/${name}`;
};

const judge = (image: string): string | undefined => {
  if (/^[0-9a-f]{64}$/u.test(image)) return `invalid repository name (${image}), cannot specify 64-byte hexadecimal strings`;
  const remote = remoteName(image);
  if (remote.toLowerCase() !== remote) return `invalid reference format: repository name (${remote}) must be lowercase`;
  return reference.test(image) ? undefined : 'invalid reference format';
};

/** Names that can be read: many containers run few images. */
const readable = new Set<string>();
const mostReadable = 1000;

/** Why an image name cannot be read (InvalidImageName), in the kubelet's words. */
export const imageProblem = (image: string): string | undefined => {
  if (readable.has(image)) return undefined;
  const problem = judge(image);
  if (problem !== undefined)
    return `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${problem}`;
  if (readable.size === mostReadable) readable.clear();
  readable.add(image);
  return undefined;
};
