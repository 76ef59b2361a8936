import type { ClusterConfig } from 'plimsoll';

const worker = (name: string, labels: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', ...labels },
  },
  status: { allocatable: { cpu: '4', memory: '16Gi', pods: '110', 'ephemeral-storage': '100Gi' } },
});

/** The workers of the texts: one with an SSD, two without; one of those has a GPU. */
export const workers: ClusterConfig = {
  nodes: [
    worker('k8s-w1', { disktype: 'ssd' }),
    worker('k8s-w2', { disktype: 'hdd' }),
    worker('k8s-w3', { disktype: 'hdd', gpu: 'true' }),
  ],
  defaultStorageClass: 'standard',
  ingressController: { ingressClass: 'nginx' },
};
