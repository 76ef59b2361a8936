import type { ObjectFieldSelector, Pod } from '../api/generated/types.js';
import { qualifiedName } from '../api/names.js';
import { quote } from '../api/quote.js';
import { subscriptOf } from '../api/subscript.js';

/** A text, or why there is none. */
export type Resolved = { readonly value: string } | { readonly error: string };

/** What a container may ask about its Pod and node beyond the Pod object itself. */
export interface PodAddresses {
  readonly podIPs: readonly string[];
  readonly hostIPs: readonly string[];
}

/** Labels or annotations as the downward API gives them: one `key="value"` a line, sorted by key. */
const formatMap = (map: Readonly<Record<string, string>> = {}): string =>
  Object.keys(map)
    .sort()
    .map((key) => `${key}=${quote(map[key] ?? '')}`)
    .join('\n');

const own = (map: Readonly<Record<string, string>> | undefined, key: string): string =>
  map !== undefined && Object.hasOwn(map, key) ? (map[key] ?? '') : '';

/** Fields that the API allows but that neither variables nor volumes carry. */
const convertible = new Set(['spec.restartPolicy', 'spec.schedulerName', 'status.phase']);

/** One field of the Pod for a variable or a downward API file, in the kubelet's words when it cannot be had. */
export const podField = (pod: Pod, { fieldPath, apiVersion = 'v1' }: ObjectFieldSelector, addresses: PodAddresses): Resolved => {
  if (apiVersion !== 'v1') return { error: `unsupported pod version: ${apiVersion}` };
  const meta = pod.metadata;
  const subscript = subscriptOf(fieldPath);
  if (subscript !== undefined) {
    const { path, key } = subscript;
    const maps = { 'metadata.labels': meta?.labels, 'metadata.annotations': meta?.annotations };
    if (path !== 'metadata.labels' && path !== 'metadata.annotations') {
      return { error: `field label does not support subscript: ${fieldPath}` };
    }
    // Annotation keys may have upper case letters in their domain.
    const faults = qualifiedName(path === 'metadata.labels' ? key : key.toLowerCase());
    if (faults.length > 0) return { error: `invalid key subscript in ${fieldPath}: ${faults.join(';')}` };
    return { value: own(maps[path], key) };
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
