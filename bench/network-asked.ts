import { mapReport } from '../lib/report/map/report.js';
import { reachReport } from '../lib/report/reach/reach.js';
import { dryRun } from '../lib/verify/dryrun.js';
import { manifestsOf } from './network-objects.js';

const nodes = [{ name: 'node', count: 120, shape: { cpu: 64, memory: '256Gi', pods: 200 } }];
const manifests = manifestsOf(10_000).map((object) => ({ object, provenance: {} }));
const { cluster, network } = dryRun({ manifests, cluster: { nodes, world: 'closed' } });
const loaded = process.memoryUsage().rss / 2 ** 20;

const started = performance.now();
const report = mapReport({ cluster, network });
const text = JSON.stringify(report);
const seconds = (performance.now() - started) / 1000;
const megabytes = process.memoryUsage().rss / 2 ** 20;

const ask = (index: number): number => {
  const asked = performance.now();
  reachReport({ cluster, network }, `team-${index}/app-${index}`, `app-${index + 50}.team-${index}:80`);
  return performance.now() - asked;
};
ask(1);
const queries = [2, 3, 4, 5, 6, 7, 8].map(ask).sort((a, b) => a - b);
const result = {
  seconds,
  loaded,
  megabytes,
  bytes: text.length,
  workloads: report.workloads.length,
  calls: report.calls.length,
  query: queries[3],
};
process.stdout.write(`\n${JSON.stringify(result)}\n`);
