import type { APIService, CustomResourceDefinition, Service } from '../../api/generated/types.js';
import { type Admitted, type KubeObject, type ObjectRef, refText } from '../../api/object.js';
import { withField } from '../edit.js';
import type { Candidate, Draft, DryRun, Rule } from '../rule.js';
import { serverOf } from './connection-fixes.js';
import { evidenceOf } from './connections.js';
import { autoscalerDrafts, metricsAssumptions } from './targets-metrics.js';

/** A Service that the API server calls on behalf of an object: a webhook, a conversion, an aggregated API. */
interface Called {
  /** Field that names the Service. */
  readonly path: string;
  readonly service: ObjectRef;
  readonly port: number;
  /** What fails when nobody answers. */
  readonly consequence: string;
}

interface ServiceReference {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly port?: number | undefined;
}

const called = (reference: ServiceReference | undefined, path: string, consequence: string): readonly Called[] => {
  if (reference?.name === undefined) return [];
  const { name, namespace = 'default', port = 443 } = reference;
  return [{ path, service: { apiVersion: 'v1', kind: 'Service', namespace, name }, port, consequence }];
};

interface Webhook {
  readonly name?: string;
  readonly failurePolicy?: string;
  readonly clientConfig?: { readonly service?: ServiceReference };
}

const ofWebhook = ({ name = '', failurePolicy = 'Fail', clientConfig }: Webhook, index: number): readonly Called[] =>
  called(
    clientConfig?.service,
    `webhooks[${index}].clientConfig.service`,
    failurePolicy === 'Ignore'
      ? `webhook ${name} never judges anything (failurePolicy Ignore)`
      : `every request that webhook ${name} is about is refused`,
  );

/** Kinds that have the API server call somebody. */
const callers = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'APIService', 'CustomResourceDefinition'];

const callsOf = (object: KubeObject): readonly Called[] => {
  switch (object.kind) {
    case 'ValidatingWebhookConfiguration':
    case 'MutatingWebhookConfiguration':
      return ((object as { readonly webhooks?: readonly Webhook[] }).webhooks ?? []).flatMap(ofWebhook);
    case 'APIService': {
      const { spec } = object as unknown as APIService;
      return called(spec?.service, 'spec.service', `no request for ${spec?.group ?? ''}/${spec?.version ?? ''} is answered`);
    }
    case 'CustomResourceDefinition': {
      const { spec } = object as unknown as CustomResourceDefinition;
      return called(
        spec?.conversion?.webhook?.clientConfig?.service,
        'spec.conversion.webhook.clientConfig.service',
        `no ${spec?.names?.kind ?? ''} is read in another version than it is stored in`,
      );
    }
    default:
      return [];
  }
};

const noSuchPort = (object: ObjectRef, { path, service, port, consequence }: Called, { spec }: Service): readonly Draft[] => {
  const ports = spec?.ports ?? [];
  if (spec?.type === 'ExternalName' || ports.some((each) => each.port === port)) return [];
  const [only, another] = ports;
  const fixes: readonly Candidate[] =
    only === undefined || another !== undefined
      ? []
      : [{ text: `set ${path}.port to ${only.port}`, change: { edit: object, to: withField(`${path}.port`, only.port) } }];
  const known = ports.map(({ name, port: each }) => (name === undefined ? each : `${name} (${each})`)).join(', ') || 'none';
  return [
    {
      code: 'service/port-mismatch',
      severity: 'error',
      object,
      field: path,
      message: `${refText(object)} is called at port ${port} of ${refText(service)}, which has the ports ${known}: ${consequence}`,
      evidence: [
        { kind: 'field', path: `${path}.port`, message: `is ${port}` },
        { kind: 'object', object: service, text: 'does not have this port' },
      ],
      fixes,
    },
  ];
};

/** A rule that lets anybody in at the port: where the API server's requests come from depends on how the cluster is installed. */
const admitting = (policies: readonly ObjectRef[], protocol: string, port: number): readonly Candidate[] =>
  policies.slice(0, 2).map((policy) => ({
    text: `allow ingress on ${protocol} ${port} from everywhere in ${refText(policy)}`,
    change: {
      edit: policy,
      to: withField('spec.ingress', (old: unknown) => [...(Array.isArray(old) ? old : []), { ports: [{ protocol, port }] }]),
    },
  }));

const judged = (run: DryRun, object: ObjectRef, each: Called): readonly Draft[] => {
  const { path, service: ref, port, consequence } = each;
  const service = run.cluster.get(ref) as Admitted<Service> | undefined;
  // A Service that is not there is a missing reference.
  if (service === undefined) return [];
  const mismatch = noSuchPort(object, each, service);
  if (mismatch.length > 0 || run.blamed(ref)) return mismatch;
  const trace = run.network.connect({ apiServer: true }, { service, port });
  const hop = trace.blockedAt;
  if (hop === undefined || (run.world === 'open' && hop.denied === undefined)) return [];
  const server = serverOf(run, { to: { kind: 'object', object: ref, port }, path: trace });
  if (server !== undefined && run.blamed(server)) return [];
  return [
    {
      code: 'network/unreachable',
      severity: 'warning',
      object,
      field: path,
      message: `the API server does not reach ${refText(ref)}:${port}, which serves ${refText(object)}, so ${consequence}: ${hop.text}`,
      evidence: [{ kind: 'field', path, message: `names ${refText(ref)}` }, ...evidenceOf(trace.hops)],
      fixes: hop.denied === undefined ? [] : admitting(hop.denied.policies, hop.denied.protocol, hop.denied.port),
    },
  ];
};

/** What the API server and the autoscaler call: webhooks, aggregated APIs, conversions, metrics. Each must lead to somebody. */
export const targetsRule: Rule = (run) => {
  const autoscalers = run.acceptedOf('HorizontalPodAutoscaler').map(run.refOf);
  const calling = callers.some((kind) => run.acceptedOf(kind).length > 0) ? run.accepted : [];
  return [
    ...calling.flatMap((manifest) => callsOf(manifest.object).flatMap((each) => judged(run, run.refOf(manifest), each))),
    ...autoscalers.flatMap((object) => autoscalerDrafts(run, object)),
    ...metricsAssumptions(run, autoscalers),
  ];
};
