import { formatWarnings } from '../crd/index.js';
import type {
  Ingress,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  PodSpec,
  Secret,
  ServiceSpec,
  StatefulSet,
} from '../generated/types.js';
import { kindTable } from '../kind-table.js';
import { dns1123Label } from '../names.js';
import type { KubeObject } from '../object.js';
import { Path } from '../validate/path.js';
import { fractionalBytes, podWarnings } from './pod.js';

type Warn = (object: never) => readonly string[];

interface Template {
  readonly metadata?: KubeObject['metadata'];
  readonly spec?: PodSpec;
}

const none: readonly string[] = [];
const spec = Path.of('spec');
const template = spec.child('template');

const nameWarnings = (object: KubeObject, use: string): readonly string[] => {
  const faults = dns1123Label(object.metadata.name ?? '');
  if (faults.length === 0) return none;
  const advice = 'which can result in surprising behavior; a DNS label is recommended';
  return [`metadata.name: this is used in ${use}, ${advice}: [${faults.join(' ')}]`];
};

const pod: Warn = (object: KubeObject & Template) => [
  ...nameWarnings(object, "the Pod's hostname"),
  ...(object.spec === undefined ? [] : podWarnings(object.metadata, object.spec, undefined)),
];

const templateWarnings = (template: Template | undefined, at: Path): readonly string[] =>
  template?.spec === undefined ? none : podWarnings(template.metadata, template.spec, at);

const workload: Warn = (object: KubeObject & { readonly spec?: { readonly template?: Template } }) =>
  templateWarnings(object.spec?.template, template);

/** Workloads whose Pods are named after them. */
const naming: Warn = (object: KubeObject) => {
  const ofName = nameWarnings(object, 'Pod names and hostnames');
  const ofTemplate = workload(object as never);
  return ofName.length === 0 ? ofTemplate : [...ofName, ...ofTemplate];
};

const cronJob: Warn = (
  object: KubeObject & { readonly spec?: { readonly jobTemplate?: { readonly spec?: { readonly template?: Template } } } },
) => [
  ...nameWarnings(object, 'Pod names and hostnames'),
  ...templateWarnings(object.spec?.jobTemplate?.spec?.template, spec.child('jobTemplate').child('spec').child('template')),
];

const statefulSet: Warn = (object: StatefulSet) => {
  const history = object.spec?.revisionHistoryLimit ?? 0;
  const advice = 'a negative value retains all historical revisions; a value >= 0 is recommended';
  return [...workload(object as never), ...(history < 0 ? [`${spec.child('revisionHistoryLimit')}: ${advice}`] : [])];
};

const service: Warn = ({ spec: { type, externalName } = {} }: { readonly spec?: ServiceSpec }) =>
  externalName !== undefined && type !== 'ExternalName'
    ? ['spec.externalName is ignored when spec.type is not "ExternalName"']
    : none;

const secret: Warn = ({ type, data }: Secret) => {
  if (type !== 'kubernetes.io/tls') return [];
  const certificate = atob((data?.['tls.crt'] ?? '').replace(/[\r\n]/g, ''));
  return certificate.includes('-----BEGIN ') ? [] : ['tls: failed to find any PEM data in certificate input'];
};

const betaClass = 'volume.beta.kubernetes.io/storage-class';
const classAdvice = `metadata.annotations[${betaClass}]: deprecated since v1.8; use "storageClassName" attribute instead`;

const persistentVolumeClaim: Warn = (object: PersistentVolumeClaim) => [
  ...(object.metadata?.annotations?.[betaClass] === undefined ? [] : [classAdvice]),
  ...fractionalBytes(object.spec?.resources?.requests, ['storage'], spec.child('resources').child('requests')),
];

const persistentVolume: Warn = (object: PersistentVolume) => [
  ...(object.metadata?.annotations?.[betaClass] === undefined ? [] : [classAdvice]),
  ...(object.spec?.persistentVolumeReclaimPolicy === 'Recycle'
    ? [
        'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
      ]
    : []),
  ...fractionalBytes(object.spec?.capacity, ['storage'], spec.child('capacity')),
];

const node: Warn = (object: Node) =>
  object.spec?.externalID === undefined ? [] : ['spec.externalID: this field is deprecated, and is unused by Kubernetes'];

const mountable = 'kubernetes.io/enforce-mountable-secrets';

const serviceAccount: Warn = (object: KubeObject) =>
  object.metadata.annotations?.[mountable] === undefined
    ? []
    : [
        `metadata.annotations[${mountable}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
      ];

const endpointSlice: Warn = ({ addressType }: { readonly addressType?: string }) =>
  addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : [];

const classAnnotation = 'kubernetes.io/ingress.class';

const ingress: Warn = ({ metadata, spec: rules }: Ingress) =>
  metadata?.annotations?.[classAnnotation] !== undefined && rules?.ingressClassName === undefined
    ? [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`]
    : [];

const warnOf = kindTable<Warn>([
  ['v1 Pod', pod],
  ['v1 ReplicationController', naming],
  ['apps/v1 Deployment', naming],
  ['apps/v1 ReplicaSet', naming],
  ['apps/v1 DaemonSet', workload],
  ['apps/v1 StatefulSet', statefulSet],
  ['batch/v1 Job', naming],
  ['batch/v1 CronJob', cronJob],
  ['v1 Service', service],
  ['v1 Secret', secret],
  ['v1 PersistentVolumeClaim', persistentVolumeClaim],
  ['v1 PersistentVolume', persistentVolume],
  ['v1 Node', node],
  ['v1 ServiceAccount', serviceAccount],
  ['discovery.k8s.io/v1 EndpointSlice', endpointSlice],
  ['networking.k8s.io/v1 Ingress', ingress],
  ['apiextensions.k8s.io/v1 CustomResourceDefinition', formatWarnings],
]);

/** What the server would say to the author of an object that it accepts: deprecated fields and likely slips, in its words. */
export const warningsOf = (object: KubeObject): readonly string[] => warnOf(object)?.(object as never) ?? none;
