import { Chart } from 'cdk8s';
import { IntOrString, KubeConfigMap, KubeDeployment, KubeService, Quantity } from 'cdk8s-plus-27/lib/imports/k8s.js';
import { measured, units } from './units.js';

measured((app) => {
  const chart = new Chart(app, 'units');
  for (let index = 0; index < units; index++) {
    const labels = { app: `web-${index}` };
    new KubeConfigMap(chart, `settings-${index}`, {
      metadata: { name: `settings-${index}` },
      data: { LEVEL: 'info', INDEX: String(index) },
    });
    new KubeDeployment(chart, `web-${index}`, {
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
                resources: { requests: { cpu: Quantity.fromString('100m'), memory: Quantity.fromString('64Mi') } },
              },
            ],
          },
        },
      },
    });
    new KubeService(chart, `service-${index}`, {
      metadata: { name: `service-${index}` },
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: IntOrString.fromString('http') }] },
    });
  }
});
