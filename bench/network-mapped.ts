import { createMap } from '../lib/network/map/map.js';
import { createNetwork } from '../lib/network/network.js';
import { viewOf } from './network-objects.js';

const view = viewOf(Number(process.argv[2]));
const started = performance.now();
const map = createMap(view);
let connections = 0;
for (const _ of map.connections()) connections++;
for (const of of map.classes) {
  for (const direction of ['ingress', 'egress'] as const) {
    map.outside(direction, of);
    map.exposure(direction, of);
  }
}
map.unprotected();
const seconds = (performance.now() - started) / 1000;
const megabytes = process.memoryUsage().rss / 2 ** 20;

const network = createNetwork(view);
const [client, server] = view.pods;
if (client === undefined || server === undefined) throw new Error('there are no Pods');
network.connect({ pod: client }, { pod: server, port: 8080 });
const asked = performance.now();
network.connect({ pod: server }, { pod: client, port: 8080 });
const query = performance.now() - asked;
process.stdout.write(`\n${JSON.stringify({ seconds, megabytes, classes: map.classes.length, connections, query })}\n`);
