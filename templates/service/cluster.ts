import { App, Chart, ClusterIPService, ConfigMap, Deployment, Namespace, probe } from 'plimsoll';

/** One service: a Deployment with its settings, behind a Service. */
export const cluster = (): App => {
  const app = new App();
  const chart = new Chart(app, 'web', { namespace: 'web' });
  new Namespace(chart, 'web');

  const settings = new ConfigMap(chart, 'settings', { data: { GREETING: 'hello' } });
  const web = new Deployment(chart, 'web-server', {
    replicas: 2,
    containers: {
      nginx: {
        image: 'nginx:1.27',
        ports: { http: 80 },
        env: { GREETING: settings.key('GREETING') },
        resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        ready: probe.http('http', '/'),
      },
    },
  });
  new ClusterIPService(chart, 'web-service', { to: web, ports: { http: 80 } });
  return app;
};
