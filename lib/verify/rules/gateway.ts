import { type Admitted, groupOf, type ObjectRef, refOf, refText } from '../../api/object.js';
import type { Manifest } from '../../manifest/manifest.js';
import { type Gateway, gatewayGroup, type HttpRoute } from '../../network/gateway-api.js';
import type { Attachment, GatewayRoutes } from '../../network/gateway-routes.js';
import { withField } from '../edit.js';
import type { Draft, DryRun, Rule } from '../rule.js';
import { blockedBackend, hasPolicies } from './backend-policies.js';
import { certificateFaults } from './certificates.js';
import { unlessElsewhere } from './elsewhere.js';
import { notAttached } from './gateway-attached.js';
import { backendFaults, emptyRules, notPermitted, serviceOf } from './gateway-backends.js';
import { backendsText, routeConflicts } from './gateway-conflicts.js';

const gatewayFaults = (run: DryRun, routes: GatewayRoutes, gateway: Gateway): readonly Draft[] => {
  const from = refOf(gateway.object);
  const known = run.cluster.list({ apiVersion: `${gatewayGroup}/v1`, kind: 'GatewayClass' }).map(({ metadata }) => metadata.name);
  const classFault: readonly Draft[] = known.includes(gateway.className)
    ? []
    : [
        unlessElsewhere(run, {
          code: 'reference/missing-class',
          // Controllers often bring their own class.
          severity: 'warning',
          object: from,
          field: 'spec.gatewayClassName',
          message: `${refText(from)} is of GatewayClass "${gateway.className}", which does not exist: nothing serves it`,
          evidence: [{ kind: 'field', path: 'spec.gatewayClassName', message: `names GatewayClass "${gateway.className}"` }],
          fixes: known.map((name) => ({
            text: `set spec.gatewayClassName to "${name}"`,
            change: { edit: from, to: withField('spec.gatewayClassName', name) },
          })),
        }),
      ];
  const certificates = gateway.listeners.flatMap(({ certificates: list }) =>
    list.flatMap((to): readonly Draft[] => {
      if (!routes.permits(gateway.object, to)) return [notPermitted(run, from, to)];
      if (to.group !== '' || to.kind !== 'Secret') return [];
      const secret: ObjectRef = { apiVersion: 'v1', kind: 'Secret', namespace: to.namespace, name: to.name };
      const field = `${to.field}.name`;
      if (run.cluster.get(secret) !== undefined) return certificateFaults(run, from, field, secret);
      return [
        unlessElsewhere(run, {
          code: 'reference/missing-object',
          severity: 'warning',
          object: from,
          field,
          message: `${refText(from)} needs the certificate of ${refText(secret)}, which does not exist`,
          evidence: [{ kind: 'field', path: field, message: `names ${refText(secret)}` }],
          fixes: [{ text: `add ${refText(secret)} of type kubernetes.io/tls, or let a certificate controller make it` }],
        }),
      ];
    }),
  );
  return [...classFault, ...certificates];
};

const blocked = (run: DryRun, attachments: readonly Attachment[]): readonly Draft[] => {
  const seen = new Set<string>();
  return attachments.flatMap(({ route, gateway }) =>
    route.rules.flatMap(({ backends }) =>
      backends.flatMap((backend): readonly Draft[] => {
        const from = refOf(route.object);
        const key = [refText(from), refText(refOf(gateway.object)), backendsText([backend])].join('\n');
        if (seen.has(key) || run.manifestOf(from) === undefined || run.blamed(from)) return [];
        seen.add(key);
        const service = serviceOf(run, backend);
        if (service === undefined || backend.weight === 0 || backend.kind !== 'Service') return [];
        const { port, field } = backend;
        return blockedBackend(run, { from, field, proxy: gateway.object, service, port });
      }),
    ),
  );
};

/** What serves a Gateway is made by its controller, and rarely among the manifests: said once for each class. */
const assumedControllers = (run: DryRun, gateways: readonly Gateway[]): readonly Draft[] => {
  const byClass = new Map(gateways.toReversed().map((gateway) => [gateway.className, gateway]));
  return [...byClass].flatMap(([className, { object }]): readonly Draft[] =>
    run.network.proxyOf(object) !== undefined
      ? []
      : [
          {
            code: 'assumption/outside',
            severity: 'assumption',
            object: refOf(object),
            message: `a controller serves the Gateways of class ${className}: no Pod of one is in the cluster`,
          },
        ],
  );
};

const unjudgedKinds: ReadonlySet<string> = new Set(['GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute', 'ListenerSet']);

/** Routes of other protocols, and those of meshes, are taken as they are. */
const unjudged = (run: DryRun, own: readonly HttpRoute[]): readonly Draft[] => {
  const isOther = ({ object }: Manifest): boolean =>
    groupOf(object.apiVersion) === gatewayGroup && unjudgedKinds.has(object.kind);
  const assumed = (object: ObjectRef, text: string): Draft => ({
    code: 'assumption/unjudged',
    severity: 'assumption',
    object,
    message: `${refText(object)}: ${text}`,
  });
  return [
    ...run.accepted.filter(isOther).map((manifest) => assumed(run.refOf(manifest), 'where it leads is not judged')),
    ...own.flatMap(({ object, parents }) =>
      parents
        .filter(({ group, kind }) => group !== gatewayGroup || kind !== 'Gateway')
        .map(({ kind, namespace, name }) => assumed(refOf(object), `what it does at ${kind} ${namespace}/${name} is not judged`)),
    ),
  ];
};

/** Gateways and HTTPRoutes of the Gateway API: what is attached nowhere, leads nowhere, is not granted, or takes what another one takes. */
export const gatewayRule: Rule = (run) => {
  if (!run.hasGroup(gatewayGroup)) return [];
  const routes = run.network.gateways;
  const isOwn = (object: Admitted): boolean => run.manifestOf(refOf(object)) !== undefined;
  const own = routes.routes.filter(({ object }) => isOwn(object));
  const gateways = routes.gateways.filter(({ object }) => isOwn(object));
  return [
    ...gateways.flatMap((gateway) => gatewayFaults(run, routes, gateway)),
    ...routes.detached.filter(({ route }) => isOwn(route.object)).map((each) => notAttached(run, each)),
    ...own.flatMap((route) => [
      ...route.rules.flatMap(({ backends }) => backends.flatMap((backend) => backendFaults(run, routes, route, backend))),
      ...emptyRules(route),
    ]),
    ...routeConflicts(run, routes.attachments),
    ...(hasPolicies(run) ? blocked(run, routes.attachments) : []),
    ...assumedControllers(run, gateways),
    ...unjudged(run, own),
  ];
};
