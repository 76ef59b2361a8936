import { Chart, Size } from 'cdk8s';
import { ConfigMap, Cpu, Deployment, EnvValue, type IConfigMap, Service } from 'cdk8s-plus-27';
import { measured, units } from './units.js';

measured((app) => {
  const chart = new Chart(app, 'units');
  for (let index = 0; index < units; index++) {
    const settings = new ConfigMap(chart, `settings-${index}`, {
      metadata: { name: `settings-${index}` },
      data: { LEVEL: 'info', INDEX: String(index) },
    });
    const web = new Deployment(chart, `web-${index}`, {
      metadata: { name: `web-${index}` },
      replicas: 1,
      containers: [
        {
          name: 'web',
          image: 'nginx:1.27',
          ports: [{ name: 'http', number: 80 }],
          envVariables: { LEVEL: EnvValue.fromConfigMap(settings as IConfigMap, 'LEVEL') },
          resources: { cpu: { request: Cpu.millis(100) }, memory: { request: Size.mebibytes(64) } },
        },
      ],
    });
    new Service(chart, `service-${index}`, {
      metadata: { name: `service-${index}` },
      selector: web,
      ports: [{ name: 'http', port: 80 }],
    });
  }
});
