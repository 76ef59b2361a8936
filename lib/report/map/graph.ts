import type { MapReport, MapWorkload } from './map.js';

/** A box or pill of the picture. */
export interface GraphNode {
  readonly id: string;
  readonly kind: 'workload' | 'namespace' | 'everyone' | 'outside';
  /** First what it is called, then what there is to say of it. */
  readonly lines: readonly string[];
  readonly namespace?: string | undefined;
  /** No policy is about who may connect to it. */
  readonly open?: boolean | undefined;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly kind: 'allowed' | 'called' | 'blocked' | 'gained' | 'lost';
}

/** What Mermaid, DOT and SVG draw. */
export interface Graph {
  readonly title: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** What is left out, or drawn as one. */
  readonly notes: readonly string[];
}

/** More workloads are drawn as their namespaces; more arrows than this are counted. */
const mostWorkloads = 60;
const mostEdges = 200;
const mostLabels = 3;

const joined = (texts: readonly string[]): string =>
  texts.length <= mostLabels
    ? texts.join(', ')
    : `${texts.slice(0, mostLabels).join(', ')} and ${texts.length - mostLabels} more`;

/** Nodes and edges as they are found, each once. */
export class GraphBuilder {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #edges = new Map<
    string,
    { readonly from: string; readonly to: string; kind: GraphEdge['kind']; readonly labels: Set<string> }
  >();

  /** Returns the id of the node of that key. */
  node(key: string, make: () => Omit<GraphNode, 'id'>): string {
    const known = this.#nodes.get(key) ?? { id: `n${this.#nodes.size + 1}`, ...make() };
    this.#nodes.set(key, known);
    return known.id;
  }

  /** A later kind takes the place of an earlier one. */
  edge(from: string, to: string, kind: GraphEdge['kind'], labels: readonly string[]): void {
    const key = `${from} ${to} ${kind === 'gained' || kind === 'lost' ? kind : ''}`;
    const known = this.#edges.get(key);
    if (known === undefined) this.#edges.set(key, { from, to, kind, labels: new Set(labels) });
    else {
      known.kind = kind;
      for (const label of labels) known.labels.add(label);
    }
  }

  done(title: string, notes: readonly string[]): Graph {
    const edges = [...this.#edges.values()].map(({ labels, ...edge }): GraphEdge => ({ ...edge, label: joined([...labels]) }));
    const left = edges.length - mostEdges;
    return {
      title,
      nodes: [...this.#nodes.values()],
      edges: edges.slice(0, mostEdges),
      notes: left > 0 ? [...notes, `${left} more connections are left out: --namespace shows those of one namespace`] : notes,
    };
  }
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const namespaceOf = (name: string): string => name.slice(0, Math.max(0, name.indexOf('/')));

/** Finds or makes the nodes that names of a map stand for. */
export const nodesOf = (builder: GraphBuilder, workloads: readonly MapWorkload[]) => {
  const known = new Map(workloads.map((workload) => [workload.name, workload]));
  const asNamespaces = workloads.length > mostWorkloads;
  const counts = new Map<string, number>();
  for (const { namespace } of workloads) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  const namespace = (name: string): string =>
    builder.node(`${name}/*`, () => {
      const count = counts.get(name);
      const rest = count === undefined ? [] : [plural(count, 'workload')];
      return asNamespaces
        ? { kind: 'namespace', lines: [name, ...rest] }
        : { kind: 'everyone', lines: [`everyone in ${name}`], namespace: name };
    });
  const workload = (name: string): string => {
    if (asNamespaces) return namespace(namespaceOf(name));
    return builder.node(name, () => {
      const found = known.get(name);
      const lines =
        found === undefined
          ? []
          : [`${found.kind}, ${plural(found.pods, 'Pod')}`, found.ports.length > 0 ? joined(found.ports) : 'no port declared'];
      return {
        kind: 'workload',
        lines: [name, ...lines],
        namespace: namespaceOf(name),
        open: found?.ingress.policies.length === 0,
      };
    });
  };
  return {
    asNamespaces,
    outside: (text = 'outside') => builder.node(`outside ${text}`, () => ({ kind: 'outside', lines: [text] })),
    of: (name: string): string => {
      if (name === '*') return builder.node('*', () => ({ kind: 'everyone', lines: ['everyone'] }));
      return name.endsWith('/*') ? namespace(name.slice(0, -2)) : workload(name);
    },
  };
};

/** Ports are said where they are not all that the workload declares. */
const portLabels = (ports: readonly string[], allowed: readonly string[], to: MapWorkload | undefined): readonly string[] => {
  if (to !== undefined && ports.length === to.ports.length && (ports.length > 0 || allowed.includes('*'))) return [];
  return (ports.length > 0 ? ports : allowed).map((port) => (port === '*' ? 'any port' : port));
};

/** Who is left out of `everyone` is said once, below the picture. */
class Exceptions {
  readonly #texts: string[] = [];

  labelOf(except: readonly string[] = []): readonly string[] {
    if (except.length === 0) return [];
    const text = `but not ${joined(except.map((name) => (name.endsWith('/*') ? `anyone in ${name.slice(0, -2)}` : name)))}`;
    if (!this.#texts.includes(text)) this.#texts.push(text);
    return [`(${this.#texts.indexOf(text) + 1})`];
  }

  get notes(): readonly string[] {
    return this.#texts.map((text, index) => `(${index + 1}) ${text}`);
  }
}

/** Nobody is known to listen there, and nothing keeps anyone away: arrows from everyone would say nothing. */
const isIdle = (workload: MapWorkload | undefined): boolean =>
  workload !== undefined && workload.ports.length === 0 && workload.ingress.policies.length === 0;

/** The map as boxes and arrows; whoever nobody talks with stands alone. */
export const graphOf = (report: MapReport): Graph => {
  const { workloads, connections, entrances, calls } = report;
  const builder = new GraphBuilder();
  const nodes = nodesOf(builder, workloads);
  const known = new Map(workloads.map((workload) => [workload.name, workload]));
  for (const { name } of workloads) nodes.of(name);
  const exceptions = new Exceptions();
  for (const { to, ports, allowed, from, except } of connections) {
    if (isIdle(known.get(to))) continue;
    for (const peer of from) {
      const [source, target] = [nodes.of(peer), nodes.of(to)];
      const label = [...portLabels(ports, allowed, known.get(to)), ...(peer === from[0] ? exceptions.labelOf(except) : [])];
      if (source !== target) builder.edge(source, target, 'allowed', nodes.asNamespaces ? [] : label);
    }
  }
  for (const { to, how, open } of entrances) {
    if (open !== 'no') builder.edge(nodes.outside(), nodes.of(to), 'allowed', [how]);
  }
  for (const { from, to, called, outcome } of calls) {
    const [source, target] = [nodes.of(from), to === undefined ? nodes.outside(called) : nodes.of(to)];
    if (source !== target) builder.edge(source, target, outcome === 'blocked' ? 'blocked' : 'called', []);
  }
  const notes = nodes.asNamespaces
    ? [`${workloads.length} workloads are drawn as their namespaces: --namespace shows the workloads of one`]
    : exceptions.notes;
  return builder.done(
    report.namespace === undefined ? 'Who may connect to whom' : `Who may connect to whom in ${report.namespace}`,
    notes,
  );
};
