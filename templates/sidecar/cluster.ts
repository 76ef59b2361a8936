import { App, Chart, ClusterIPService, Deployment, emptyDir, Namespace, probe } from 'plimsoll';

/** A web server whose pages an init container fetches and whose logs a sidecar reads, from volumes that the Pod's containers share. */
export const cluster = (): App => {
  const app = new App();
  const chart = new Chart(app, 'site', { namespace: 'site' });
  new Namespace(chart, 'site');

  const site = new Deployment(chart, 'pages', {
    replicas: 2,
    volumes: { html: emptyDir(), logs: emptyDir({ sizeLimit: '256Mi' }) },
    init: {
      fetch: {
        image: 'alpine/git:2.45',
        command: ['git', 'clone', '--depth=1', 'https://example.com/pages.git', '/work'],
        mounts: { html: '/work' },
      },
    },
    containers: {
      nginx: {
        image: 'nginx:1.27',
        ports: { http: 80 },
        mounts: { html: { path: '/usr/share/nginx/html', readOnly: true }, logs: '/var/log/nginx' },
        ready: probe.http('http', '/'),
      },
    },
    sidecars: { logs: { image: 'fluent/fluent-bit:3.2', mounts: { logs: { path: '/in', readOnly: true } } } },
  });
  new ClusterIPService(chart, 'pages-service', { to: site, ports: { http: 80 } });
  return app;
};
