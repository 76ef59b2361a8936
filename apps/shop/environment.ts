import { type ClusterConfig, nodePool } from 'plimsoll';

export type EnvironmentName = 'development' | 'production';

/** What differs between the environments; everything else is the same code. */
export interface Environment {
  readonly name: EnvironmentName;
  readonly host: string;
  /** Replicas of what serves people. */
  readonly replicas: number;
  readonly databaseReplicas: number;
  readonly databaseSize: string;
  readonly cluster: ClusterConfig;
}

const zones = ['a', 'b', 'c'];

const services = {
  ingressController: { ingressClass: 'nginx', namespace: 'ingress-nginx', podLabels: { app: 'ingress-nginx' } },
  defaultStorageClass: 'standard',
};

export const environments: Readonly<Record<EnvironmentName, Environment>> = {
  development: {
    name: 'development',
    host: 'shop.dev.example.com',
    replicas: 1,
    databaseReplicas: 1,
    databaseSize: '5Gi',
    cluster: {
      ...services,
      nodes: [
        nodePool('general', { count: 3, zones, shape: { cpu: 4, memory: '8Gi' } }),
        nodePool('ssd', {
          count: 1,
          zones,
          shape: { cpu: 4, memory: '8Gi' },
          labels: { disktype: 'ssd' },
          taints: ['dedicated=db:NoSchedule'],
        }),
      ],
    },
  },
  production: {
    name: 'production',
    host: 'shop.example.com',
    replicas: 3,
    databaseReplicas: 3,
    databaseSize: '50Gi',
    cluster: {
      ...services,
      nodes: [
        nodePool('general', { count: 6, zones, shape: { cpu: 4, memory: '16Gi' } }),
        nodePool('ssd', {
          count: 3,
          zones,
          shape: { cpu: 8, memory: '32Gi' },
          labels: { disktype: 'ssd' },
          taints: ['dedicated=db:NoSchedule'],
        }),
      ],
    },
  },
};
