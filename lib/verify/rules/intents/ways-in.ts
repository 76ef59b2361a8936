import type { Ingress, Service } from '../../../api/generated/types.js';
import { type Admitted, type KubeObject, refOf, refText } from '../../../api/object.js';
import { parseAddress } from '../../../network/address.js';
import type { Path } from '../../../network/path.js';
import { withField } from '../../edit.js';
import type { IntentOf } from '../../intent.js';
import type { Candidate, DryRun } from '../../rule.js';

const typed = (service: Admitted<Service>, type: 'NodePort' | 'LoadBalancer', nodePort?: number): Candidate => {
  const ref = refOf(service);
  const port = nodePort === undefined ? '' : ` and spec.ports[0].nodePort to ${nodePort}`;
  const own = service.spec?.type === type || (type === 'NodePort' && service.spec?.type === 'LoadBalancer');
  const setType = own ? (object: KubeObject) => object : withField('spec.type', type);
  const setPort = nodePort === undefined ? (object: KubeObject) => object : withField('spec.ports[0].nodePort', nodePort);
  return {
    text: own
      ? `set spec.ports[0].nodePort of ${refText(ref)} to ${nodePort}`
      : `set spec.type of ${refText(ref)} to ${type}${port}`,
    change: { edit: ref, to: (object) => setPort(setType(object)) },
  };
};

/** An Ingress for the host and path, like those that the namespace has. */
const routed = (run: DryRun, service: Admitted<Service>, host: string, path: string): Candidate => {
  const { name, namespace } = service.metadata;
  const like: Admitted<Ingress> | undefined = run.cluster.list('Ingress', { namespace })[0];
  const ingressClassName = like?.spec?.ingressClassName ?? run.config.ingressController?.ingressClass;
  const [port] = service.spec?.ports ?? [];
  const backend = { service: { name, port: { number: port?.port } } };
  const object: KubeObject = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: `${name}-entrance`, ...(namespace === undefined ? {} : { namespace }) },
    spec: {
      ...(ingressClassName === undefined ? {} : { ingressClassName }),
      rules: [{ host, http: { paths: [{ path, pathType: 'Prefix', backend }] } }],
    },
  };
  return {
    text: `add an Ingress for ${host}${path} to ${refText(refOf(service))} port ${port?.port ?? ''}`,
    change: { add: object },
  };
};

/** Ways to let requests from outside in: a rule of the policy that keeps them out, another type of the Service, an Ingress. */
export const waysIn = (
  run: DryRun,
  { at, from }: IntentOf<'exposedAt'>,
  services: readonly Admitted<Service>[],
  path: Path | undefined,
): readonly Candidate[] => {
  const blocked = path?.blockedAt;
  const policy = blocked?.object;
  if (blocked?.at === 'policy-ingress' && policy?.kind === 'NetworkPolicy') {
    const source = from === undefined ? 'everywhere' : from;
    const rule =
      from === undefined ? {} : { from: [{ ipBlock: { cidr: `${from}/${parseAddress(from)?.family === 6 ? 128 : 32}` } }] };
    return [
      {
        text: `allow ingress from ${source} in ${refText(policy)}`,
        change: { edit: policy, to: withField('spec.ingress', (old: unknown) => [...(Array.isArray(old) ? old : []), rule]) },
      },
    ];
  }
  const [service] = services;
  if (service === undefined || path?.blockedAt !== undefined) return [];
  if ('nodePort' in at) return [typed(service, 'NodePort', at.nodePort)];
  if ('loadBalancer' in at) return service.spec?.type === 'LoadBalancer' ? [] : [typed(service, 'LoadBalancer')];
  return [routed(run, service, at.host, at.path ?? '/')];
};
