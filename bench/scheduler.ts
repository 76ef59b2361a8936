import { figure, median } from './figure.js';
import { measured } from './measured.js';

const runs = 5;
const fewRuns = 3;

const workloads = ['plain', 'spread', 'anti'] as const;

interface Size {
  readonly nodes: number;
  readonly pods: number;
  /** Pods a second that kube-scheduler 1.36 places, scoring all nodes, on 2 cores. */
  readonly real: Readonly<Record<(typeof workloads)[number], number>>;
}

const sizes: readonly Size[] = [
  { nodes: 1000, pods: 5000, real: { plain: 477, spread: 279, anti: 227 } },
  { nodes: 5000, pods: 2000, real: { plain: 107, spread: 65, anti: 73 } },
];

/** Pods placed a second on empty clusters, all nodes considered, against the real kube-scheduler. */
const placements = (): void => {
  for (const { nodes, pods, real } of sizes) {
    for (const workload of workloads) {
      const results = measured<{ cold: number; rate: number; megabytes: number }>('placements', runs, [workload, nodes, pods]);
      const rate = median(results.map((result) => result.rate));
      const name = `scheduler/${workload} ${nodes}x${pods}`;
      figure(name, rate, 'pods/s');
      figure(`${name} cold`, median(results.map(({ cold }) => cold)), 'pods/s');
      figure(`${name} memory`, median(results.map(({ megabytes }) => megabytes)), 'MB');
      figure(`${name} ratio`, rate / real[workload], 'x');
    }
  }
};

/** A large cluster: what a Pod costs that fits, and one that does not. */
const mixed = (): void => {
  const results = measured<{ seconds: number; schedulable: number; unschedulable: number; megabytes: number }>(
    'scheduler-mixed',
    fewRuns,
  );
  const schedulable = median(results.map((result) => result.schedulable));
  const unschedulable = median(results.map((result) => result.unschedulable));
  const name = 'scheduler/150000 Pods';
  figure(name, median(results.map(({ seconds }) => seconds)), 's');
  figure(`${name} memory`, median(results.map(({ megabytes }) => megabytes)), 'MB');
  figure(`${name} one that fits`, schedulable, 'us');
  figure(`${name} one that does not`, unschedulable, 'us');
  figure(`${name} ratio`, unschedulable / schedulable, 'x');
};

/** Pods that evict one Pod each from a full cluster. */
const preemption = (): void => {
  const results = measured<{ rate: number; megabytes: number }>('scheduler-preemption', fewRuns);
  figure('scheduler/preemption 5000x1000', median(results.map(({ rate }) => rate)), 'pods/s');
  figure('scheduler/preemption memory', median(results.map(({ megabytes }) => megabytes)), 'MB');
};

export const scheduler = (): void => {
  placements();
  mixed();
  preemption();
};
