import { visible } from '../paint.js';
import type { Graph, GraphEdge, GraphNode } from './graph.js';

/** Text inside quotes: names are text, whatever characters they have. */
const escaped = (text: string): string =>
  visible(text).replace(/[^\p{L}\p{N} /:.,_*()-]/gu, (character) => `#${character.codePointAt(0) ?? 0};`);

const shape = ({ id, kind, lines }: GraphNode): string => {
  const text = `"${lines.map(escaped).join('<br/>')}"`;
  return kind === 'workload' || kind === 'namespace' ? `${id}[${text}]` : `${id}([${text}])`;
};

const arrows: Readonly<Record<GraphEdge['kind'], string>> = {
  allowed: '-->',
  called: '==>',
  blocked: '--x',
  gained: '==>',
  lost: '-.->',
};

const colours: readonly (readonly [GraphEdge['kind'], string])[] = [
  ['blocked', '#c62828'],
  ['gained', '#2e7d32'],
  ['lost', '#c62828'],
];

const words: Readonly<Partial<Record<GraphEdge['kind'], string>>> = { blocked: 'blocked', gained: 'gained', lost: 'lost' };

const edgeText = ({ from, to, label, kind }: GraphEdge): string => {
  const text = [words[kind], label].filter((each) => each !== undefined && each !== '').join(' ');
  return `  ${from} ${arrows[kind]}${text === '' ? '' : `|"${escaped(text)}"|`} ${to}`;
};

/** A flowchart as Mermaid draws it: in Markdown, between ```mermaid and ```. */
export const mermaidOf = ({ title, nodes, edges, notes }: Graph): string => {
  const namespaces = [...new Set(nodes.flatMap(({ namespace }) => namespace ?? []))];
  const open = nodes.filter((node) => node.open === true).map(({ id }) => id);
  const styles = colours.flatMap(([kind, colour]) => {
    const indexes = edges.flatMap((edge, index) => (edge.kind === kind ? [index] : []));
    return indexes.length === 0 ? [] : [`  linkStyle ${indexes.join()} stroke:${colour}`];
  });
  return [
    'flowchart LR',
    `  %% ${escaped(title)}`,
    ...notes.map((note) => `  %% ${escaped(note)}`),
    ...nodes.filter(({ namespace }) => namespace === undefined).map((node) => `  ${shape(node)}`),
    ...namespaces.flatMap((namespace, index) => [
      `  subgraph ns${index + 1}["${escaped(namespace)}"]`,
      ...nodes.filter((node) => node.namespace === namespace).map((node) => `    ${shape(node)}`),
      '  end',
    ]),
    ...edges.map(edgeText),
    ...(open.length === 0 ? [] : ['  classDef open stroke:#ef6c00,stroke-dasharray:4 3', `  class ${open.join()} open`]),
    ...styles,
    '',
  ].join('\n');
};
