import type { FieldValidation } from '../../../lib/api/decode.js';
import type { KubeObject, ObjectRef } from '../../../lib/api/object.js';
import { resources } from '../../../lib/api/resources.js';
import type { FieldError, Refusal, Verdict } from '../../../lib/api/verdict.js';
import { patchSubresource } from '../../../lib/apiserver/custom-subresources.js';
import type { Stored } from '../../../lib/apiserver/kinds.js';
import { mergePatch, strategicPatch } from '../../../lib/apiserver/patch.js';
import { patchScale } from '../../../lib/apiserver/scale.js';
import type { ApiServer } from '../../../lib/apiserver/server.js';
import { getTable } from '../../../lib/apiserver/table.js';
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

interface Client {
  readonly user: string;
  readonly groups: readonly string[];
}

interface Expected {
  readonly accepted: boolean;
  readonly code: number;
  readonly reason?: string;
  readonly message?: string;
  readonly text?: string;
  readonly causes?: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
  readonly object?: KubeObject;
  readonly warnings?: readonly string[];
}

/** `<namespace>/<name>` of quotas, in a sequence their names alone, with their status. */
type Quotas = Readonly<Record<string, unknown>>;

interface Step {
  readonly request: Request;
  readonly expected: Expected;
  readonly quotas: Quotas;
}

interface Case {
  readonly setup: readonly KubeObject[];
  readonly removed?: readonly string[];
  readonly quotas?: Quotas;
  readonly as?: Client;
  readonly request: Request;
  readonly expected: Expected;
  readonly steps?: readonly Step[];
}

const definedKind = (group: string, plural: string, api: ApiServer | undefined): string | undefined =>
  api?.store.list('CustomResourceDefinition').find(({ spec }) => spec.group === group && spec.names.plural === plural)?.spec.names
    .kind;

/** `/apis/apps/v1/namespaces/a/deployments/web` as what it names. */
const targetOf = (path: string, api?: ApiServer): ObjectRef & { readonly subresource?: string } => {
  const parts = path.split('/').filter((part) => part !== '');
  const [group, version] = parts[0] === 'api' ? ['', parts[1] ?? ''] : [parts[1] ?? '', parts[2] ?? ''];
  const rest = parts.slice(parts[0] === 'api' ? 2 : 3);
  const namespaced = rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize';
  const [plural = '', name = '', subresource] = namespaced ? rest.slice(2) : rest;
  const kind =
    resources.find((resource) => resource.group === group && resource.plural === plural)?.kind ??
    definedKind(group, plural, api) ??
    plural;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return { apiVersion, kind, name, ...(namespaced && { namespace: rest[1] }), ...(subresource && { subresource }) };
};

const isDry = ({ query = '' }: Request): boolean => query.includes('dryRun=All');

const send = (api: ApiServer, request: Request, client?: Client): Verdict<Stored> => {
  const { method, path, contentType = '', body } = request;
  const fieldValidation = (/fieldValidation=(\w+)/.exec(request.query ?? '')?.[1] ?? 'Warn') as FieldValidation;
  const user = client && { name: client.user, groups: client.groups };
  const options = { dryRun: isDry(request), fieldValidation, user };
  const target = targetOf(path, api);
  if (method === 'GET') return getTable(api, target) as Verdict<Stored>;
  if (method === 'DELETE') return api.delete(target, { dryRun: options.dryRun, user });
  const object = body as KubeObject;
  if (method === 'POST') {
    const { namespace } = target;
    const metadata = {
      ...object.metadata,
      ...(namespace !== undefined && { namespace: object.metadata?.namespace ?? namespace }),
    };
    return api.create({ ...object, metadata }, { ...options, namespace });
  }
  if (method === 'PUT') return api.update(object, options);
  const isCustom = resources.every((resource) => resource.kind !== target.kind);
  if (isCustom && (target.subresource === 'status' || target.subresource === 'scale'))
    return patchSubresource(api, target, target.subresource, body, options);
  if (target.subresource === 'scale') return patchScale(api, target, body, options);
  const merge = contentType.includes('strategic') ? strategicPatch : mergePatch;
  return api.patch(target, body as Record<string, unknown>, merge, options);
};

/** A Table without what depends on when it was asked for and by whom its rows were written. */
const ageless = (table: object): unknown =>
  JSON.parse(
    JSON.stringify(table, (key, value: unknown) => {
      if (key === 'managedFields') return undefined;
      if (key !== 'cells' || !Array.isArray(value)) return value;
      return value.map((cell: unknown) => (typeof cell === 'string' && /^\d+[smhdy]/.test(cell) ? '<age>' : cell));
    }),
  );

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

