import type { Ingress, IngressBackend, Secret, Service } from '../../api/generated/types.js';
import { type Admitted, groupOf, type KubeObject, type ObjectRef, refKey, refOf, refText } from '../../api/object.js';
import { type IngressRoute, ingressClassOf, ingressRoutes } from '../../network/ingress.js';
import { withField } from '../edit.js';
import type { Draft, DryRun, Rule } from '../rule.js';
import { blockedBackend, hasPolicies } from './backend-policies.js';
import { certificateFaults } from './certificates.js';

const group = 'networking.k8s.io';

const secretRef = (namespace: string | undefined, name: string): ObjectRef => ({
  apiVersion: 'v1',
  kind: 'Secret',
  namespace,
  name,
});

const backendText = (namespace: string | undefined, { service, resource }: IngressBackend): string =>
  service === undefined
    ? `${resource?.kind ?? ''} ${namespace}/${resource?.name ?? ''}`
    : `Service ${namespace}/${service.name} port ${service.port?.number ?? service.port?.name ?? ''}`;

/** Ingresses that share the requests of another one on purpose. */
const sharesOnPurpose = ({ metadata }: Ingress): boolean =>
  Object.entries(metadata?.annotations ?? {}).some(([name, value]) => name.endsWith('/canary') && value === 'true');

const older = (a: Admitted, b: Admitted): boolean =>
  Date.parse(a.metadata.creationTimestamp ?? '') < Date.parse(b.metadata.creationTimestamp ?? '');

/** Two paths that take the same requests; a final slash of a prefix does not matter. */
const routeKey = ({ ingress, host, path: { path = '/', pathType } }: IngressRoute): string =>
  JSON.stringify([ingressClassOf(ingress), host, pathType, pathType === 'Prefix' ? path.replace(/\/$/, '') : path]);

const conflict = (first: IngressRoute, second: IngressRoute): Draft => {
  const [a, b] = [refOf(first.ingress), refOf(second.ingress)];
  const what = `${second.host === '' ? 'any host' : second.host}${second.path.path ?? '/'} (${second.path.pathType})`;
  const [to, instead] = [first, second].map(({ ingress, path }) => backendText(ingress.metadata.namespace, path.backend));
  const own = refKey(a) === refKey(b);
  const who = own ? `${refText(b)} takes ${what} twice` : `${refText(b)} takes ${what}, and so does ${refText(a)}`;
  return {
    code: 'ingress/conflict',
    severity: 'warning',
    object: b,
    field: second.field,
    message: `${who}: one sends it to ${to}, the other to ${instead}, and which of them serves is not defined (most controllers take the ${own ? 'first' : 'older one'}; ingress-nginx refuses the second)`,
    evidence: [
      { kind: 'object', object: a, text: `${first.rule} sends it to ${to}` },
      { kind: 'object', object: b, text: `${second.rule} sends it to ${instead}` },
    ],
    fixes: [{ text: 'give one of them another host or path, or remove it' }],
  };
};

/** Paths of several Ingresses, or twice of one, for the same requests with different backends. */
const pathConflicts = (run: DryRun, ingresses: readonly Admitted<Ingress>[]): readonly Draft[] => {
  const first = new Map<string, IngressRoute>();
  const drafts: Draft[] = [];
  for (const route of ingresses.filter((ingress) => !sharesOnPurpose(ingress)).flatMap(ingressRoutes)) {
    const key = routeKey(route);
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, route);
      continue;
    }
    const same = [before, route].map(({ ingress, path }) => backendText(ingress.metadata.namespace, path.backend));
    if (same[0] === same[1]) continue;
    // The one that the author wrote is to blame, the later one if both are.
    const isOwn = ({ ingress }: IngressRoute): boolean => run.manifestOf(refOf(ingress)) !== undefined;
    if (isOwn(route)) drafts.push(conflict(before, route));
    else if (isOwn(before)) drafts.push(conflict(route, before));
  }
  return drafts;
};

