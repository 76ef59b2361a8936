import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dotOf } from '../../../lib/report/map/dot.js';
import { type Graph, graphOf } from '../../../lib/report/map/graph.js';
import { layOut } from '../../../lib/report/map/layout.js';
import { mermaidOf } from '../../../lib/report/map/mermaid.js';
import { mapReport } from '../../../lib/report/map/report.js';
import { svgOf } from '../../../lib/report/map/svg.js';
import { deployment, judge, service } from '../../verify/manifests.js';
import { shop } from './shop.js';

const graph = graphOf(mapReport(shop()));

/** The texts of an SVG, as a reader sees them. */
const textsOf = (svg: string): readonly string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text = '']) => text);

/** Every element is closed, in the order in which they are opened. */
const isWellFormed = (xml: string): boolean => {
  const open: string[] = [];
  for (const [, close, name = '', single] of xml.matchAll(/<(\/?)([a-z]+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/gi)) {
    if (single === '/') continue;
    if (close === '/') {
      if (open.pop() !== name) return false;
    } else open.push(name);
  }
  const rest = xml.replace(/<\/?[a-z]+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/gi, '');
  return open.length === 0 && !rest.includes('<');
};

const evil = '<script>alert("x")</script> & \'y\' \u0007 \\ ]] #;';
const hostile: Graph = {
  title: evil,
  nodes: [
    { id: 'n1', kind: 'workload', lines: [evil, evil], namespace: evil, open: true },
    { id: 'n2', kind: 'outside', lines: [evil] },
  ],
  edges: [{ from: 'n1', to: 'n2', label: evil, kind: 'blocked' }],
  notes: [evil],
};

describe('the map as a graph', () => {
  test('boxes are workloads, arrows connections; known calls and ways from outside are told apart', () => {
    const name = (id: string): string => graph.nodes.find((node) => node.id === id)?.lines[0] ?? '';
    expect(
      graph.edges.map(({ from, to, kind, label }) => `${name(from)} ${kind} ${name(to)}${label === '' ? '' : `: ${label}`}`),
    ).toEqual([
      'default/web called default/api',
      'default/api called default/db',
      'default/worker allowed default/db',
      'everyone allowed default/web',
      'outside allowed default/web: NodePort',
      'outside allowed default/api: Ingress',
      'default/web called billing.example.com:443',
    ]);
    expect(graph.nodes.filter(({ open }) => open === true).map(({ lines }) => lines[0])).toEqual([
      'default/web',
      'default/worker',
    ]);
  });

  test('very many workloads are drawn as their namespaces, and it says so', () => {
    const many = Array.from({ length: 70 }, (_, index) => deployment(`app-${index}`));
    const { nodes, notes } = graphOf(mapReport(judge([...many, service('app-1')])));
    expect(nodes.map(({ lines }) => lines.join(': '))).toEqual(['default: 70 workloads', 'everyone']);
    expect(notes).toEqual(['70 workloads are drawn as their namespaces: --namespace shows the workloads of one']);
  });
});

describe('Mermaid', () => {
  test('a flowchart with a subgraph for each namespace', () => {
    expect(mermaidOf(graph)).toMatchInlineSnapshot(`
      "flowchart LR
        %% Who may connect to whom
        n5(["everyone"])
        n6(["outside"])
        n7(["billing.example.com:443"])
        subgraph ns1["default"]
          n1["default/api<br/>Deployment, 1 Pod<br/>3000/TCP"]
          n2["default/db<br/>Deployment, 1 Pod<br/>5432/TCP"]
          n3["default/web<br/>Deployment, 2 Pods<br/>8080/TCP"]
          n4["default/worker<br/>Deployment, 1 Pod<br/>no port declared"]
        end
        n3 ==> n1
        n1 ==> n2
        n4 --> n2
        n5 --> n3
        n6 -->|"NodePort"| n3
        n6 -->|"Ingress"| n1
        n3 ==> n7
        classDef open stroke:#ef6c00,stroke-dasharray:4 3
        class n3,n4 open
      "
    `);
  });

  test('names are text', () => {
    const text = mermaidOf(hostile);
    expect(text).not.toContain('<script');
    expect(text).not.toContain('\u0007');
    expect(text.match(/"/g)).toHaveLength(8);
  });
});

describe('DOT', () => {
  test('a digraph with a cluster for each namespace', () => {
    expect(dotOf(graph)).toMatchInlineSnapshot(`
      "digraph network {
        rankdir=LR;
        label="Who may connect to whom";
        node [fontname="sans-serif"];
        edge [fontname="sans-serif", fontsize=10];
        n5 [shape=oval, label="everyone"];
        n6 [shape=oval, label="outside"];
        n7 [shape=oval, label="billing.example.com:443"];
        subgraph cluster_1 {
          label="default";
          n1 [shape=box, label="default/api\\nDeployment, 1 Pod\\n3000/TCP"];
          n2 [shape=box, label="default/db\\nDeployment, 1 Pod\\n5432/TCP"];
          n3 [shape=box, label="default/web\\nDeployment, 2 Pods\\n8080/TCP", style=dashed, color="#ef6c00"];
          n4 [shape=box, label="default/worker\\nDeployment, 1 Pod\\nno port declared", style=dashed, color="#ef6c00"];
        }
        n3 -> n1 [color="#1565c0", penwidth=2];
        n1 -> n2 [color="#1565c0", penwidth=2];
        n4 -> n2 [color="#607d8b"];
        n5 -> n3 [color="#607d8b"];
        n6 -> n3 [color="#607d8b", label="NodePort"];
        n6 -> n1 [color="#607d8b", label="Ingress"];
        n3 -> n7 [color="#1565c0", penwidth=2];
      }
      "
    `);
  });

  test('names are text: quotes and backslashes do not end a label', () => {
    for (const line of dotOf(hostile).split('\n')) {
      const bare = line.replace(/"(?:[^"\\]|\\.)*"/g, '');
      expect(bare).not.toContain('"');
      expect(bare).not.toContain('script');
    }
  });
});

describe('SVG', () => {
  test('stands alone: well-formed, with nothing to run or to fetch', () => {
    const svg = svgOf(graph);
    expect(isWellFormed(svg)).toBe(true);
    expect(svg).not.toMatch(/<script|<image|<foreignObject|href=|@import|url\((?!#)/);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" role="img" viewBox="0 0 \d+ \d+"/);
    expect(textsOf(svg)).toEqual(
      expect.arrayContaining(['default/web', 'Deployment, 2 Pods', '8080/TCP', 'everyone', 'Ingress']),
    );
    expect(svgOf(graph)).toBe(svg);
  });

  test('names are text', () => {
    const svg = svgOf(hostile);
    expect(isWellFormed(svg)).toBe(true);
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0007');
    expect(textsOf(svg)[0]).toContain('&lt;script&gt;');
  });

  test('every kind of arrow that is drawn is explained', () => {
    expect(svgOf(hostile)).toContain('red, dashed: a known call that is blocked');
    expect(svgOf(graph)).toContain('blue: a known call');
  });
});

describe('the layout', () => {
  const graphs = fc
    .integer({ min: 1, max: 14 })
    .chain((count) =>
      fc.record({
        sizes: fc.array(fc.record({ width: fc.integer({ min: 20, max: 300 }), height: fc.integer({ min: 20, max: 90 }) }), {
          minLength: count,
          maxLength: count,
        }),
        pairs: fc.array(fc.tuple(fc.nat({ max: count - 1 }), fc.nat({ max: count - 1 })), { maxLength: 40 }),
      }),
    )
    .map(({ sizes, pairs }) => ({
      boxes: sizes.map((size, index) => ({ id: `n${index}`, ...size })),
      arrows: pairs.filter(([a, b]) => a !== b).map(([a, b]) => ({ from: `n${a}`, to: `n${b}` })),
    }));

  test('boxes stand in the picture and never on each other; arrows lead from the side of one to the side of another', () => {
    fc.assert(
      fc.property(graphs, ({ boxes, arrows }) => {
        const { boxes: places, routes, width, height } = layOut(boxes, arrows);
        const areas = boxes.map((box) => ({ ...box, x: -1, y: -1, ...places.get(box.id) }));
        for (const { x, y, width: w, height: h } of areas) {
          expect(x >= 0 && y >= 0 && x + w <= width && y + h <= height).toBe(true);
        }
        for (const [index, a] of areas.entries()) {
          for (const b of areas.slice(index + 1)) {
            expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true);
          }
        }
        const touches = (id: string, point: { readonly x: number; readonly y: number } | undefined): boolean => {
          const box = areas.find((each) => each.id === id);
          if (box === undefined || point === undefined) return false;
          return [box.x, box.x + box.width].includes(point.x) && point.y >= box.y && point.y <= box.y + box.height;
        };
        for (const [index, { from, to }] of arrows.entries()) {
          expect(touches(from, routes[index]?.[0])).toBe(true);
          expect(touches(to, routes[index]?.at(-1))).toBe(true);
        }
        expect(layOut(boxes, arrows)).toEqual({ boxes: places, routes, width, height });
      }),
      { numRuns: 150 },
    );
  });

  test('nothing has a picture too', () => {
    expect(isWellFormed(svgOf({ title: 'nothing', nodes: [], edges: [], notes: [] }))).toBe(true);
  });
});
