const percents = /^(\d+)%$/;

/** The number of a percentage; the default of a rollout is nearly every one. */
const percentOf = (value: string | undefined): number | undefined => {
  if (value === '25%') return 25;
  const percent = percents.exec(value ?? '');
  return percent === null ? undefined : Number(percent[1]);
};

/** A count, or a percentage of `total` rounded by `round` (`intstr.GetScaledValueFromIntOrPercent`). */
export const scaledValue = (value: number | string | undefined, total: number, round: (value: number) => number): number => {
  if (typeof value === 'number') return value;
  const percent = percentOf(value);
  return percent === undefined ? 0 : round((percent * total) / 100);
};
