import type { NodeInfo } from '../node-info.js';
import { csiVolumesOf } from '../plugins/node-volume-limits.js';
import { conflict, isRestricted } from '../plugins/volume-restrictions.js';
import { claimNameOf } from '../volumes.js';
import { claimFact } from './claim-facts.js';
import { claimRemedies, shareRemedies } from './claim-remedies.js';
import { claimedBy } from './claimed.js';
import type { Fact } from './explanation.js';
import { type Explainer, firstOf, podsAt, type Question } from './question.js';

const exclusiveFacts = (question: Question): readonly Fact[] =>
  claimedBy(question).flatMap(({ name, claim, volume }): readonly Fact[] => {
    if (claim?.spec?.accessModes?.includes('ReadWriteOncePod') !== true) return [];
    const { pod, cache } = question;
    const users = podsAt(
      cache.nodes,
      (other) => other.namespace === pod.namespace && (other.spec.volumes ?? []).some((one) => claimNameOf(one, other) === name),
    );
    const { first, more } = firstOf(users);
    return users.length === 0
      ? []
      : [{ kind: 'disk', volume: `${volume.name} (claim ${name}, ReadWriteOncePod)`, heldBy: first, more }];
  });

const diskFacts = ({ pod }: Question, nodes: readonly NodeInfo[]): readonly Fact[] =>
  (pod.spec.volumes ?? []).filter(isRestricted).flatMap((volume): readonly Fact[] => {
    const users = podsAt(nodes, ({ spec }) => (spec.volumes ?? []).some((held) => conflict(volume, held)));
    const { first, more } = firstOf(users);
    return users.length === 0 ? [] : [{ kind: 'disk', volume: volume.name, heldBy: first, more }];
  });

/** VolumeBinding, VolumeZone: claims and where their volumes are. */
export const claims: Explainer = {
  facts: (question) => claimedBy(question).flatMap((claimed) => claimFact(question, claimed)),
  remedies: (question) => claimedBy(question).flatMap((claimed) => claimRemedies(question, claimed)),
};

/** VolumeRestrictions: disks and claims that two Pods cannot share. */
export const sharing: Explainer = {
  facts(question, { reason, nodes }) {
    if (reason.endsWith('not found')) return claims.facts(question, { reason, nodes });
    return reason.includes('ReadWriteOncePod') ? exclusiveFacts(question) : diskFacts(question, nodes);
  },
  remedies(question, { reason, nodes }) {
    if (reason.endsWith('not found')) return claims.remedies(question, { reason, nodes });
    return reason.includes('ReadWriteOncePod') ? shareRemedies(question) : [];
  },
};

/** NodeVolumeLimits: how many volumes of a driver a node can attach. */
export const volumeLimits: Explainer = {
  facts({ pod, cache }, { nodes }) {
    const drivers = new Set([...csiVolumesOf(pod, cache).values()].map(({ driver }) => driver));
    return [...drivers].flatMap((driver): readonly Fact[] => {
      const loads = nodes.flatMap((node) => {
        const csiNode = cache.lists['storage.k8s.io/CSINode'].get(node.name);
        const limit = csiNode?.spec.drivers.find(({ name }) => name === driver)?.allocatable?.count;
        if (limit === undefined) return [];
        const attached = new Set(
          [...node.pods.values()]
            .flatMap((other) => [...csiVolumesOf(other, cache)])
            .filter(([, volume]) => volume.driver === driver)
            .map(([key]) => key),
        );
        return [{ node: node.name, attached: attached.size, limit }];
      });
      const [best] = loads.sort((a, b) => b.limit - b.attached - (a.limit - a.attached));
      return best === undefined ? [] : [{ kind: 'volumeLimit', driver, ...best }];
    });
  },
  remedies: () => [],
};
