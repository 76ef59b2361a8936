import {
  type App,
  Chart,
  ClusterIPService,
  ConfigMap,
  configMap,
  DaemonSet,
  Deployment,
  emptyDir,
  hostPath,
  Ingress,
  IngressClass,
  Namespace,
  probe,
} from 'plimsoll';
import type { Environment } from './environment.js';
import type { services } from './services.js';

type Services = ReturnType<typeof services>;

/** Namespace `web`: what people see, and the agent that reads the logs of every node. */
export const front = (
  app: App,
  environment: Environment,
  { catalogService, cartService, ordersService, recommendationsService }: Services,
) => {
  const chart = new Chart(app, 'web', { namespace: 'web' });
  new Namespace(chart, 'web');
  const pages = new ConfigMap(chart, 'nginx-conf', {
    data: { 'default.conf': 'server { listen 8080; root /usr/share/nginx/html; }\n' },
  });

  const web = new Deployment(chart, 'frontend', {
    replicas: environment.replicas,
    volumes: { conf: configMap(pages), assets: emptyDir({ sizeLimit: '1Gi' }) },
    init: { assets: { image: 'shop/assets:3.1', command: ['cp', '-r', '/assets/.', '/out'], mounts: { assets: '/out' } } },
    containers: {
      nginx: {
        image: 'nginx:1.27',
        ports: { http: 8080 },
        mounts: { conf: '/etc/nginx/conf.d', assets: { path: '/usr/share/nginx/html', readOnly: true } },
        resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        ready: probe.http('http', '/'),
        calls: [catalogService.at('http'), cartService.at('http'), ordersService.at('http'), recommendationsService.at('http')],
      },
    },
    schedule: { spreadOver: { over: 'zone', whenUnsatisfiable: 'ScheduleAnyway' } },
  });
  const service = new ClusterIPService(chart, 'frontend-web', { to: web, ports: { http: 80 } });
  const ingressClass = new IngressClass(chart, 'nginx', { controller: 'k8s.io/ingress-nginx' });
  new Ingress(chart, 'shop', { ingressClass, hosts: { [environment.host]: { '/': service.at('http') } } });

  const agent = new DaemonSet(chart, 'log-agent', {
    volumes: { logs: hostPath('/var/log', { type: 'Directory' }) },
    containers: {
      agent: {
        image: 'fluent/fluent-bit:3.2',
        mounts: { logs: { path: '/var/log', readOnly: true } },
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
      },
    },
    schedule: { tolerate: ['*'] },
  });
  return { chart, web, service, agent };
};
