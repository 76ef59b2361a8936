import type { KubeObject } from '../../../api/object.js';
import type { User } from '../plugin.js';

/** The controllers of kube-controller-manager by the kind of object that they make others for. */
const controllers = new Map([
  ['CronJob', 'cronjob-controller'],
  ['DaemonSet', 'daemon-set-controller'],
  ['Deployment', 'deployment-controller'],
  ['Job', 'job-controller'],
  ['ReplicaSet', 'replicaset-controller'],
  ['ReplicationController', 'replication-controller'],
  ['Service', 'endpointslice-controller'],
  ['StatefulSet', 'statefulset-controller'],
]);

/** The ServiceAccount as which a controller writes an object of its own. */
export const controllerUser = ({ metadata }: KubeObject): User => {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  const name = controllers.get(owner?.kind ?? '') ?? 'generic-garbage-collector';
  return {
    name: `system:serviceaccount:kube-system:${name}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  };
};
