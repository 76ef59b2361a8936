import type { Taint, Toleration } from '../api/generated/types.js';

export const tolerates = (toleration: Toleration, taint: Taint): boolean => {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  const operator = toleration.operator || 'Equal';
  if (operator === 'Exists') return true;
  return operator === 'Equal' && (toleration.value ?? '') === (taint.value ?? '');
};

export const toleratesAll = (tolerations: readonly Toleration[], taints: readonly Taint[]): boolean => {
  for (const taint of taints) {
    if (!tolerations.some((toleration) => tolerates(toleration, taint))) return false;
  }
  return true;
};
