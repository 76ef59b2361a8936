import { visible } from '../paint.js';
import type { Graph, GraphEdge, GraphNode } from './graph.js';
import { type Box, layOut } from './layout.js';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Names are text, whatever characters they have; those that XML does not allow become visible. */
const escaped = (text: string): string =>
  visible(text)
    .replace(/[\ud800-\udfff\ufffe\uffff]/gu, '?')
    .replace(/[&<>"']/g, (character) => entities[character] ?? '');

const longest = 42;
/** Pixels of a letter, about. */
const letter = 6.8;
const bold = 7.7;
const line = 16;

const cut = (text: string): string => (text.length <= longest ? text : `${text.slice(0, longest - 3)}...`);

const boxOf = ({ id, lines }: GraphNode): Box => ({
  id,
  width: Math.max(
    90,
    ...lines.map((text, index) => Math.round(Math.min(text.length, longest) * (index === 0 ? bold : letter)) + 24),
  ),
  height: lines.length * line + 14,
});

const style = `
  text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: #263238 }
  .name { font-weight: 600 }
  .title { font-size: 15px; font-weight: 600 }
  .label, .note { font-size: 11px; fill: #546e7a }
  .label { paint-order: stroke; stroke: #ffffff; stroke-width: 3px }
  rect { fill: #eceff1; stroke: #90a4ae }
  .everyone, .outside { fill: #fff8e1; stroke: #ffb300 }
  .open { stroke: #ef6c00; stroke-dasharray: 4 3 }
  path { fill: none; stroke: #90a4ae }
  .called { stroke: #1565c0; stroke-width: 2 }
  .blocked { stroke: #c62828; stroke-width: 2; stroke-dasharray: 6 4 }
  .gained { stroke: #2e7d32; stroke-width: 2 }
  .lost { stroke: #c62828; stroke-width: 2; stroke-dasharray: 2 4 }
`;

const nodeText = ({ kind, lines, open }: GraphNode, box: Box, { x, y }: { readonly x: number; readonly y: number }): string => {
  const round = kind === 'everyone' || kind === 'outside' ? box.height / 2 : 4;
  const texts = lines.map(
    (text, index) =>
      `<text x="${x + 12}" y="${y + 18 + index * line}"${index === 0 ? ' class="name"' : ''}>${escaped(cut(text))}</text>`,
  );
  return [
    '<g>',
    `<title>${lines.map(escaped).join(', ')}</title>`,
    `<rect class="${kind}${open === true ? ' open' : ''}" x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="${round}"/>`,
    ...texts,
    '</g>',
  ].join('');
};

type Route = readonly { readonly x: number; readonly y: number }[];

/** Bends between points that lie apart, straight lines across the width of a layer. */
const pathOf = (route: Route): string =>
  route
    .map(({ x, y }, index) => {
      const before = route[index - 1];
      if (before === undefined) return `M${x} ${y}`;
      if (before.y === y) return `L${x} ${y}`;
      const turn = Math.round((x - before.x) / 2);
      return `C${before.x + turn} ${before.y} ${x - turn} ${y} ${x} ${y}`;
    })
    .join('');

const words: Readonly<Record<GraphEdge['kind'], string>> = {
  allowed: '',
  called: '',
  blocked: 'blocked',
  gained: 'gained',
  lost: 'lost',
};

const labelOf = ({ kind, label }: GraphEdge): string => [words[kind], label].filter((each) => each !== '').join(' ');

/** The label stands where the arrow ends, on the side that it comes from. */
const labelText = (text: string, route: Route): string => {
  const [last, before] = [route.at(-1), route.at(-2)];
  if (last === undefined || before === undefined) return '';
  const [anchor, x] = before.x < last.x ? ['end', last.x - 12] : ['start', last.x + 12];
  return `<text class="label" text-anchor="${anchor}" x="${x}" y="${last.y - 3}">${escaped(cut(text))}</text>`;
};

/** Arrows, then their labels; what several arrows to one box say is said at the first. */
const edgesText = (edges: readonly GraphEdge[], routes: readonly Route[]): readonly string[] => {
  const said = new Set<string>();
  const labels = edges.flatMap((edge, index) => {
    const text = labelOf(edge);
    const key = `${edge.to} ${text}`;
    if (text === '' || said.has(key)) return [];
    said.add(key);
    return [labelText(text, routes[index] ?? [])];
  });
  const arrows = edges.map(
    ({ kind }, index) => `<path class="${kind}" marker-end="url(#${kind})" d="${pathOf(routes[index] ?? [])}"/>`,
  );
  return [...arrows, ...labels];
};

const colours: Readonly<Record<GraphEdge['kind'], string>> = {
  allowed: '#90a4ae',
  called: '#1565c0',
  blocked: '#c62828',
  gained: '#2e7d32',
  lost: '#c62828',
};

const markers = Object.entries(colours).map(
  ([kind, colour]) =>
    `<marker id="${kind}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" style="fill:${colour};stroke:none"/></marker>`,
);

const legend: Readonly<Partial<Record<GraphEdge['kind'], string>>> = {
  called: 'blue: a known call',
  blocked: 'red, dashed: a known call that is blocked',
  gained: 'green: gained',
  lost: 'red, dotted: lost',
};

/** A picture that stands alone: no script, no font, nothing fetched. */
export const svgOf = ({ title, nodes, edges, notes }: Graph): string => {
  const boxes = nodes.map(boxOf);
  const { boxes: places, routes, width, height } = layOut(boxes, edges);
  const said = [
    ...Object.entries(legend).flatMap(([kind, text]) => (edges.some((edge) => edge.kind === kind) ? [text] : [])),
    ...(nodes.some(({ open }) => open === true) ? ['orange, dashed: no policy says who may connect'] : []),
  ];
  const texts = [...(said.length === 0 ? [] : [said.join(' · ')]), ...notes];
  const head = 40;
  const whole = { width, height: height + head + texts.length * line + 10 };
  const drawn = nodes.map((node, index) => {
    const [place, box] = [places.get(node.id), boxes[index]];
    return place === undefined || box === undefined ? '' : nodeText(node, box, place);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${whole.width} ${whole.height}" width="${whole.width}" height="${whole.height}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${style}</style>`,
    `<defs>${markers.join('')}</defs>`,
    `<rect width="100%" height="100%" style="fill:#ffffff;stroke:none"/>`,
    `<text class="title" x="24" y="28">${escaped(title)}</text>`,
    `<g transform="translate(0 ${head})">`,
    ...edgesText(edges, routes),
    ...drawn,
    '</g>',
    ...texts.map((text, index) => `<text class="note" x="24" y="${height + head + (index + 1) * line}">${escaped(text)}</text>`),
    '</svg>',
    '',
  ].join('\n');
};
