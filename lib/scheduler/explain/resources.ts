import type { Container, PodSpec } from '../../api/generated/types.js';
import { amountOf, stepOf, writeAmount } from '../amount.js';
import type { NodeInfo } from '../node-info.js';
import { requestsOf } from '../pod-requests.js';
import type { Edit, Fact, Holder, Remedy } from './explanation.js';
import { type Explainer, firstOf, podRef, type Question } from './question.js';

/** `Insufficient memory` names a resource. */
const lacking = (reason: string): string | undefined => /^Insufficient (\S+)$/.exec(reason)?.[1];

const freeOf = ({ allocatable, requested }: NodeInfo, resource: string): number =>
  amountOf(allocatable, resource) - amountOf(requested, resource);

/** Of the nodes with the fewest other things against them, the first with most of a resource free. */
const roomiest = (question: Question, nodes: readonly NodeInfo[], resource: string): NodeInfo | undefined => {
  const count = ({ name }: NodeInfo): number => question.refusals.get(name)?.length ?? 0;
  const fewest = nodes.reduce((least, node) => Math.min(least, count(node)), Number.POSITIVE_INFINITY);
  let best: NodeInfo | undefined;
  for (const node of nodes)
    if (count(node) === fewest && (best === undefined || freeOf(node, resource) > freeOf(best, resource))) best = node;
  return best;
};

const holders = (node: NodeInfo, resource: string): readonly Holder[] =>
  [...node.pods.values()]
    .map((pod) => ({ pod, amount: amountOf(pod.held, resource) }))
    .filter(({ amount }) => amount > 0)
    .sort((a, b) => b.amount - a.amount || (a.pod.key < b.pod.key ? -1 : 1))
    .map(({ pod, amount }) => ({ object: podRef(pod), amount: writeAmount(resource, amount) }));

const resourceFact = (question: Question, nodes: readonly NodeInfo[], resource: string): readonly Fact[] => {
  const node = roomiest(question, nodes, resource);
  if (node === undefined) return [];
  const { pod } = question;
  const { first, more } = firstOf(holders(node, resource));
  return [
    {
      kind: 'resource',
      resource,
      asks: writeAmount(resource, amountOf(pod.requests, resource)),
      node: node.name,
      free: writeAmount(resource, freeOf(node, resource)),
      size: writeAmount(resource, amountOf(node.allocatable, resource)),
      heldBy: first,
      more,
    },
  ];
};

/** A place in a spec where an amount is asked for. */
interface Asking {
  readonly field: string;
  readonly who: string;
  readonly amount: number;
  to(spec: PodSpec, amount: string | undefined): PodSpec;
}

type Amounts = Readonly<Record<string, string | number>>;

const withAmount = (
  amounts: Amounts | undefined,
  resource: string,
  amount: string | undefined,
): Record<string, string | number> => {
  const others = Object.entries(amounts ?? {}).filter(([name]) => name !== resource);
  return Object.fromEntries(amount === undefined ? others : [...others, [resource, amount]]);
};

/** Whether requests of the resource are one with its limit. */
const isWhole = (resource: string): boolean => resource.includes('/') || resource.startsWith('hugepages-');

const containerAsking = (
  list: 'containers' | 'initContainers',
  index: number,
  container: Container,
  resource: string,
): Asking => {
  const alone: PodSpec = { containers: [{ ...container, restartPolicy: undefined } as Container] };
  return {
    field: `${list}[${index}].resources.requests${/^\w+$/.test(resource) ? `.${resource}` : `[${resource}]`}`,
    who: `${list === 'containers' ? '' : 'init '}container ${container.name}`,
    amount: amountOf(requestsOf(alone), resource),
    to: (spec, amount) => ({
      ...spec,
      [list]: spec[list]?.map((one, at) => {
        if (at !== index) return one;
        const requests = withAmount(one.resources?.requests, resource, amount);
        const limits = isWhole(resource) ? { limits: withAmount(one.resources?.limits, resource, amount) } : {};
        return { ...one, resources: { ...one.resources, requests, ...limits } };
      }),
    }),
  };
};

const askings = (spec: PodSpec, resource: string): readonly Asking[] => {
  const whole = spec.resources?.requests?.[resource];
  if (whole !== undefined) {
    return [
      {
        field: `resources.requests.${resource}`,
        who: 'the Pod',
        amount: amountOf(requestsOf({ containers: [], resources: { requests: { [resource]: whole } } }), resource),
        to: (old, amount) => ({
          ...old,
          resources: { ...old.resources, requests: withAmount(old.resources?.requests, resource, amount) },
        }),
      },
    ];
  }
  return (['containers', 'initContainers'] as const).flatMap((list) =>
    (spec[list] ?? [])
      .map((container, index) => containerAsking(list, index, container, resource))
      .filter(({ amount }) => amount > 0),
  );
};

/** Lower the request that weighs most, to the least that is needed. */
const askLess = ({ pod }: Question, nodes: readonly NodeInfo[], resource: string): readonly Remedy[] => {
  const total = amountOf(pod.requests, resource);
  const without = (asking: Asking): number => amountOf(requestsOf(asking.to(pod.spec, undefined)), resource);
  const [asking] = askings(pod.spec, resource).toSorted((a, b) => without(a) - without(b));
  if (asking === undefined || without(asking) >= total) return [];
  const others = without(asking);
  const step = stepOf(resource);
  const most = Math.floor((asking.amount - 1) / step);
  // None at all is an answer for devices; a process needs some CPU and memory.
  const least = isWhole(resource) ? 0 : 1;
  const amountAt = (at: number): number => (most - at + 1) * step;
  const room = [...new Set(nodes.map((node) => freeOf(node, resource) - others))].sort((a, b) => b - a);
  return [
    {
      steps: most - least + 1,
      hints: room.slice(0, 2).map((amount) => most + 1 - Math.floor(amount / step)),
      cost: (at) => 1 + 8 * ((asking.amount - amountAt(at)) / total),
      at: (at): Edit => {
        const amount = amountAt(at);
        const value = amount === 0 ? undefined : writeAmount(resource, amount);
        return {
          kind: 'template',
          text:
            value === undefined
              ? `ask for no ${resource} (${asking.who})`
              : `resources.requests.${resource} <= ${value} for ${asking.who}`,
          field: asking.field,
          ...(value === undefined ? {} : { value }),
          to: (spec) => asking.to(spec, value),
        };
      },
    },
  ];
};

/** NodeResourcesFit: room for what the Pod requests. */
export const resources: Explainer = {
  facts(question, { reason, nodes }) {
    const resource = lacking(reason);
    if (resource !== undefined) return resourceFact(question, nodes, resource);
    const emptiest = nodes.toSorted((a, b) => b.allocatable.pods - b.pods.size - (a.allocatable.pods - a.pods.size))[0];
    if (emptiest === undefined) return [];
    return [{ kind: 'pods', node: emptiest.name, runs: emptiest.pods.size, size: emptiest.allocatable.pods }];
  },
  remedies(question, { reason, nodes }) {
    const resource = lacking(reason);
    return resource === undefined ? [] : askLess(question, nodes, resource);
  },
};
