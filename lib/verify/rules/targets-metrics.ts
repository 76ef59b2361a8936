import type { APIService, Container, HorizontalPodAutoscaler, MetricSpec, Pod } from '../../api/generated/types.js';
import { type Admitted, type ObjectRef, refOf, refText } from '../../api/object.js';
import type { Draft, DryRun } from '../rule.js';
import { podTemplateOf } from '../template.js';

/** The aggregated API that serves a kind of metric. https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ */
const metricsGroup = ({ type }: MetricSpec): string => {
  if (type === 'External') return 'external.metrics.k8s.io';
  return type === 'Pods' || type === 'Object' ? 'custom.metrics.k8s.io' : 'metrics.k8s.io';
};

const requestOf = ({ resources }: Container, resource: string): unknown => {
  const requests = resources?.requests ?? {};
  return Object.hasOwn(requests, resource) ? requests[resource] : undefined;
};

/** Utilization is a share of requests: one container without a request, and the metric of the whole Pod is unknown. */
const withoutRequest = (
  run: DryRun,
  object: ObjectRef,
  metric: MetricSpec,
  index: number,
  pod: Admitted<Pod>,
): readonly Draft[] => {
  const source = metric.resource ?? metric.containerResource;
  if (source === undefined || source.target.type !== 'Utilization' || pod.spec?.resources?.requests !== undefined) return [];
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const all = [...(pod.spec?.containers ?? []), ...sidecars];
  const measured =
    metric.containerResource === undefined ? all : all.filter(({ name }) => name === metric.containerResource?.container);
  const field = `spec.metrics[${index}].${metric.resource === undefined ? 'containerResource' : 'resource'}`;
  const workload = refOf(run.cluster.controllerOf(pod));
  const draft = (message: string, text: string, container = ''): Draft => ({
    code: 'autoscaler/no-metrics',
    severity: 'warning',
    object,
    field,
    message,
    evidence: [
      { kind: 'field', path: field, message: `asks for the utilization of ${source.name}` },
      {
        kind: 'object',
        object: workload,
        text: container === '' ? 'has no such container' : `container ${container} requests no ${source.name}`,
      },
    ],
    fixes: [{ text }],
  });
  if (measured.length === 0) {
    const name = metric.containerResource?.container ?? '';
    const known = all.map((container) => container.name).join(', ');
    return [
      draft(
        `${refText(object)} measures container ${name} of ${refText(workload)}, which has only ${known}: it never scales`,
        `measure one of ${known}`,
      ),
    ];
  }
  const bare = measured.find((container) => requestOf(container, source.name) === undefined);
  if (bare === undefined) return [];
  const at = podTemplateOf(run.cluster.controllerOf(pod))?.path ?? 'spec';
  const list = pod.spec?.containers.includes(bare) === true ? 'containers' : 'initContainers';
  const place = `${at}.${list}[${(pod.spec?.[list] ?? []).indexOf(bare)}].resources.requests.${source.name}`;
  return [
    draft(
      `${refText(object)} cannot work out the ${source.name} utilization of ${refText(workload)}, because container ${bare.name} requests no ${source.name}: it never scales`,
      `set ${place} of ${refText(workload)}`,
      bare.name,
    ),
  ];
};

/** The object that a metric is about; what the open world may have is no fault. */
const missingObject = (run: DryRun, object: ObjectRef, metric: MetricSpec, index: number): readonly Draft[] => {
  const about = metric.object?.describedObject;
  if (about === undefined || run.world === 'open') return [];
  const ref: ObjectRef = {
    apiVersion: about.apiVersion ?? 'v1',
    kind: about.kind,
    namespace: object.namespace,
    name: about.name,
  };
  if (run.cluster.get(ref) !== undefined) return [];
  const field = `spec.metrics[${index}].object.describedObject`;
  return [
    {
      code: 'autoscaler/no-metrics',
      severity: 'warning',
      object,
      field,
      message: `${refText(object)} measures ${refText(ref)}, which does not exist: it never scales`,
      evidence: [{ kind: 'field', path: field, message: `names ${refText(ref)}` }],
      fixes: [{ text: `name an object that exists, or add ${refText(ref)}` }],
    },
  ];
};

const served = (run: DryRun, group: string): boolean =>
  run.cluster
    .list({ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService' })
    .some((object) => (object as unknown as APIService).spec?.group === group);

const autoscalerAt = (run: DryRun, object: ObjectRef): HorizontalPodAutoscaler['spec'] | undefined =>
  (run.cluster.get(object) as HorizontalPodAutoscaler | undefined)?.spec;

/** Metrics of an autoscaler that nobody can give it. */
export const autoscalerDrafts = (run: DryRun, object: ObjectRef): readonly Draft[] => {
  const spec = autoscalerAt(run, object);
  if (spec === undefined) return [];
  const { apiVersion = '', kind, name } = spec.scaleTargetRef;
  const [pod] = run.cluster.podsOf({ apiVersion, kind, namespace: object.namespace, name });
  return (spec.metrics ?? []).flatMap((metric, index) => [
    ...missingObject(run, object, metric, index),
    ...(pod === undefined ? [] : withoutRequest(run, object, metric, index, pod)),
  ]);
};

/** The aggregated APIs that autoscalers read, where none of them is here. */
export const metricsAssumptions = (run: DryRun, autoscalers: readonly ObjectRef[]): readonly Draft[] => {
  const readers = new Map<string, ObjectRef[]>();
  for (const object of autoscalers) {
    for (const group of new Set((autoscalerAt(run, object)?.metrics ?? []).map(metricsGroup))) {
      const known = readers.get(group);
      if (known === undefined) readers.set(group, [object]);
      else known.push(object);
    }
  }
  return [...readers].flatMap(([group, [object, ...others]]): readonly Draft[] => {
    if (object === undefined || served(run, group)) return [];
    const who = `${refText(object)}${others.length === 0 ? ' reads' : ` and ${others.length} more read`}`;
    const message = `${who} ${group}, which no APIService here serves: that the cluster has one is assumed`;
    return [{ code: 'assumption/outside', severity: 'assumption', object, field: 'spec.metrics', message }];
  });
};
