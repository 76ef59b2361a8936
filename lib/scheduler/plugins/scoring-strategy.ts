import { maxNodeScore } from '../framework.js';

/** A resource that a score looks at. */
export interface ResourceWeight {
  readonly name: string;
  readonly weight: number;
}

/** A point of the line by which RequestedToCapacityRatio scores: utilization in percent, score from 0 to 10. */
export interface ShapePoint {
  readonly utilization: number;
  readonly score: number;
}

/** How NodeResourcesFit scores nodes. */
export interface ScoringStrategy {
  readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  readonly resources: readonly ResourceWeight[];
  /** Only of RequestedToCapacityRatio; at least one point, in ascending order of utilization. */
  readonly shape: readonly ShapePoint[];
}

/** The score of one resource that has any capacity. */
type ResourceScore = (requested: number, capacity: number) => number;

export const leastRequested: ResourceScore = (requested, capacity) =>
  requested > capacity ? 0 : Math.floor(((capacity - requested) * maxNodeScore) / capacity);

const mostRequested: ResourceScore = (requested, capacity) =>
  Math.floor((Math.min(requested, capacity) * maxNodeScore) / capacity);

const maxShapeScore = 10;

/** The straight lines between the points; before the first and after the last they go on level. */
const brokenLine = (shape: readonly ShapePoint[]): ((utilization: number) => number) => {
  const points = shape.map(({ utilization, score }) => ({ utilization, score: (score * maxNodeScore) / maxShapeScore }));
  return (utilization) => {
    let before: ShapePoint | undefined;
    for (const point of points) {
      if (utilization <= point.utilization) {
        if (before === undefined) return point.score;
        const rise = (point.score - before.score) * (utilization - before.utilization);
        return before.score + Math.trunc(rise / (point.utilization - before.utilization));
      }
      before = point;
    }
    return before?.score ?? 0;
  };
};

const resourceScoreOf = ({ type, shape }: ScoringStrategy): ResourceScore => {
  if (type === 'LeastAllocated') return leastRequested;
  if (type === 'MostAllocated') return mostRequested;
  const line = brokenLine(shape);
  return (requested, capacity) => line(requested > capacity ? 100 : Math.floor((requested * 100) / capacity));
};

/** What the strategy gives a node; `requested` (with the Pod) and `capacity` in the order of its resources. A capacity of 0 does not count. */
export const strategyScore = (
  strategy: ScoringStrategy,
): ((requested: readonly number[], capacity: readonly number[]) => number) => {
  const scoreOf = resourceScoreOf(strategy);
  const isRatio = strategy.type === 'RequestedToCapacityRatio';
  return (requested, capacity) => {
    let sum = 0;
    let weights = 0;
    for (const [i, { weight }] of strategy.resources.entries()) {
      const size = capacity[i] ?? 0;
      if (size === 0) continue;
      const score = scoreOf(requested[i] ?? 0, size);
      // Of a ratio only resources that score anything count.
      if (isRatio && score <= 0) continue;
      sum += score * weight;
      weights += weight;
    }
    if (weights === 0) return 0;
    return isRatio ? Math.round(sum / weights) : Math.floor(sum / weights);
  };
};

export const cpuAndMemory: readonly ResourceWeight[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];
