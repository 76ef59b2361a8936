import { App, Chart, ClusterIPService, ConfigMap, Deployment, nodePool } from 'plimsoll';
import { outputDirectory, report, units } from './units.js';

const { outdir, remove } = outputDirectory();
const started = performance.now();
const app = new App({
  outdir,
  cluster: { nodes: [nodePool('general', { count: 40, zones: ['a', 'b', 'c'], shape: { cpu: 16, memory: '64Gi' } })] },
});
const chart = new Chart(app, 'units');
for (let index = 0; index < units; index++) {
  const settings = new ConfigMap(chart, `settings-${index}`, { data: { LEVEL: 'info', INDEX: String(index) } });
  const web = new Deployment(chart, `web-${index}`, {
    replicas: 1,
    containers: {
      web: {
        image: 'nginx:1.27',
        ports: { http: 80 },
        env: { LEVEL: settings.key('LEVEL') },
        resources: { requests: { cpu: '100m', memory: '64Mi' } },
      },
    },
  });
  new ClusterIPService(chart, `service-${index}`, { to: web, ports: { http: 80 } });
}
const { accepted, verified } = await app.synth();
process.once('exit', () => {
  report(started, accepted ? verified.objects : 0);
  remove();
});
