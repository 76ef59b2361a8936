import { nearest } from '../api/decode/suggest.js';
import { headroom, pendingPods, poolSizes, utilization } from '../cluster/capacity.js';
import type { Cluster } from '../cluster/cluster.js';
import { type CapacityAnswer, capacityReport } from '../report/capacity/json.js';
import { capacityText } from '../report/capacity/text.js';
import { InputError, type Invocation, UsageError } from './command.js';
import { look, progress } from './print.js';
import { workloadNamed } from './workload-name.js';
import { worldsOf } from './worlds.js';

/** The pool that was asked for, in those clusters that have it. */
const checkPool = (pool: string | undefined, clusters: readonly Cluster[]): void => {
  if (pool === undefined) return;
  const names = [...new Set(clusters.flatMap((cluster) => utilization(cluster).pools.map(({ name }) => name)))];
  if (names.includes(pool)) return;
  const near = nearest(pool, names);
  throw new InputError(
    `there is no node pool ${pool}; ${near === undefined ? `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}` : `did you mean ${near}?`}`,
  );
};

/** `plimsoll capacity [WORKLOAD]`. */
export const capacity = async ({ positionals, options }: Invocation): Promise<number> => {
  const [name, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError('capacity takes one workload');
  const pool = options.pool as string | undefined;
  if (name !== undefined && pool !== undefined) throw new UsageError('--pool is about pools: leave out the workload');
  const file = options.file as string | undefined;
  const worlds = await worldsOf(file === undefined ? [] : [file], {
    cluster: options.cluster as string | undefined,
    app: options.app as string | undefined,
  });
  const clusters = worlds.map(({ cluster }) => cluster);
  const workloads = name === undefined ? undefined : workloadNamed(clusters, name);
  checkPool(pool, clusters);
  const line = progress();
  const apps = worlds.flatMap(({ title, cluster }, index): readonly { title: string | undefined; answer: CapacityAnswer }[] => {
    if (workloads === undefined) {
      const pools = poolSizes(cluster, {
        pools: pool === undefined ? undefined : [pool],
        progress: (each, nodes) => line.step(`trying ${nodes} nodes in pool ${each}`),
      });
      return [{ title, answer: { utilization: utilization(cluster), pending: pendingPods(cluster), pools } }];
    }
    const workload = workloads[index];
    if (workload === undefined) return [];
    const progressed = (placed: number): void => line.step(`${placed} replicas placed`);
    return [{ title, answer: { headroom: headroom(cluster, workload, { withOneNodeMore: true, progress: progressed }) } }];
  });
  line.clear();
  if (options.format === 'json') process.stdout.write(`${JSON.stringify(capacityReport(apps), null, 2)}\n`);
  else
    process.stdout.write(
      apps
        .map(({ title, answer }) => capacityText(answer, { ...look(process.stdout), title: apps.length > 1 ? title : undefined }))
        .join('\n'),
    );
  return 0;
};
