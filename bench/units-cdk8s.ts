import { ApiObject, Chart } from 'cdk8s';
import { measured, units } from './units.js';

measured((app) => {
  const chart = new Chart(app, 'units');
  for (let index = 0; index < units; index++) {
    const labels = { app: `web-${index}` };
    new ApiObject(chart, `settings-${index}`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `settings-${index}` },
      data: { LEVEL: 'info', INDEX: String(index) },
    });
    new ApiObject(chart, `web-${index}`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `web-${index}`, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [
              {
                name: 'web',
                image: 'nginx:1.27',
                ports: [{ name: 'http', containerPort: 80 }],
                env: [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: `settings-${index}`, key: 'LEVEL' } } }],
                resources: { requests: { cpu: '100m', memory: '64Mi' } },
              },
            ],
          },
        },
      },
    });
    new ApiObject(chart, `service-${index}`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `service-${index}` },
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    });
  }
});
