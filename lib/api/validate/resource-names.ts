import { qualifiedName } from '../names.js';

const names = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const forContainers = names('cpu memory ephemeral-storage');
const counted =
  'pods resourcequotas services replicationcontrollers secrets configmaps persistentvolumeclaims services.nodeports services.loadbalancers';
const integers = names(counted);
const forQuota = names(
  `cpu memory ephemeral-storage requests.cpu requests.memory requests.ephemeral-storage requests.storage limits.cpu limits.memory
  limits.ephemeral-storage ${counted}`,
);

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-');
const isQuotaHugePages = (name: string): boolean => isHugePages(name) || name.startsWith('requests.hugepages-');

/** Resources that Kubernetes itself knows: unprefixed, or of a kubernetes.io domain. */
export const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');

/** Resources of devices, counted in whole numbers: `example.com/gpu`. */
export const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0;

/** Whether Pods may together be promised more than there is. */
export const isOvercommitAllowed = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || (isNative(name) && !isHugePages(name));

export const isInteger = (name: string): boolean => integers.has(name) || isExtended(name);

export const isStandardForContainers = (name: string): boolean => forContainers.has(name) || isHugePages(name);

export const isStandardForQuota = (name: string): boolean => forQuota.has(name) || isQuotaHugePages(name);

export const isStandard = (name: string): boolean => isStandardForQuota(name) || name === 'storage';
