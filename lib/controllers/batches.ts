/**
 * Creates `count` things in batches of 1, 2, 4, ...: a batch with a failure is the last one, so that a template that no Pod can be
 * made of costs one try and not thousands. Returns the first failure.
 */
export const createInBatches = (count: number, create: (index: number) => string | undefined): string | undefined => {
  let made = 0;
  for (let size = 1; made < count; size *= 2) {
    let failure: string | undefined;
    for (const end = Math.min(made + size, count); made < end; made++) {
      const fault = create(made);
      failure ??= fault;
    }
    if (failure !== undefined) return failure;
  }
  return undefined;
};
