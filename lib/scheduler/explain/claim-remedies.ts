import { nearest } from '../../api/decode/suggest.js';
import type { PersistentVolume, PodSpec } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';
import { stepOf, writeAmount } from '../amount.js';
import { isBound, provisions, storageOf, unfitness } from '../plugins/volume-binding.js';
import { type Claim, storageClassNameOf } from '../volumes.js';
import { type Claimed, claimedBy, claimRef, disksOf } from './claimed.js';
import type { Edit, Remedy } from './explanation.js';
import { once, type Question } from './question.js';

const claimEdit = (
  question: Question,
  { volume, name }: Claimed,
  text: string,
  field: string,
  value: string,
  to: (claim: Claim) => Claim,
): Edit => ({ kind: 'claim', text, volume: volume.name, claim: claimRef(question, name), field, value, to });

const withClaimName = (spec: PodSpec, index: number, claimName: string): PodSpec => ({
  ...spec,
  volumes: (spec.volumes ?? []).map((volume, at) =>
    at === index ? { ...volume, persistentVolumeClaim: { ...volume.persistentVolumeClaim, claimName } } : volume,
  ),
});

/** Use a claim that exists. */
const otherClaims = ({ pod, cache }: Question, { volume, index, name }: Claimed): readonly Remedy[] => {
  const names = [...cache.lists['/PersistentVolumeClaim'].values()]
    .filter(({ metadata }) => (metadata.namespace ?? 'default') === pod.namespace)
    .map(({ metadata }) => metadata.name);
  const meant = nearest(name, names, 3);
  return (meant === undefined ? names.slice(0, 2) : [meant]).map((other) =>
    once(other === meant ? 1 : 4, {
      kind: 'template',
      text: `use the claim ${other} for volume ${volume.name}`,
      field: `volumes[${index}].persistentVolumeClaim.claimName`,
      value: other,
      to: (spec) => withClaimName(spec, index, other),
    }),
  );
};

/** Ask for no more than the largest volume of the class that only lacks size. */
const smaller = (question: Question, claimed: Claimed, claim: Claim): readonly Remedy[] => {
  const sizes = disksOf(question, claim)
    .filter((disk) => unfitness(disk, claim) === 'small')
    .map(({ spec }) => storageOf(spec?.capacity));
  const largest = Math.max(0, ...sizes);
  if (largest < stepOf('memory')) return [];
  const value = writeAmount('memory', largest);
  const to = (old: Claim): Claim => ({
    ...old,
    spec: { ...old.spec, resources: { ...old.spec?.resources, requests: { ...old.spec?.resources?.requests, storage: value } } },
  });
  return [
    once(
      3,
      claimEdit(question, claimed, `claim ${claimed.name}: storage <= ${value}`, 'spec.resources.requests.storage', value, to),
    ),
  ];
};

const otherClasses = (question: Question, claimed: Claimed, claim: Claim): readonly Remedy[] =>
  [...question.cache.lists['storage.k8s.io/StorageClass'].values()]
    .filter((one) => provisions(one) && one.metadata.name !== storageClassNameOf(claim))
    .slice(0, 3)
    .map(({ metadata: { name: value } }) =>
      once(
        4,
        claimEdit(
          question,
          claimed,
          `claim ${claimed.name}: storageClassName ${value}`,
          'spec.storageClassName',
          value,
          (old) => ({
            ...old,
            spec: { ...old.spec, storageClassName: value },
          }),
        ),
      ),
    );

/** PersistentVolumes made by hand for claims whose class makes none. */
const moreDisks = (question: Question, claim: Claim): readonly Remedy[] => {
  const { storageClassName, accessModes = [], resources: { requests: { storage } = {} } = {} } = claim.spec ?? {};
  if (storage === undefined) return [];
  const disk = (at: number): Admitted<PersistentVolume> => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `more-${claim.metadata.name}-${at}`, uid: `more/${claim.metadata.name}/${at}` },
    spec: {
      capacity: { storage: String(storage) },
      accessModes,
      ...(storageClassName !== undefined && { storageClassName }),
      persistentVolumeReclaimPolicy: 'Retain',
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
      hostPath: { path: `/mnt/${claim.metadata.name}-${at}` },
    },
    status: { phase: 'Available' },
  });
  return [
    {
      steps: question.waiting,
      cost: (step) => 5 + step,
      at: (step) => ({
        kind: 'add',
        text: `add ${step === 1 ? 'a PersistentVolume' : `${step} PersistentVolumes`} of ${storageClassName ? `class ${storageClassName}` : 'no class'} with ${storage} (${accessModes.join(' ')})`,
        objects: Array.from({ length: step }, (_, at) => disk(at + 1)),
      }),
    },
  ];
};

/** What would get a claim a volume. */
export const claimRemedies = (question: Question, claimed: Claimed): readonly Remedy[] => {
  const { claim } = claimed;
  if (claimed.volume.ephemeral !== undefined) return [];
  if (claim === undefined) return otherClaims(question, claimed);
  if (isBound(claim)) return [];
  const storageClass = question.cache.lists['storage.k8s.io/StorageClass'].get(storageClassNameOf(claim));
  return [
    ...smaller(question, claimed, claim),
    ...otherClasses(question, claimed, claim),
    ...(provisions(storageClass) ? [] : moreDisks(question, claim)),
  ];
};

/** Let several Pods use what one has to itself. */
export const shareRemedies = (question: Question): readonly Remedy[] =>
  claimedBy(question)
    .filter(({ claim }) => claim?.spec?.accessModes?.includes('ReadWriteOncePod') === true)
    .map((claimed) =>
      once(
        3,
        claimEdit(
          question,
          claimed,
          `claim ${claimed.name}: access mode ReadWriteOnce`,
          'spec.accessModes',
          'ReadWriteOnce',
          (old) => ({
            ...old,
            spec: { ...old.spec, accessModes: ['ReadWriteOnce'] },
          }),
        ),
      ),
    );
