import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type * as k8s from '../api/generated/types.js';
import type { ObjectRef } from '../api/object.js';
import { resourceOf } from '../api/resources.js';
import { workloadKinds } from '../apiserver/kinds.js';
import type { IntentClient } from '../verify/intent.js';
import { PlimsollError } from './error.js';
import { objectRef } from './object-ref.js';
import type { PodTarget } from './target.js';

const podKinds: ReadonlySet<string> = new Set(workloadKinds);

/** Of kinds that Kubernetes does not know, nobody here can say whether they have Pods. */
const hasPods = (apiVersion: string, kind: string): boolean => podKinds.has(kind) || resourceOf(apiVersion, kind) === undefined;

/** @throws PlimsollError when the construct is no workload. */
export const workloadRef = (construct: IConstruct): ObjectRef => {
  const { apiVersion, kind } = ApiObject.of(construct);
  if (!hasPods(apiVersion, kind)) throw new PlimsollError(construct, `a ${kind} has no Pods; name a workload or a Pod`);
  return objectRef(construct);
};

/** @throws PlimsollError when the construct is neither a workload nor a Service. */
export const serverRef = (construct: IConstruct): ObjectRef =>
  ApiObject.of(construct).kind === 'Service' ? objectRef(construct) : workloadRef(construct);

/** Who connects: a workload, a Namespace, Pods described by their labels, or a plain peer of a NetworkPolicy. */
export type Client = IConstruct | PodTarget | k8s.NetworkPolicyPeer;

const inNamespace = (name: string): k8s.LabelSelector => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });

const isConstruct = (client: Client): client is IConstruct => 'node' in client;

/** @throws PlimsollError at `at` when a client is something that makes no connections. */
export const intentClient = (at: IConstruct, client: Client): IntentClient => {
  if (isConstruct(client)) {
    const { apiVersion, kind, name } = ApiObject.of(client);
    if (kind === 'Namespace') return { peer: { namespaceSelector: inNamespace(name) } };
    if (hasPods(apiVersion, kind)) return { workload: objectRef(client) };
    const meant = kind === 'Service' ? 'name the workload behind it' : 'name a workload, a Namespace or { labels }';
    throw new PlimsollError(at, `a ${kind} makes no connections; ${meant}`);
  }
  if (!('labels' in client)) return { peer: client };
  const { labels, namespace } = client;
  return {
    peer: {
      podSelector: { matchLabels: labels },
      ...(namespace === undefined ? {} : { namespaceSelector: inNamespace(namespace) }),
    },
  };
};
