import { sameValue } from '../equal.js';
import type { Service } from '../generated/types.js';
import type { Faults } from './faults.js';
import { Path } from './path.js';
import { clusterIPsOf, isHeadless } from './service.js';

const at = Path.of('spec');
const once = 'may not change once set';

/** The first address and family of a Service stay for its life; a second may come and go (KEP-563). */
export const serviceUpdate = (next: Service, current: Service, faults: Faults): void => {
  const [spec, old] = [next.spec ?? {}, current.spec ?? {}];
  if (spec.type === 'LoadBalancer' && old.type === 'LoadBalancer' && spec.loadBalancerClass !== old.loadBalancerClass) {
    faults.invalid(at.child('loadBalancerClass'), spec.loadBalancerClass, once);
  }
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return;
  if (isHeadless(spec) && isHeadless(old)) return;
  const [addresses, before] = [clusterIPsOf(spec), clusterIPsOf(old)];
  const place = at.child('clusterIPs');
  for (const [index, address] of before.entries()) {
    const released = index > 0 && addresses.length < before.length;
    if (addresses[index] === address || released) continue;
    if (addresses.length === 0) faults.invalid(place.index(0), addresses, 'primary clusterIP can not be unset');
    else faults.invalid(place.index(index), addresses, once);
    if (addresses.length < before.length) break;
  }
  if (addresses.length === 1 && before.length > 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    const detail = "must be set to 'SingleStack' when releasing the secondary clusterIP";
    faults.invalid(at.child('ipFamilyPolicy'), spec.ipFamilyPolicy, detail);
  }
  if (isHeadless(spec) || isHeadless(old)) return;
  const [families, were] = [spec.ipFamilies ?? [], old.ipFamilies ?? []];
  if (families.length > 0 && were.length > 0 && !sameValue(families[0], were[0]))
    faults.invalid(at.child('ipFamilies').index(0), families, once);
};
