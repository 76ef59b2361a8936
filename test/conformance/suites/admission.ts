import type { KubeObject, ObjectRef } from '../../../lib/api/object.js';
import { resources } from '../../../lib/api/resources.js';
import type { FieldError, Refusal, Verdict } from '../../../lib/api/verdict.js';
import type { Stored } from '../../../lib/apiserver/kinds.js';
import { mergePatch, strategicPatch } from '../../../lib/apiserver/patch.js';
import type { ApiServer } from '../../../lib/apiserver/server.js';
import { bootstrap } from '../../../lib/cluster/bootstrap.js';
import { ControlPlane } from '../../../lib/cluster/control-plane.js';
import { nodesOf } from '../../../lib/cluster/nodes.js';
import { differences } from '../compare.js';
import type { CaseRunner, Suite } from '../suite.js';

interface Request {
  readonly query?: string;
  readonly method: string;
  readonly path: string;
  readonly contentType?: string;
  readonly body?: unknown;
}

interface Expected {
  readonly accepted: boolean;
  readonly code: number;
  readonly reason?: string;
  readonly message?: string;
  readonly causes?: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
  readonly object?: KubeObject;
  readonly warnings?: readonly string[];
}

interface Case {
  readonly setup: readonly KubeObject[];
  readonly removed?: readonly string[];
  readonly request: Request;
  readonly expected: Expected;
}

/** `/apis/apps/v1/namespaces/a/deployments/web` as what it names. */
const targetOf = (path: string): ObjectRef & { readonly subresource?: string } => {
  const parts = path.split('/').filter((part) => part !== '');
  const [group, version] = parts[0] === 'api' ? ['', parts[1] ?? ''] : [parts[1] ?? '', parts[2] ?? ''];
  const rest = parts.slice(parts[0] === 'api' ? 2 : 3);
  const namespaced = rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize';
  const [plural = '', name = '', subresource] = namespaced ? rest.slice(2) : rest;
  const kind = resources.find((resource) => resource.group === group && resource.plural === plural)?.kind ?? plural;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return { apiVersion, kind, name, ...(namespaced && { namespace: rest[1] }), ...(subresource && { subresource }) };
};

const send = (api: ApiServer, { method, path, contentType = '', body }: Request): Verdict<Stored> => {
  const target = targetOf(path);
  if (method === 'DELETE') return api.delete(target);
  const object = body as KubeObject;
  if (method === 'POST') {
    const metadata = {
      ...object.metadata,
      ...(target.namespace !== undefined && { namespace: object.metadata?.namespace ?? target.namespace }),
    };
    return api.create({ ...object, metadata });
  }
  if (method === 'PUT') return api.update(object);
  return api.patch(target, body as Record<string, unknown>, contentType.includes('strategic') ? strategicPatch : mergePatch);
};

/** Texts that the server draws at random or from its clock, as the recording writes them. */
const normalized = (value: unknown, chosen: ReadonlySet<unknown>, key = ''): unknown => {
  if (Array.isArray(value)) return value.map((item) => normalized(item, chosen, key));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, normalized(item, chosen, name)]));
  }
  if (key === 'uid') return '<uid>';
  if (key === 'resourceVersion') return '<rv>';
  if (key === 'creationTimestamp' || key === 'deletionTimestamp' || key === 'lastPhaseTransitionTime') return '<time>';
  if ((key === 'clusterIP' || key === 'clusterIPs') && !chosen.has(value) && value !== 'None') return '<clusterIP>';
  if ((key === 'nodePort' || key === 'healthCheckNodePort') && !chosen.has(value)) return '<nodePort>';
  return typeof value === 'string' ? value.replace(/kube-api-access-[a-z0-9]{5}$/, 'kube-api-access-<random>') : value;
};

/** Every address and port that someone wrote: those the server did not choose. */
const writtenIn = (value: unknown, found = new Set<unknown>()): Set<unknown> => {
  if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) writtenIn(item, found);
  else found.add(value);
  return found;
};

/** Lists in brackets come from maps and have no order. */
const unordered = (message: string): string =>
  message.split('\n', 1)[0]?.replace(/\[(.*)\]/, (_all, list: string) => `[${list.split(', ').sort().join(', ')}]`) ?? '';

const causeOf = ({ type, field, message }: FieldError) => ({
  reason: type,
  message: unordered(message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message),
  field,
});

const refused = (refusal: Refusal, expected: Expected) => ({
  accepted: false,
  code: refusal.code,
  reason: refusal.reason,
  message: unordered(refusal.message),
  ...(expected.causes && {
    causes: refusal.causes
      .map(causeOf)
      .map((cause) => JSON.stringify(cause))
      .sort(),
  }),
});

const run: CaseRunner = (record) => {
  const { setup, removed = [], request, expected } = record as Case;
  const { api, clock } = new ControlPlane({ world: 'closed' });
  for (const node of nodesOf({ nodes: [{ name: 'worker', count: 2 }] }, false, clock.timestamp)) api.restore(node);
  bootstrap(api, {});
  for (const object of setup) {
    const created = api.create(object);
    if (!created.ok) return [`setup of ${object.kind} ${object.metadata.name}: ${created.message}`];
  }
  for (const path of removed) api.delete(targetOf(path));
  const verdict = send(api, request);
  if (!verdict.ok || !expected.accepted) {
    const { accepted, code, reason, message, causes } = expected;
    const wanted = {
      accepted,
      code,
      reason,
      message: unordered(message ?? ''),
      ...(causes && { causes: causes.map((cause) => JSON.stringify({ ...cause, message: unordered(cause.message) })).sort() }),
    };
    return differences(wanted, verdict.ok ? { accepted: true } : refused(verdict, expected));
  }
  const chosen = writtenIn([setup, request.body]);
  // A dry run stores nothing, so nothing counts its version.
  const { resourceVersion: _version, ...metadata } = verdict.value.metadata;
  const isDry = JSON.stringify(request.query ?? '').includes('dryRun');
  const answer = isDry ? { ...verdict.value, metadata } : verdict.value;
  const lines = expected.object === undefined ? [] : differences(expected.object, normalized(answer, chosen), 'object');
  return [...lines, ...differences(expected.warnings ?? [], verdict.warnings, 'warnings')];
};

const families = [
  'default-tolerations',
  'ingressclass',
  'limitrange',
  'namespace',
  'node',
  'podsecurity',
  'priority',
  'request',
  'runtimeclass',
  'service-allocation',
  'serviceaccount',
  'storage',
];

export const suite: Suite = { families: Object.fromEntries(families.map((family) => [family, run])) };
