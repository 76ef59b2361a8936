import { visible } from '../paint.js';
import type { Graph, GraphEdge, GraphNode } from './graph.js';

const quoted = (text: string): string => `"${visible(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Lines of a label; `\n` is DOT's own. */
const lines = (texts: readonly string[]): string => `"${texts.map((text) => quoted(text).slice(1, -1)).join('\\n')}"`;

const styles: Readonly<Record<GraphEdge['kind'], string>> = {
  allowed: 'color="#607d8b"',
  called: 'color="#1565c0", penwidth=2',
  blocked: 'color="#c62828", style=dashed, arrowhead=box',
  gained: 'color="#2e7d32", penwidth=2',
  lost: 'color="#c62828", style=dashed',
};

const node = ({ id, kind, lines: texts, open }: GraphNode): string => {
  const shape = kind === 'workload' || kind === 'namespace' ? 'box' : 'oval';
  return `${id} [shape=${shape}, label=${lines(texts)}${open === true ? ', style=dashed, color="#ef6c00"' : ''}];`;
};

const edge = ({ from, to, label, kind }: GraphEdge): string => {
  const text = kind === 'allowed' || kind === 'called' ? label : label === '' ? kind : `${kind} ${label}`;
  return `  ${from} -> ${to} [${styles[kind]}${text === '' ? '' : `, label=${quoted(text)}`}];`;
};

/** A digraph for Graphviz. */
export const dotOf = ({ title, nodes, edges, notes }: Graph): string => {
  const namespaces = [...new Set(nodes.flatMap(({ namespace }) => namespace ?? []))];
  return [
    'digraph network {',
    '  rankdir=LR;',
    `  label=${lines([title, ...notes])};`,
    '  node [fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    ...nodes.filter(({ namespace }) => namespace === undefined).map((each) => `  ${node(each)}`),
    ...namespaces.flatMap((namespace, index) => [
      `  subgraph cluster_${index + 1} {`,
      `    label=${quoted(namespace)};`,
      ...nodes.filter((each) => each.namespace === namespace).map((each) => `    ${node(each)}`),
      '  }',
    ]),
    ...edges.map(edge),
    '}',
    '',
  ].join('\n');
};
