import type { KubeObject } from '../../../lib/api/object.js';
import { deployment, judge, service } from '../../verify/manifests.js';

export const policy = (name: string, spec: object): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name },
  spec,
});

const listening = (port: number, env: Readonly<Record<string, string>> = {}) => ({
  containers: [
    {
      name: 'main',
      image: 'shop:1',
      ports: [{ name: 'http', containerPort: port }],
      env: Object.entries(env).map(([name, value]) => ({ name, value })),
    },
  ],
});

export const web = deployment('web', listening(8080, { API_URL: 'http://api', BILLING_URL: 'https://billing.example.com/v1' }), {
  replicas: 2,
});
export const api = deployment('api', listening(3000, { DB_ADDR: 'db:5432' }));
export const db = deployment('db', listening(5432));
export const worker = deployment('worker', { containers: [{ name: 'main', image: 'shop:1' }] });

const matching = (app: string) => ({ matchLabels: { app } });

export const webService = service('web', { type: 'NodePort', ports: [{ port: 80, targetPort: 'http', nodePort: 30_080 }] });
export const apiService = service('api', { ports: [{ port: 80, targetPort: 'http' }] });
const dbService = service('db', { ports: [{ port: 5432 }] });
export const ingress: KubeObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'shop' },
  spec: {
    tls: [{ hosts: ['shop.example.com'] }],
    rules: [
      {
        host: 'shop.example.com',
        http: { paths: [{ path: '/api', pathType: 'Prefix', backend: { service: { name: 'api', port: { number: 80 } } } }] },
      },
    ],
  },
};
/** Only the API, and a workload that nobody wrote a call of, may connect to the database. */
export const dbClients = policy('db-clients', {
  podSelector: matching('db'),
  ingress: [{ from: [{ podSelector: matching('api') }, { podSelector: matching('worker') }], ports: [{ port: 'http' }] }],
});
const apiClients = policy('api-clients', {
  podSelector: matching('api'),
  ingress: [{ from: [{ podSelector: matching('web') }, { ipBlock: { cidr: '203.0.113.0/24' } }], ports: [{ port: 3000 }] }],
});

export const objects: readonly KubeObject[] = [
  web,
  api,
  db,
  worker,
  webService,
  apiService,
  dbService,
  ingress,
  dbClients,
  apiClients,
];

/** The objects, some of them replaced by their names, or left out. */
export const changed = (
  ...others: readonly { readonly instead: KubeObject; readonly of?: KubeObject | undefined }[]
): readonly KubeObject[] =>
  objects.flatMap((object) => {
    const other = others.find(({ instead }) => instead === object);
    return other === undefined ? [object] : other.of === undefined ? [] : [other.of];
  });

export const shop = () => judge(objects);
