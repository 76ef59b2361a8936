import type { Pod } from '../../api/generated/types.js';
import type { Admitted } from '../../api/object.js';

const annotation = 'batch.kubernetes.io/job-completion-index';

export const indexOf = (pod: Admitted<Pod>): number | undefined => {
  const text = pod.metadata.annotations?.[annotation];
  return text === undefined ? undefined : Number(text);
};

/** `1,3-5` as the numbers it stands for. */
export const parseIndexes = (text: string | undefined): Set<number> => {
  const indexes = new Set<number>();
  for (const part of (text ?? '').split(',').filter((one) => one !== '')) {
    const [first = 0, last = first] = part.split('-').map(Number);
    for (let index = first; index <= last; index++) indexes.add(index);
  }
  return indexes;
};

/** Numbers as the API writes them: `1,3-5`. */
export const formatIndexes = (indexes: ReadonlySet<number>): string => {
  const parts: string[] = [];
  const sorted = [...indexes].sort((a, b) => a - b);
  for (let at = 0; at < sorted.length; at++) {
    const first = sorted[at];
    while ((sorted[at + 1] ?? -1) === (sorted[at] ?? 0) + 1) at++;
    const last = sorted[at];
    parts.push(first === last ? String(first) : last === (first ?? 0) + 1 ? `${first},${last}` : `${first}-${last}`);
  }
  return parts.join(',');
};
