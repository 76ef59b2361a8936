import type { Pod, PodTemplateSpec, StatefulSet } from '../../api/generated/types.js';
import { type Admitted, type KubeObject, refOf } from '../../api/object.js';
import type { ControllerContext } from '../controller.js';
import { isAvailable, isReady, isTerminating, podOf } from '../pods.js';
import { revisionLabel } from '../revisions.js';
import { claimName, createClaims } from './claims.js';

/** The number at the end of a Pod's name, if it is one of the set's. */
export const ordinalOf = (pod: Admitted, set: Admitted): number | undefined => {
  const match = /^(.*)-(\d+)$/.exec(pod.metadata.name);
  return match?.[1] === set.metadata.name ? Number(match[2]) : undefined;
};

export const podRevision = (pod: Admitted): string | undefined => pod.metadata.labels?.[revisionLabel];

export const isRunningAndReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && isReady(pod);

export const isRunningAndAvailable = (pod: Pod, minReadySeconds: number, now: number): boolean =>
  pod.status?.phase === 'Running' && isAvailable(pod, minReadySeconds, now);

/** Not available, or on its way out. */
export const isUnavailable = (pod: Admitted<Pod>, minReadySeconds: number, now: number): boolean =>
  !isRunningAndAvailable(pod, minReadySeconds, now) || isTerminating(pod);

/** A Pod of the set with its identity: name, host name and its own claims. */
export const replicaOf = (
  set: Admitted<StatefulSet>,
  template: PodTemplateSpec,
  revision: string,
  ordinal: number,
): KubeObject => {
  const name = `${set.metadata.name}-${ordinal}`;
  const pod = podOf(template, set, { name });
  const claims = (set.spec?.volumeClaimTemplates ?? []).map((claim) => claim.metadata?.name ?? '');
  const volumes = [
    ...claims.map((claim) => ({
      name: claim,
      persistentVolumeClaim: { claimName: claimName(claim, set.metadata.name, ordinal) },
    })),
    ...(template.spec?.volumes ?? []).filter((volume) => !claims.includes(volume.name)),
  ];
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: {
        ...pod.metadata.labels,
        [revisionLabel]: revision,
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': String(ordinal),
      },
    },
    spec: { ...template.spec, hostname: name, subdomain: set.spec?.serviceName ?? '', ...(volumes.length > 0 && { volumes }) },
  };
};

/** Creates a Pod after its claims; returns why it could not. */
export const createReplica = (
  set: Admitted<StatefulSet>,
  template: PodTemplateSpec,
  revision: string,
  ordinal: number,
  context: ControllerContext,
): string | undefined => {
  const name = `${set.metadata.name}-${ordinal}`;
  const told = `create Pod ${name} in StatefulSet ${set.metadata.name}`;
  const fault = createClaims(set, ordinal, context);
  const created =
    fault === undefined ? context.api.create(replicaOf(set, template, revision, ordinal), { trusted: true }) : undefined;
  const message = fault ?? (created?.ok === false ? created.message : undefined);
  if (message === undefined) context.event('Normal', 'SuccessfulCreate', `${told} successful`, set);
  else context.event('Warning', 'FailedCreate', `${told} failed error: ${message}`, set);
  return message;
};

export const deleteReplica = (set: Admitted<StatefulSet>, pod: Admitted<Pod>, context: ControllerContext): void => {
  context.api.delete(refOf(pod));
  context.event(
    'Normal',
    'SuccessfulDelete',
    `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`,
    set,
  );
};