/** A cause without a field, as policies give it, is its message alone. */
const causeOf = ({ type, field, message }: FieldError) =>
  field === ''
    ? { message: unordered(message) }
    : { reason: type, message: unordered(message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message), field };

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

/** Of several quotas that are exceeded any may be named. */
const named = (message: string): string => message.replace(/(exceeded quota: ).*/s, '$1...');

const judge = (expected: Expected, verdict: Verdict<Stored>, written: ReadonlySet<unknown>, ofQuotas = false): string[] => {
  if (!verdict.ok || !expected.accepted) {
    const { accepted, code, reason, message = '', causes } = expected;
    // The answer is no Status: nothing of the API lives at this path.
    if (expected.text !== undefined)
      return differences({ accepted, code }, verdict.ok ? {} : { accepted: false, code: verdict.code });
    const text = ofQuotas ? named : unordered;
    const wanted = {
      accepted,
      code,
      reason,
      message: text(message),
      ...(causes && { causes: causes.map((cause) => JSON.stringify({ ...cause, message: unordered(cause.message) })).sort() }),
    };
    return differences(
      wanted,
      verdict.ok ? { accepted: true } : { ...refused(verdict, expected), message: text(verdict.message) },
    );
  }
  const { object } = expected;
  const isTable = object?.kind === 'Table';
  const wanted = isTable ? normalized(ageless(object), written) : object;
  const got = normalized(isTable ? ageless(verdict.value) : verdict.value, written);
  const lines = object === undefined ? [] : differences(wanted, got, 'object');
  return [...lines, ...differences(expected.warnings ?? [], verdict.warnings, 'warnings')];
};

const quotasOf = (api: ApiServer, isOfOneNamespace: boolean): Quotas =>
  Object.fromEntries(
    api.store
      .list('ResourceQuota')
      .map(({ metadata: { namespace, name }, status }) => [isOfOneNamespace ? name : `${namespace}/${name}`, status]),
  );

/** Stands in for the kubelets, which stop Pods at once. */
const stopPods = (api: ApiServer): void => {
  for (const pod of api.store.list('Pod')) if (pod.metadata.deletionTimestamp !== undefined) api.finish(pod);
};

const runSteps = (plane: ControlPlane, steps: readonly Step[], written: Set<unknown>): string[] => {
  const { api } = plane;
  return steps.flatMap(({ request, expected, quotas }, index) => {
    writtenIn(request.body, written);
    const verdict = send(api, request);
    plane.run();
    stopPods(api);
    plane.run();
    // The nodes are chosen by the scheduler, addresses and ports by chance: what a sequence is about is who is let in.
    const { object: _object, ...outcome } = expected;
    const lines = judge(outcome, verdict, written);
    // What a deletion gives back comes some time after it, in the recording.
    if (request.method !== 'DELETE') lines.push(...differences(quotas, quotasOf(api, true), 'quotas'));
    return lines.map((line) => `step ${index}: ${line}`);
  });
};

const run: CaseRunner = (record) => {
  const { setup, removed = [], quotas, as: client, request, expected, steps } = record as Case;
  const plane = new ControlPlane({ world: 'closed' });
  const { api, clock } = plane;
  for (const node of nodesOf({ nodes: [{ name: 'worker', count: 2 }] }, false, clock.timestamp)) api.restore(node);
  bootstrap(api, {});
  for (const object of setup) {
    const created = api.create(object);
    if (!created.ok) return [`setup of ${object.kind} ${object.metadata.name}: ${created.message}`];
  }
  for (const path of removed) api.delete(targetOf(path));
  const written = writtenIn(setup);
  // A scale shows what the controllers have made of its workload.
  if (request?.path.endsWith('/scale')) plane.run();
  if (quotas === undefined) return judge(expected, send(api, request, client), writtenIn(request.body, written));
  plane.run();
  const lines = differences(quotas, quotasOf(api, false), 'quotas');
  if (steps !== undefined) return [...lines, ...runSteps(plane, steps, written)];
  const several = Object.keys(quotas).length > 1;
  return [...lines, ...judge(expected, send(api, request), writtenIn(request.body, written), several)];
};

const families = [
  'customresources',
  'default-tolerations',
  'ingressclass',
  'limitrange',
  'mutatingadmissionpolicy',
  'namespace',
  'node',
  'podsecurity',
  'priority',
  'request',
  'resourcequota',
  'runtimeclass',
  'service-allocation',
  'serviceaccount',
  'storage',
  'validatingadmissionpolicy',
];

export const suite: Suite = { families: Object.fromEntries(families.map((family) => [family, run])) };
