/** The conditions of a status, as all kinds have them. */
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly lastTransitionTime?: string | undefined;
  readonly lastUpdateTime?: string | undefined;
}

export const conditionOf = <C extends Condition>(conditions: readonly C[] | undefined, type: string): C | undefined =>
  conditions?.find((condition) => condition.type === type);

export const withoutCondition = <C extends Condition>(conditions: readonly C[] | undefined, type: string): readonly C[] =>
  (conditions ?? []).filter((condition) => condition.type !== type);

/** Sets a condition; one that has this status and reason already stays as it is, and the time of transition follows the status alone. */
export const withCondition = <C extends Condition>(conditions: readonly C[] | undefined, condition: C): readonly C[] => {
  const current = conditionOf(conditions, condition.type);
  if (current !== undefined && current.status === condition.status && current.reason === condition.reason)
    return conditions ?? [];
  const kept =
    current?.status === condition.status ? { ...condition, lastTransitionTime: current.lastTransitionTime } : condition;
  return [...withoutCondition(conditions, condition.type), kept];
};
