import { expect, test } from 'vitest';
import type { KubeObject } from '../../lib/api/object.js';
import { Cluster } from '../../lib/cluster/cluster.js';

const node = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '10' } },
});

const localVolume = (name: string, on: string, storage: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'local',
    local: { path: '/mnt/disk' },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [on] }] }],
      },
    },
  },
});

test('a claim gets the local volume of the node that the scheduler chose, not the smallest of all', () => {
  const cluster = new Cluster({ nodes: [node('n1'), node('n2')] });
  const objects: KubeObject[] = [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'local' },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    localVolume('small-on-n1', 'n1', '10Gi'),
    localVolume('large-on-n2', 'n2', '20Gi'),
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'local', resources: { requests: { storage: '5Gi' } } },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'db' },
      spec: {
        nodeSelector: { 'kubernetes.io/hostname': 'n2' },
        containers: [{ name: 'db', image: 'db:1' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
      },
    },
  ];
  cluster.apply(objects.map((object) => ({ object, provenance: {} })));
  cluster.settle();

  const [claim] = cluster.list('PersistentVolumeClaim');
  expect([claim?.spec?.volumeName, claim?.status?.phase]).toEqual(['large-on-n2', 'Bound']);
  const [pod] = cluster.list('Pod', { namespace: 'default' });
  expect([pod?.spec?.nodeName, pod?.status?.phase]).toEqual(['n2', 'Running']);
});

test('a long run says how far it is', () => {
  const said: string[] = [];
  const cluster = new Cluster();
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 1200,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] } },
    },
  };
  cluster.apply([{ object: deployment, provenance: {} }]);
  cluster.settle({ progress: (text) => said.push(text) });
  expect(said[0]).toMatch(/^running the cluster: \d+ Pods, step 1000$/);
});
