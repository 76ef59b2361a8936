import type { ResourceV1ResourceClaim } from '../../api/generated/types.js';
import { quantityOf } from '../../api/quantity.js';
import type { Stored } from '../kinds.js';
import type { Evaluator } from './evaluator.js';

const counted = 'count/resourceclaims.resource.k8s.io';
const ofClass = '.deviceclass.resource.k8s.io/devices';

/** As many devices as one claim can get at all. */
const mostDevices = 32;

interface Request {
  readonly deviceClassName: string;
  readonly allocationMode?: string | undefined;
  readonly count?: number | undefined;
}

/** Devices by class that a request may take: of alternatives, the most of each class. */
const devicesOf = (alternatives: readonly Request[]): ReadonlyMap<string, number> => {
  const most = new Map<string, number>();
  for (const { deviceClassName, allocationMode = 'ExactCount', count = 1 } of alternatives) {
    const devices = allocationMode === 'ExactCount' ? count : mostDevices;
    most.set(deviceClassName, Math.max(most.get(deviceClassName) ?? 0, devices));
  }
  return most;
};

/** https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-for-resource-claims */
export const resourceClaims: Evaluator = {
  counts: (resource) => resource === counted || resource.endsWith(ofClass),
  usage: (object) => {
    const { spec } = object as Stored & ResourceV1ResourceClaim;
    const totals = new Map([[counted, 1]]);
    for (const { exactly, firstAvailable } of spec?.devices?.requests ?? []) {
      for (const [name, devices] of devicesOf(firstAvailable ?? (exactly === undefined ? [] : [exactly])))
        totals.set(`${name}${ofClass}`, (totals.get(`${name}${ofClass}`) ?? 0) + devices);
    }
    return new Map([...totals].map(([name, total]) => [name, quantityOf(total)]));
  },
  judgesUpdate: () => true,
  altered: (object, previous) => object.spec !== previous.spec,
};
