import type { Container, PodSpec } from '../../lib/api/generated/types.js';
import type { KubeObject, ObjectRef } from '../../lib/api/object.js';
import type { Manifest } from '../../lib/manifest/manifest.js';

/** A manifest written nowhere. */
export const manifest = (object: KubeObject): Manifest => ({
  object,
  provenance: { constructPath: `test/${object.metadata.name}` },
});

export const container = (fields: Partial<Container> = {}): Container => ({ name: 'c', image: 'nginx:1.27', ...fields });

export const pod = (name: string, spec: Partial<PodSpec> = {}, labels: Record<string, string> = { run: name }): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: { containers: [container()], ...spec },
});

const workload = (apiVersion: string, kind: string, name: string, spec: object, podSpec: Partial<PodSpec>): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [container()], ...podSpec } },
    ...spec,
  },
});

export const deployment = (name: string, spec: object = {}, podSpec: Partial<PodSpec> = {}): KubeObject =>
  workload('apps/v1', 'Deployment', name, spec, podSpec);

export const replicaSet = (name: string, spec: object = {}): KubeObject => workload('apps/v1', 'ReplicaSet', name, spec, {});

export const daemonSet = (name: string, spec: object = {}, podSpec: Partial<PodSpec> = {}): KubeObject =>
  workload('apps/v1', 'DaemonSet', name, spec, podSpec);

export const statefulSet = (name: string, spec: object = {}): KubeObject =>
  workload('apps/v1', 'StatefulSet', name, { serviceName: name, ...spec }, {});

export const job = (name: string, spec: object = {}, podSpec: Partial<PodSpec> = {}): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [container({ command: ['true'] })], ...podSpec } }, ...spec },
});

export const service = (name: string, spec: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec,
});

export const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

export const ref = (apiVersion: string, kind: string, name: string, namespace: string | undefined = 'default'): ObjectRef => ({
  apiVersion,
  kind,
  namespace,
  name,
});
