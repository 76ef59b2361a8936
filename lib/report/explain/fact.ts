import { type ObjectRef, refText } from '../../api/object.js';
import type { Blocker, Fact, SpreadDomain } from '../../scheduler/explain/explanation.js';

/** The first of many names. */
export const few = (names: readonly string[], most = 4): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `namespace/name`. */
export const podText = ({ namespace, name }: ObjectRef): string => (namespace === undefined ? name : `${namespace}/${name}`);

const andMore = (names: readonly string[], more: number): string => `${names.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;

const blockersText = (blockers: readonly Blocker[], more: number): string =>
  andMore(
    blockers.map(({ object, at }) => `${podText(object)} (${at})`),
    more,
  );

const mostDomains = 6;

const spreadText = ({ topologyKey, maxSkew, minDomains, domains, more }: Extract<Fact, { kind: 'spread' }>): string => {
  const [fewest] = domains;
  const over = domains.filter(({ skew }) => skew > maxSkew);
  const domainText = ({ domain, pods, skew }: SpreadDomain): string => `${domain} has ${pods} and would be ${skew} ahead`;
  const least =
    domains.length + more < minDomains
      ? `there are ${plural(domains.length, 'domain')}, and fewer than minDomains ${minDomains} count as if one more were empty`
      : `the fewest are in ${fewest?.domain ?? 'none'}: ${fewest?.pods ?? 0}`;
  const others = more === 0 ? '' : `; there are ${more} more domains`;
  return `${topologyKey} may be ${maxSkew} ahead at most: ${few(over.map(domainText), mostDomains)}; ${least}${others}`;
};

/** What stands behind a refusal, in words. */
export const factText = (fact: Fact): string => {
  switch (fact.kind) {
    case 'resource': {
      const { resource, asks, node, free, size, heldBy, more } = fact;
      const held = heldBy.map(({ object, amount }) => `${podText(object)} ${amount}`);
      return `asks ${asks} ${resource}; most is free on ${node}: ${free} of ${size}${held.length === 0 ? '' : `, held by ${andMore(held, more)}`}`;
    }
    case 'pods':
      return `${fact.node} runs ${fact.runs} Pods of at most ${fact.size}`;
    case 'taint':
      return `${fact.taint} on ${few(fact.nodes)}${fact.near === undefined ? '' : `; the Pod tolerates ${fact.near}`}`;
    case 'selector': {
      const values = fact.values.map(({ value, nodes }) => `${value === '' ? '""' : value} (${plural(nodes, 'node')})`);
      const met = fact.met === 0 ? 'no node meets it' : `${plural(fact.met, 'node')} ${fact.met === 1 ? 'meets' : 'meet'} it`;
      // Where those that meet it are the only ones with the label, its values say nothing new.
      const isKnown = values.length === 0 || (values.length === 1 && fact.values[0]?.nodes === fact.met);
      return `${fact.requirement}: ${met}${isKnown ? '' : `; there is ${values.join(', ')}`}`;
    }
    case 'hostPort':
      return `${fact.port} is held by ${blockersText(fact.heldBy, fact.more)}`;
    case 'affinity':
      return fact.found.length === 0
        ? `must be near ${fact.term} by ${fact.topologyKey}: there is no such Pod on a node`
        : `must be near ${fact.term} by ${fact.topologyKey}: ${blockersText(fact.found, fact.more)}`;
    case 'antiAffinity':
      return fact.whose === 'own'
        ? `must be apart from ${fact.term} by ${fact.topologyKey}: ${blockersText(fact.blockers, fact.more)}`
        : `${blockersText(fact.blockers, fact.more)} must be apart by ${fact.topologyKey} from ${fact.term}, which this Pod is`;
    case 'spread':
      return spreadText(fact);
    case 'noLabel':
      return `no label ${fact.key} on ${few(fact.nodes)}`;
    case 'volume': {
      const where = fact.nodes === undefined ? '' : fact.nodes.length === 0 ? ': no node is there' : ` (${few(fact.nodes)})`;
      return `${refText(fact.object)} ${fact.text}${where}`;
    }
    case 'volumeLimit':
      return `${fact.driver} attaches at most ${plural(fact.limit, 'volume')} to ${fact.node}, which has ${fact.attached}`;
    case 'disk':
      return `volume ${fact.volume} is in use by ${blockersText(fact.heldBy, fact.more)}`;
    case 'features':
      return `needs ${fact.features.join(', ')}`;
    case 'nominated':
      return `${fact.node} is kept for ${few(fact.pods.map(podText))}`;
  }
};
