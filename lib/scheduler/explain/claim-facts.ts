import { labelOf } from '../labels.js';
import type { NodeInfo } from '../node-info.js';
import { isBound, matchesNode, provisions, unfitness } from '../plugins/volume-binding.js';
import { placesOf } from '../plugins/volume-zone.js';
import { type Claim, type PersistentDisk, storageClassNameOf } from '../volumes.js';
import { type Claimed, claimRef, disksOf } from './claimed.js';
import type { Fact } from './explanation.js';
import { firstOf, type Question } from './question.js';

const unfit = {
  deleted: () => 'is being deleted',
  claimed: ({ spec }: PersistentDisk) => `belongs to ${spec?.claimRef?.namespace}/${spec?.claimRef?.name}`,
  small: ({ spec }: PersistentDisk) => `holds only ${spec?.capacity?.storage}`,
  mode: ({ spec }: PersistentDisk) => `has the volumeMode ${spec?.volumeMode ?? 'Filesystem'}`,
  attributes: () => 'has another volumeAttributesClassName',
  phase: ({ status }: PersistentDisk) => `is ${status?.phase ?? 'Pending'}`,
  selector: () => "does not match the claim's selector",
  access: ({ spec }: PersistentDisk) => `offers ${(spec?.accessModes ?? []).join(' ')}`,
} as const;

const placesText = (disk: PersistentDisk): string => {
  const labels = placesOf(disk.metadata.labels).map(({ key, values }) => `${key}=${[...values].join('|')}`);
  const terms = (disk.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? []).map(({ matchExpressions = [] }) =>
    matchExpressions.map(({ key, operator, values = [] }) => `${key} ${operator} [${values.join(' ')}]`).join(' and '),
  );
  return [...labels, ...terms].join(' or ');
};

const isNear = (disk: PersistentDisk, node: NodeInfo): boolean =>
  matchesNode(disk, node) &&
  placesOf(disk.metadata.labels).every(({ key, values }) => {
    const value = labelOf(node.labels, key);
    return value === undefined || values.has(value);
  });

/** What an unbound claim would need, and what there is. */
const unboundText = (question: Question, claim: Claim): string => {
  const className = storageClassNameOf(claim);
  const storageClass = question.cache.lists['storage.k8s.io/StorageClass'].get(className);
  const asks = claim.spec?.resources?.requests?.storage;
  const wants = `asks for ${asks ?? 'storage'} (${(claim.spec?.accessModes ?? []).join(' ')}) of ${className === '' ? 'no StorageClass' : `StorageClass ${className}`}`;
  const { first, more } = firstOf(disksOf(question, claim));
  const found =
    first.length === 0
      ? 'there is no PersistentVolume of it'
      : `${first
          .map((disk) => {
            const why = unfitness(disk, claim);
            return `${disk.metadata.name} ${why === undefined ? `is bound to nodes with ${placesText(disk)}` : unfit[why](disk)}`;
          })
          .join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  if (className !== '' && storageClass === undefined) return `${wants}, which does not exist; ${found}`;
  if (!provisions(storageClass)) return `${wants}, which provisions nothing; ${found}`;
  const topologies = (storageClass.allowedTopologies ?? []).flatMap(({ matchLabelExpressions = [] }) => matchLabelExpressions);
  const where = topologies.map(({ key, values }) => `${key} in [${values.join(' ')}]`).join(', ');
  if (storageClass.volumeBindingMode !== 'WaitForFirstConsumer') return `${wants}, and is not bound yet; ${found}`;
  return where === ''
    ? `${wants}, whose driver has not enough room left`
    : `${wants}, which provisions only where ${where}; ${found}`;
};

/** Where the volume of a claim is, or why it has none. */
export const claimFact = (question: Question, { name, claim }: Claimed): readonly Fact[] => {
  const object = claimRef(question, name);
  if (claim === undefined) return [{ kind: 'volume', object, text: 'does not exist' }];
  if (claim.metadata.deletionTimestamp !== undefined) return [{ kind: 'volume', object, text: 'is being deleted' }];
  const { nodes, lists } = question.cache;
  if (!isBound(claim)) return [{ kind: 'volume', object, text: unboundText(question, claim) }];
  const disk = lists['/PersistentVolume'].get(claim.spec?.volumeName ?? '');
  if (disk === undefined)
    return [{ kind: 'volume', object, text: `is bound to ${claim.spec?.volumeName}, which does not exist` }];
  const where = placesText(disk);
  if (where === '') return [];
  const near = nodes.filter((node) => isNear(disk, node)).map(({ name: node }) => node);
  return [
    { kind: 'volume', object, text: `is bound to PersistentVolume ${disk.metadata.name}, which is at ${where}`, nodes: near },
  ];
};
