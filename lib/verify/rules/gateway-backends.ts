import { nearest } from '../../api/decode/suggest.js';
import type { Service } from '../../api/generated/types.js';
import { type Admitted, type KubeObject, type ObjectRef, refOf, refText } from '../../api/object.js';
import { type BackendReference, type GatewayReference, gatewayGroup, type HttpRoute } from '../../network/gateway-api.js';
import type { GatewayRoutes } from '../../network/gateway-routes.js';
import { withField } from '../edit.js';
import type { Draft, DryRun } from '../rule.js';
import { unlessElsewhere } from './elsewhere.js';

export const serviceOf = (run: DryRun, { namespace, name }: GatewayReference): Admitted<Service> | undefined =>
  run.cluster.get({ apiVersion: 'v1', kind: 'Service', namespace, name }) as Admitted<Service> | undefined;

/** A grant that lets one object name another, as small as it can be. */
const grantFor = (from: ObjectRef, to: GatewayReference): KubeObject => ({
  apiVersion: `${gatewayGroup}/v1beta1`,
  kind: 'ReferenceGrant',
  metadata: { name: `${from.namespace}-${from.name}`.slice(0, 253), namespace: to.namespace },
  spec: {
    from: [{ group: gatewayGroup, kind: from.kind, namespace: from.namespace }],
    to: [{ group: to.group, kind: to.kind, name: to.name }],
  },
});

/** A reference into a namespace that does not grant it. */
export const notPermitted = (run: DryRun, from: ObjectRef, to: GatewayReference): Draft =>
  unlessElsewhere(run, {
    code: 'gateway/not-permitted',
    severity: 'error',
    object: from,
    field: `${to.field}.namespace`,
    message: `${refText(from)} names ${to.kind} ${to.namespace}/${to.name}, and no ReferenceGrant in namespace ${to.namespace} permits it (RefNotPermitted)`,
    evidence: [{ kind: 'field', path: `${to.field}.namespace`, message: `names namespace ${to.namespace}` }],
    fixes: [
      {
        text: `add a ReferenceGrant to namespace ${to.namespace}, from ${from.kind}s of ${from.namespace} to ${to.kind} ${to.name}`,
        change: { add: grantFor(from, to) },
      },
    ],
  });

/** A backend that does not exist, has no such port, or may not be named. */
export const backendFaults = (
  run: DryRun,
  routes: GatewayRoutes,
  route: HttpRoute,
  backend: BackendReference,
): readonly Draft[] => {
  const from = refOf(route.object);
  if (!routes.permits(route.object, backend)) return [notPermitted(run, from, backend)];
  if (backend.group !== '' || backend.kind !== 'Service') return [];
  const to: ObjectRef = { apiVersion: 'v1', kind: 'Service', namespace: backend.namespace, name: backend.name };
  const service = serviceOf(run, backend);
  if (service === undefined) {
    const names = run.cluster.list('Service', { namespace: backend.namespace }).map(({ metadata }) => metadata.name);
    const meant = nearest(backend.name, names);
    const field = `${backend.field}.name`;
    return [
      unlessElsewhere(run, {
        code: 'reference/missing-object',
        severity: 'error',
        object: from,
        field,
        message: `${refText(from)} sends requests to ${refText(to)}, which does not exist (BackendNotFound)`,
        evidence: [{ kind: 'field', path: field, message: `names ${refText(to)}` }],
        fixes: [
          ...(meant === undefined
            ? []
            : [{ text: `write "${meant}" instead of "${backend.name}"`, change: { edit: from, to: withField(field, meant) } }]),
          { text: `add ${refText(to)}, or declare it in the cluster's existing objects` },
        ],
      }),
    ];
  }
  const ports = service.spec?.ports ?? [];
  if (ports.some(({ port }) => port === backend.port) || service.spec?.type === 'ExternalName') return [];
  const field = `${backend.field}.port`;
  const [only] = ports;
  return [
    {
      code: 'service/port-mismatch',
      severity: 'error',
      object: from,
      field,
      message: `${refText(from)} sends requests to port ${backend.port ?? '(none)'} of ${refText(to)}, which has ${ports.map(({ name, port }) => (name ? `${name} (${port})` : port)).join(', ') || 'no ports'}`,
      evidence: [
        { kind: 'field', path: field, message: `names port ${backend.port ?? '(none)'}` },
        { kind: 'object', object: to, text: 'does not have this port' },
      ],
      fixes:
        only === undefined || ports.length > 1
          ? []
          : [{ text: `send them to port ${only.port}`, change: { edit: from, to: withField(field, only.port) } }],
    },
  ];
};

/** Rules whose requests go nowhere. */
export const emptyRules = (route: HttpRoute): readonly Draft[] =>
  route.rules.flatMap(({ field, backends, redirect }): readonly Draft[] => {
    if (redirect !== undefined || backends.some(({ weight }) => weight > 0)) return [];
    const object = refOf(route.object);
    const why = backends.length === 0 ? 'has no backendRefs' : 'gives every backend the weight 0';
    return [
      {
        code: 'gateway/no-backend',
        severity: 'warning',
        object,
        field: `${field}.backendRefs`,
        message: `${field} of ${refText(object)} ${why}: its requests are answered with 500`,
        evidence: [{ kind: 'field', path: `${field}.backendRefs`, message: why }],
        fixes: [{ text: 'name a Service and its port in backendRefs' }],
      },
    ];
  });