/** Ingresses that bring different certificates for one host. */
const certificateConflicts = (run: DryRun, ingresses: readonly Admitted<Ingress>[]): readonly Draft[] => {
  const first = new Map<string, { readonly ingress: Admitted<Ingress>; readonly secret: ObjectRef }>();
  const certificate = (ref: ObjectRef): string | undefined => (run.cluster.get(ref) as Secret | undefined)?.data?.['tls.crt'];
  const differ = (one: ObjectRef, another: ObjectRef): boolean => {
    if (refKey(one) === refKey(another)) return false;
    const [a, b] = [certificate(one), certificate(another)];
    // Secrets stay in their namespace: two namespaces with one host keep a copy each, whose text nobody may know.
    return a === undefined || b === undefined ? one.namespace === another.namespace : a !== b;
  };
  return ingresses.flatMap((ingress) =>
    (ingress.spec?.tls ?? []).flatMap(({ hosts = [], secretName }, index) =>
      secretName === undefined
        ? []
        : hosts.flatMap((host): readonly Draft[] => {
            const secret = secretRef(ingress.metadata.namespace, secretName);
            const key = JSON.stringify([ingressClassOf(ingress), host.toLowerCase()]);
            const before = first.get(key);
            if (before === undefined) first.set(key, { ingress, secret });
            if (before === undefined || !differ(before.secret, secret) || run.manifestOf(refOf(ingress)) === undefined) return [];
            const [a, b] = [refOf(before.ingress), refOf(ingress)];
            return [
              {
                code: 'ingress/conflict',
                severity: 'warning',
                object: b,
                field: `spec.tls[${index}].secretName`,
                message: `${refText(b)} serves ${host} with the certificate of ${refText(secret)}, ${refText(a)} with that of ${refText(before.secret)}: clients are given only one of them, and which one is not defined`,
                evidence: [
                  { kind: 'object', object: a, text: `serves ${host} with ${refText(before.secret)}` },
                  { kind: 'object', object: b, text: `serves ${host} with ${refText(secret)}` },
                ],
                fixes: [{ text: `name one Secret for ${host} in both` }],
              },
            ];
          }),
    ),
  );
};

/** Without a class, and without a default one, controllers leave an Ingress alone. */
const unclassed = (run: DryRun, ingress: Admitted<Ingress>, ref: ObjectRef): readonly Draft[] => {
  const { ingressClass: declared } = run.config.ingressController ?? {};
  const known = run.cluster.list('IngressClass').map(({ metadata }) => metadata.name);
  const classes = [...new Set(declared === undefined ? known : [declared, ...known])];
  if (run.world === 'open' || ingressClassOf(ingress) !== undefined || classes.length === 0) return [];
  return [
    {
      code: 'ingress/not-served',
      severity: 'warning',
      object: ref,
      message: `${refText(ref)} names no ingressClassName, and no IngressClass is the default one: most controllers leave it alone (classes: ${classes.join(', ')})`,
      fixes: classes.map((name) => ({
        text: `set spec.ingressClassName to "${name}"`,
        change: { edit: ref, to: withField('spec.ingressClassName', name) },
      })),
    },
  ];
};

/** A backend that is an object of another kind, which must be in the Ingress's namespace. */
const missingResource = (run: DryRun, ref: ObjectRef, backend: IngressBackend, field: string): readonly Draft[] => {
  const { resource } = backend;
  if (run.world === 'open' || resource === undefined) return [];
  const { apiGroup = '', kind, name } = resource;
  const apiVersion = apiGroup === '' ? 'v1' : `${apiGroup}/v1`;
  const all = run.cluster.list({ apiVersion, kind }, ref.namespace === undefined ? {} : { namespace: ref.namespace });
  if (all.some((object) => groupOf(object.apiVersion) === apiGroup && object.metadata.name === name)) return [];
  return [
    {
      code: 'reference/missing-object',
      severity: 'error',
      object: ref,
      field: `${field}.resource.name`,
      message: `${refText(ref)} sends requests to ${kind} "${name}", which does not exist in namespace ${ref.namespace}`,
      evidence: [{ kind: 'field', path: `${field}.resource.name`, message: `names ${kind} "${name}"` }],
    },
  ];
};

