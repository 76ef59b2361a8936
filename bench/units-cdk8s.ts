import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart } from 'cdk8s';

const units = 3334;
const outdir = mkdtempSync(join(tmpdir(), 'cdk8s-bench-'));
const started = performance.now();
const app = new App({ outdir });
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
app.synth();
const seconds = (performance.now() - started) / 1000;
rmSync(outdir, { recursive: true });
process.stdout.write(`${JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1000, objects: units * 3 })}\n`);
