import { nearest } from '../../api/decode/suggest.js';
import { refOf, refText } from '../../api/object.js';
import type { Detached } from '../../network/gateway-routes.js';
import { withField } from '../edit.js';
import type { Candidate, Draft, DryRun } from '../rule.js';
import { unlessElsewhere } from './elsewhere.js';

const attachFixes = (run: DryRun, { route, parent, gateway, listeners, reason }: Detached): readonly Candidate[] => {
  const object = refOf(route.object);
  const renamed = (field: string, wanted: string, names: readonly string[]): readonly Candidate[] => {
    const meant = nearest(wanted, names) ?? (names.length === 1 ? names[0] : undefined);
    if (meant === undefined) return [];
    return [{ text: `set ${field} to "${meant}"`, change: { edit: object, to: withField(field, meant) } }];
  };
  if (gateway === undefined) {
    const known = run.network.gateways.gateways.map(({ object: { metadata } }) => metadata);
    const here = known.filter(({ namespace }) => namespace === parent.namespace).map(({ name }) => name);
    const elsewhere = known.filter(({ name, namespace }) => name === parent.name && namespace !== parent.namespace);
    return [
      ...renamed(`${parent.field}.name`, parent.name, here),
      ...elsewhere.slice(0, 2).map(({ namespace }) => ({
        text: `set ${parent.field}.namespace to "${namespace}"`,
        change: { edit: object, to: withField(`${parent.field}.namespace`, namespace) },
      })),
      { text: `add Gateway ${parent.namespace}/${parent.name}, or declare it in the cluster's existing objects` },
    ];
  }
  const where = refOf(gateway.object);
  if (reason === 'NoMatchingParent' && parent.sectionName !== undefined)
    return renamed(
      `${parent.field}.sectionName`,
      parent.sectionName,
      listeners.map(({ name }) => name),
    );
  const [listener] = listeners;
  const own = route.object.metadata.namespace;
  if (reason === 'NotAllowedByListeners' && listener !== undefined && listener.from !== 'All' && own !== undefined) {
    const selector = { matchLabels: { 'kubernetes.io/metadata.name': own } };
    return [
      {
        text: `let listener ${listener.name} of ${refText(where)} take routes of namespace ${own}`,
        change: { edit: where, to: withField(`${listener.field}.allowedRoutes.namespaces`, { from: 'Selector', selector }) },
      },
    ];
  }
  if (reason !== 'NoMatchingListenerHostname') return [];
  return listeners.flatMap(({ hostname }) =>
    hostname === undefined || hostname.startsWith('*.')
      ? []
      : [{ text: `set spec.hostnames to "${hostname}"`, change: { edit: object, to: withField('spec.hostnames', [hostname]) } }],
  );
};

/** A route that no listener of a Gateway takes in. */
export const notAttached = (run: DryRun, each: Detached): Draft => {
  const { route, parent, gateway, reason, text } = each;
  const draft: Draft = {
    code: gateway === undefined ? 'reference/missing-object' : 'gateway/not-attached',
    severity: 'error',
    object: refOf(route.object),
    field:
      reason === 'NoMatchingListenerHostname'
        ? 'spec.hostnames'
        : `${parent.field}.${parent.sectionName ? 'sectionName' : 'name'}`,
    message: gateway === undefined ? text : `${text} (${reason})`,
    evidence: [
      { kind: 'field', path: parent.field, message: `names Gateway ${parent.namespace}/${parent.name}` },
      ...(gateway === undefined ? [] : [{ kind: 'object', object: refOf(gateway.object), text: 'does not take it in' } as const]),
    ],
    fixes: attachFixes(run, each),
  };
  return gateway === undefined ? unlessElsewhere(run, draft) : draft;
};