const backendsOf = (ingress: Admitted<Ingress>): readonly { readonly backend: IngressBackend; readonly field: string }[] => [
  ...(ingress.spec?.defaultBackend ? [{ backend: ingress.spec.defaultBackend, field: 'spec.defaultBackend' }] : []),
  ...ingressRoutes(ingress).map(({ path, field }) => ({ backend: path.backend, field: `${field}.backend` })),
];

const blocked = (run: DryRun, ingress: Admitted<Ingress>, ref: ObjectRef): readonly Draft[] => {
  const seen = new Set<string>();
  return backendsOf(ingress).flatMap(({ backend, field }): readonly Draft[] => {
    const key = backendText(ref.namespace, backend);
    if (backend.service === undefined || seen.has(key)) return [];
    seen.add(key);
    const { name, port } = backend.service;
    const service = run.cluster.get({ apiVersion: 'v1', kind: 'Service', namespace: ref.namespace, name }) as
      | Admitted<Service>
      | undefined;
    if (service === undefined) return [];
    return blockedBackend(run, { from: ref, field, proxy: ingress, service, port: port?.number ?? port?.name });
  });
};

/** Which controllers are taken for granted: each class once that none is declared for, and whose Pods are not in the cluster. */
const assumedControllers = (
  run: DryRun,
  own: readonly { readonly ref: ObjectRef; readonly ingress: Admitted<Ingress> }[],
): readonly Draft[] => {
  const byClass = new Map<string, { readonly ref: ObjectRef; readonly ingress: Admitted<Ingress>; count: number }>();
  for (const { ref, ingress } of own) {
    const className = ingressClassOf(ingress);
    if (className === undefined || className === run.config.ingressController?.ingressClass) continue;
    const before = byClass.get(className);
    if (before === undefined) byClass.set(className, { ref, ingress, count: 1 });
    else before.count++;
  }
  return [...byClass].flatMap(([className, { ref, ingress, count }]): readonly Draft[] =>
    run.network.proxyOf(ingress) !== undefined
      ? []
      : [
          {
            code: 'assumption/outside',
            severity: 'assumption',
            object: ref,
            message: `a controller serves the Ingresses of class ${className} (${count}): none is declared (ingressController), and no Pod of one is in the cluster`,
          },
        ],
  );
};

/** Ingresses that nobody serves, that fight over requests, whose certificate is none, or whose controller a policy keeps out. */
export const ingressRule: Rule = (run) => {
  const isIngress = ({ apiVersion }: KubeObject): boolean => groupOf(apiVersion) === group;
  const refs = run.acceptedOf('Ingress').flatMap((manifest) => (isIngress(manifest.object) ? [run.refOf(manifest)] : []));
  if (refs.length === 0) return [];
  const own = refs.flatMap((ref) => {
    const ingress = run.cluster.get(ref) as Admitted<Ingress> | undefined;
    return ingress === undefined ? [] : [{ ref, ingress }];
  });
  const all = [...run.cluster.list('Ingress')].sort((a, b) => (older(a, b) ? -1 : older(b, a) ? 1 : 0));
  const restricted = hasPolicies(run);
  return [
    ...own.flatMap(({ ref, ingress }) => [
      ...unclassed(run, ingress, ref),
      ...backendsOf(ingress).flatMap(({ backend, field }) => missingResource(run, ref, backend, field)),
      ...(ingress.spec?.tls ?? []).flatMap(({ secretName }, index) =>
        secretName === undefined
          ? []
          : certificateFaults(run, ref, `spec.tls[${index}].secretName`, secretRef(ref.namespace, secretName)),
      ),
      ...(restricted ? blocked(run, ingress, ref) : []),
    ]),
    ...pathConflicts(run, all),
    ...certificateConflicts(run, all),
    ...assumedControllers(run, own),
  ];
};
