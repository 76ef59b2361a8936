/** A count, or a percentage of `total` rounded by `round` (`intstr.GetScaledValueFromIntOrPercent`). */
export const scaledValue = (value: number | string | undefined, total: number, round: (value: number) => number): number => {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value ?? '');
  return percent === null ? 0 : round((Number(percent[1]) * total) / 100);
};
