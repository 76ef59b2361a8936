import type { PodSpec } from '../../api/generated/types.js';
import type { KubeObject, ObjectRef } from '../../api/object.js';
import { addQuantities, decodeQuantity, formatQuantity, type Quantity, quantityOf } from '../../api/quantity.js';
import { withField } from '../edit.js';
import type { Candidate, DryRun } from '../rule.js';
import { podTemplateOf } from '../template.js';

/** The object that refused a Pod, as the text of the refusal names it. */
export const deciderOf = (message: string, namespace: string | undefined): ObjectRef | undefined => {
  const quota = /(?:exceeded|failed) quota: ([^,: ]+)/.exec(message)?.[1];
  if (quota !== undefined) return { apiVersion: 'v1', kind: 'ResourceQuota', namespace, name: quota };
  const [, kind, policy] = /(ValidatingAdmissionPolicy|MutatingAdmissionPolicy) '([^']+)'/.exec(message) ?? [];
  if (kind !== undefined && policy !== undefined) return { apiVersion: 'admissionregistration.k8s.io/v1', kind, name: policy };
  if (message.includes('violates PodSecurity') && namespace !== undefined)
    return { apiVersion: 'v1', kind: 'Namespace', name: namespace };
  return undefined;
};

type Amounts = ReadonlyMap<string, Quantity>;

/** `requested: requests.cpu=400m,pods=1` as amounts. */
const amountsAfter = (word: string, message: string): Amounts => {
  const [, list = ''] = new RegExp(`${word}: ([^ ]+?)(?:, |$)`).exec(message) ?? [];
  const amounts = new Map<string, Quantity>();
  for (const pair of list.split(',')) {
    const [name = '', text = ''] = pair.split('=');
    const amount = decodeQuantity(text);
    if (amount.ok) amounts.set(name, amount.value);
  }
  return amounts;
};

const times = (amount: Quantity, count: number): Quantity => {
  let sum = quantityOf(0);
  for (let index = 0; index < count; index++) sum = index === 0 ? amount : addQuantities(sum, amount);
  return sum;
};

/** More in the quota for all Pods that are missing, or no more Pods than there are. */
const quotaFixes = (run: DryRun, workload: ObjectRef, quota: ObjectRef, message: string): readonly Candidate[] => {
  const wanted = (run.cluster.get(workload)?.spec as { readonly replicas?: number } | undefined)?.replicas ?? 1;
  const present = run.cluster.podsOf(workload).length;
  const used = amountsAfter('used', message);
  const missing = Math.max(1, wanted - present);
  const raised = [...amountsAfter('requested', message)].flatMap(([name, amount]): readonly [string, string][] => {
    const held = used.get(name);
    return held === undefined ? [] : [[name, formatQuantity(addQuantities(held, times(amount, missing)))]];
  });
  const raise = (object: KubeObject): KubeObject =>
    raised.reduce((changed, [name, amount]) => withField(`spec.hard[${name}]`, amount)(changed), object);
  return [
    ...(raised.length > 0
      ? [
          {
            text: `raise ${raised.map(([name, amount]) => `${name} to ${amount}`).join(' and ')} in ResourceQuota ${quota.name}`,
            change: { edit: quota, to: raise },
          },
        ]
      : []),
    ...(present > 0
      ? [{ text: `set spec.replicas to ${present}`, change: { edit: workload, to: withField('spec.replicas', present) } }]
      : []),
  ];
};

/** `must specify requests.cpu for: migrate; requests.memory for: migrate`. */
const unspecified = (message: string): readonly Candidate[] => {
  const [, list] = /must specify (.+)$/.exec(message) ?? [];
  return list === undefined
    ? []
    : [
        {
          text: `set ${list.replaceAll(' for: ', ' of container ').replaceAll(';', ' and')}, or give the namespace a LimitRange with defaults`,
        },
      ];
};

/** What satisfies each demand of the Pod Security Standards, by the words that open it. */
const demands: readonly (readonly [opening: string, of: 'pod' | 'container', field: string, value: unknown])[] = [
  ['privileged', 'container', 'securityContext.privileged', undefined],
  ['host namespaces', 'pod', 'hostNetwork', undefined],
  ['host namespaces', 'pod', 'hostPID', undefined],
  ['host namespaces', 'pod', 'hostIPC', undefined],
  ['allowPrivilegeEscalation', 'container', 'securityContext.allowPrivilegeEscalation', false],
  ['unrestricted capabilities', 'container', 'securityContext.capabilities', { drop: ['ALL'] }],
  ['non-default capabilities', 'container', 'securityContext.capabilities.add', undefined],
  ['runAsNonRoot', 'pod', 'securityContext.runAsNonRoot', true],
  ['seccompProfile', 'pod', 'securityContext.seccompProfile', { type: 'RuntimeDefault' }],
];

const podSecurityFixes = (object: KubeObject, workload: ObjectRef, message: string): readonly Candidate[] => {
  const template = podTemplateOf(object);
  const violation = /violates PodSecurity "[^"]*": (.*)$/s.exec(message)?.[1];
  if (template === undefined || violation === undefined) return [];
  const due = demands.filter(([opening]) => new RegExp(`(?:^|\\), )${opening}`).test(violation));
  if (due.length === 0) return [];
  const containers = (['initContainers', 'containers'] as const).flatMap((list) =>
    ((template.spec as Partial<PodSpec>)[list] ?? []).map((_, index) => `${template.path}.${list}[${index}]`),
  );
  const places = ([, of, field]: (typeof demands)[number]): readonly string[] =>
    of === 'pod' ? [`${template.path}.${field}`] : containers.map((at) => `${at}.${field}`);
  const to = (changed: KubeObject): KubeObject =>
    due.reduce((result, demand) => places(demand).reduce((one, place) => withField(place, demand[3])(one), result), changed);
  const said = due.map(
    ([, of, field, value]) =>
      `${value === undefined ? `no ${field}` : `${field}: ${JSON.stringify(value)}`}${of === 'container' ? ' in every container' : ''}`,
  );
  return [{ text: `write ${said.join(', ')}`, change: { edit: workload, to } }];
};

/** Ways to have the Pods of a workload admitted, smallest first. */
export const creationFixes = (
  run: DryRun,
  workload: ObjectRef,
  decider: ObjectRef | undefined,
  message: string,
): readonly Candidate[] => {
  const manifest = run.manifestOf(workload);
  return [
    ...(decider?.kind === 'ResourceQuota' ? quotaFixes(run, workload, decider, message) : []),
    ...unspecified(message),
    ...(manifest === undefined ? [] : podSecurityFixes(manifest.object, workload, message)),
  ];
};
