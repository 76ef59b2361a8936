import type { Pod } from '../lib/api/generated/types.js';
import type { Admitted } from '../lib/api/object.js';
import { createScheduler } from '../lib/scheduler/index.js';
import { boundTo, nodeOf, padded, peakMegabytes, podOf, requesting } from './scheduler-objects.js';

/**
 * 5,000 nodes full of 20,000 Pods of low priority, and 1,000 Pods that each evict one: decided, victims gone, nominated, decided again, bound. Prints
 * preemptors a second and MB as JSON.
 */
const nodeCount = 5000;
const lesserCount = 20_000;
const preemptorCount = 1000;

const scheduler = createScheduler();
for (let i = 0; i < nodeCount; i++) scheduler.upsert(nodeOf(i));
const lesser = requesting('8', '16Gi');
for (let j = 0; j < lesserCount; j++) {
  const pod = podOf(`lesser-${padded(j)}`, { app: 'lesser' }, lesser);
  const startTime = new Date(Date.UTC(2026, 5, 1) + j * 1000).toISOString();
  const running: Admitted<Pod> = { ...boundTo(pod, `node-${padded(j % nodeCount)}`), status: { startTime } };
  scheduler.upsert(running);
}

const preemptor = { ...requesting('6', '8Gi'), priority: 1000 };
const queue = Array.from({ length: preemptorCount }, (_, j) => podOf(`preemptor-${padded(j)}`, { app: 'preemptor' }, preemptor));

const preempt = (pod: Admitted<Pod>): void => {
  const { outcome, postFilter } = scheduler.schedule(pod);
  if (outcome !== 'preempting') throw new Error(`${pod.metadata.name} is ${outcome}`);
  for (const victim of postFilter?.victims ?? []) {
    const [namespace, name = ''] = victim.split('/');
    scheduler.remove({ apiVersion: 'v1', kind: 'Pod', namespace, name });
  }
  const nominated: Admitted<Pod> = { ...pod, status: { nominatedNodeName: postFilter?.nominated } };
  scheduler.upsert(nominated);
  const { node } = scheduler.schedule(nominated);
  if (node !== postFilter?.nominated) throw new Error(`${pod.metadata.name} does not get what was made room for it`);
  scheduler.upsert(boundTo(nominated, node));
};

const started = performance.now();
for (const pod of queue) preempt(pod);
const seconds = (performance.now() - started) / 1000;
process.stdout.write(`${JSON.stringify({ rate: preemptorCount / seconds, megabytes: peakMegabytes() })}\n`);
