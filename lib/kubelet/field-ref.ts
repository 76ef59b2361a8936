import type { ObjectFieldSelector, Pod } from '../api/generated/types.js';

/** A text, or why there is none. */
export type Resolved = { readonly value: string } | { readonly error: string };

/** What a container may ask about its Pod and node beyond the Pod object itself. */
export interface PodAddresses {
  readonly podIPs: readonly string[];
  readonly hostIPs: readonly string[];
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
};

/** A string as Go quotes it: control characters and what cannot be printed are escaped. */
const goQuote = (text: string): string => {
  let quoted = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const known = escapes[character];
    if (known !== undefined) quoted += known;
    else if (code < 0x20 || code === 0x7f) quoted += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (/[\p{C}\p{Z}]/u.test(character) && character !== ' ') {
      quoted += code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
    } else quoted += character;
  }
  return `"${quoted}"`;
};

/** Labels or annotations as the downward API gives them: one `key="value"` a line, sorted by key. */
const formatMap = (map: Readonly<Record<string, string>> = {}): string =>
  Object.keys(map)
    .sort()
    .map((key) => `${key}=${goQuote(map[key] ?? '')}`)
    .join('\n');

const subscripted = /^(.+?)\['(.*)'\]$/su;

const own = (map: Readonly<Record<string, string>> | undefined, key: string): string =>
  map !== undefined && Object.hasOwn(map, key) ? (map[key] ?? '') : '';

/** Fields that the API allows but that neither variables nor volumes carry. */
const convertible = new Set(['spec.restartPolicy', 'spec.schedulerName', 'status.phase']);

/** One field of the Pod for a variable or a downward API file, in the kubelet's words when it cannot be had. */
export const podField = (pod: Pod, { fieldPath, apiVersion = 'v1' }: ObjectFieldSelector, addresses: PodAddresses): Resolved => {
  if (apiVersion !== 'v1') return { error: `unsupported pod version: ${apiVersion}` };
  const meta = pod.metadata;
  const [, path, key] = subscripted.exec(fieldPath) ?? [];
  if (path !== undefined && key !== undefined) {
    if (path === 'metadata.labels') return { value: own(meta?.labels, key) };
    if (path === 'metadata.annotations') return { value: own(meta?.annotations, key) };
    return { error: `field label does not support subscript: ${fieldPath}` };
  }
  switch (fieldPath) {
    case 'metadata.name':
      return { value: meta?.name ?? '' };
    case 'metadata.namespace':
      return { value: meta?.namespace ?? '' };
    case 'metadata.uid':
      return { value: meta?.uid ?? '' };
    case 'metadata.labels':
      return { value: formatMap(meta?.labels) };
    case 'metadata.annotations':
      return { value: formatMap(meta?.annotations) };
    case 'spec.nodeName':
    case 'spec.host':
      return { value: pod.spec?.nodeName ?? '' };
    case 'spec.serviceAccountName':
      return { value: pod.spec?.serviceAccountName ?? '' };
    case 'status.hostIP':
      return { value: addresses.hostIPs[0] ?? '' };
    case 'status.hostIPs':
      return { value: addresses.hostIPs.join(',') };
    case 'status.podIP':
      return { value: addresses.podIPs[0] ?? '' };
    case 'status.podIPs':
      return { value: addresses.podIPs.join(',') };
    default:
      return {
        error: convertible.has(fieldPath) ? `unsupported fieldPath: ${fieldPath}` : `field label not supported: ${fieldPath}`,
      };
  }
};
