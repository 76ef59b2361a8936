import type { Topology } from './topology.js';

/** Is told how the count of a node changes. */
export interface CountListener {
  change(node: number, amount: number): void;
}

/** Pods per domain of a topology. */
export class DomainSums implements CountListener {
  readonly topology: Topology;
  readonly #sums = new Map<number, number>();
  #total = 0;
  /** Grows with every change. */
  version = 0;

  constructor(topology: Topology) {
    this.topology = topology;
  }

  /** Whether no domain has any Pod. */
  get isEmpty(): boolean {
    return this.#total === 0;
  }

  of(domain: number): number {
    return this.#sums.get(domain) ?? 0;
  }

  /** The sum of the node's domain; -1 where the node has none. */
  at(node: number): number {
    const domain = this.topology.domainOf[node] ?? -1;
    return domain < 0 ? -1 : this.of(domain);
  }

  change(node: number, amount: number): void {
    const domain = this.topology.domainOf[node] ?? -1;
    if (domain >= 0) this.add(domain, amount);
  }

  protected add(domain: number, amount: number): void {
    this.#total += amount;
    this.version++;
    this.#sums.set(domain, this.of(domain) + amount);
  }
}

/** The sums of a topology spread constraint: over the nodes that count for it. */
export class SpreadSums extends DomainSums {
  readonly #counts: Uint8Array | undefined;
  readonly #unlabelled: number;

  /** `counts`: 1 for nodes that count; undefined when all do. `unlabelled`: the domain of nodes without the label; -1 if they count nowhere. */
  constructor(topology: Topology, counts: Uint8Array | undefined, unlabelled = -1) {
    super(topology);
    this.#counts = counts;
    this.#unlabelled = unlabelled;
  }

  override change(node: number, amount: number): void {
    if (this.#counts?.[node] === 0) return;
    const domain = this.topology.domainOf[node] ?? -1;
    if (domain >= 0) this.add(domain, amount);
    else if (this.#unlabelled >= 0) this.add(this.#unlabelled, amount);
  }
}

const countedDomains = ({ domainOf }: Topology, counts: Uint8Array): number => {
  const domains = new Set<number>();
  for (const [node, domain] of domainOf.entries()) if (domain >= 0 && counts[node] === 1) domains.add(domain);
  return domains.size;
};

/** Sums that know the least of them. */
export class LeveledSums extends SpreadSums {
  /** How many domains have which sum. */
  readonly #domainsAt = new Map<number, number>();
  readonly domains: number;
  #least = 0;

  constructor(topology: Topology, counts: Uint8Array | undefined) {
    super(topology, counts);
    this.domains = counts === undefined ? topology.size : countedDomains(topology, counts);
    if (this.domains > 0) this.#domainsAt.set(0, this.domains);
  }

  /** The sum of the least loaded domain; 0 if there is none. */
  get least(): number {
    return this.#least;
  }

  protected override add(domain: number, amount: number): void {
    const before = this.of(domain);
    super.add(domain, amount);
    const after = before + amount;
    const left = (this.#domainsAt.get(before) ?? 0) - 1;
    if (left > 0) this.#domainsAt.set(before, left);
    else this.#domainsAt.delete(before);
    this.#domainsAt.set(after, (this.#domainsAt.get(after) ?? 0) + 1);
    if (after < this.#least) this.#least = after;
    else while (!this.#domainsAt.has(this.#least)) this.#least++;
  }
}
