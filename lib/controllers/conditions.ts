/** The conditions of a status, as all kinds have them. */
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly lastTransitionTime?: string | undefined;
  readonly lastUpdateTime?: string | undefined;
}

const none: readonly never[] = [];

export const conditionOf = <C extends Condition>(conditions: readonly C[] | undefined, type: string): C | undefined => {
  if (conditions === undefined) return undefined;
  for (let at = 0; at < conditions.length; at++) {
    const condition = conditions[at];
    if (condition?.type === type) return condition;
  }
  return undefined;
};

export const withoutCondition = <C extends Condition>(conditions: readonly C[] | undefined, type: string): readonly C[] => {
  if (conditions === undefined || conditionOf(conditions, type) === undefined) return conditions ?? none;
  let rest: C[] | undefined;
  for (let at = 0; at < conditions.length; at++) {
    const condition = conditions[at];
    if (condition === undefined || condition.type === type) continue;
    if (rest === undefined) rest = [condition];
    else rest.push(condition);
  }
  return rest ?? none;
};

/** Sets a condition; one that has this status and reason already stays as it is, and the time of transition follows the status alone. */
export const withCondition = <C extends Condition>(conditions: readonly C[] | undefined, condition: C): readonly C[] => {
  if (conditions === undefined || conditions.length === 0) return [condition];
  const current = conditionOf(conditions, condition.type);
  if (current === undefined) return conditions.concat(condition);
  if (current.status === condition.status && current.reason === condition.reason) return conditions;
  const kept = current.status === condition.status ? { ...condition, lastTransitionTime: current.lastTransitionTime } : condition;
  return withoutCondition(conditions, condition.type).concat(kept);
};
