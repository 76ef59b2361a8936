import { extended } from '../api/extended.js';
import type { ServiceSpec } from '../api/generated/types.js';
import { Faults } from '../api/validate/faults.js';
import { Path } from '../api/validate/path.js';
import { clusterIPsOf, validateClusterIPs } from '../api/validate/service.js';
import type { FieldError } from '../api/verdict.js';
import { equal } from './equal.js';

const at = Path.of('spec');
/** The cluster has addresses of this family only. */
const family = 'IPv4';
const itsFamily: readonly string[] = [family];

const familyOf = (address: string): string => (address.includes(':') ? 'IPv6' : 'IPv4');

/** Most Services leave addresses and families to the cluster: then nothing can be wrong with them. */
const isSilent = ({ clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy }: ServiceSpec): boolean =>
  !clusterIP && clusterIPs === undefined && ipFamilies === undefined && ipFamilyPolicy === undefined;

const isShorter = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean =>
  (a?.length ?? 0) > 0 && (a?.length ?? 0) < (b?.length ?? 0);

/** A client that knows one of the fields only means both: the list follows the single address when that alone has changed. */
const normalized = (spec: ServiceSpec, before: ServiceSpec | undefined): ServiceSpec => {
  const { clusterIP = '', clusterIPs } = spec;
  if (before === undefined || clusterIP === '' || clusterIP === before.clusterIP) return spec;
  return equal(clusterIPs, before.clusterIPs) ? { ...spec, clusterIPs: [clusterIP] } : spec;
};

/** A Service that merely prefers two families stays with what it has. */
const staysPreferred = (spec: ServiceSpec, before: ServiceSpec | undefined): boolean =>
  before !== undefined &&
  spec.ipFamilyPolicy === 'PreferDualStack' &&
  before.ipFamilyPolicy === 'PreferDualStack' &&
  equal(spec.ipFamilies, before.ipFamilies) &&
  equal(clusterIPsOf(spec), clusterIPsOf(before));

/** Faults of a policy that does not go with the addresses and families beside it. */
const policyFaults = (spec: ServiceSpec, before: ServiceSpec | undefined, faults: Faults): void => {
  const place = at.child('ipFamilyPolicy');
  const policy = spec.ipFamilyPolicy;
  const addresses = clusterIPsOf(spec);
  if (policy === 'SingleStack') {
    const several = (what: string) =>
      faults.invalid(place, policy, `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`);
    if (addresses.length === 2) several('cluster IPs');
    if (spec.ipFamilies?.length === 2) several('IP families');
  } else if (before !== undefined) {
    if (isShorter(addresses, clusterIPsOf(before)))
      faults.invalid(place, policy, "must be 'SingleStack' to release the secondary cluster IP");
    if (isShorter(spec.ipFamilies, before.ipFamilies))
      faults.invalid(place, policy, "must be 'SingleStack' to release the secondary IP family");
  }
};

/** The families of the addresses that the author chose, where he names none. */
const inferredFamilies = (spec: ServiceSpec, faults: Faults): readonly string[] => {
  const found = [...(spec.ipFamilies ?? [])];
  const addresses = clusterIPsOf(spec);
  for (const [index, address] of addresses.entries()) {
    if (address === 'None' || index < found.length) continue;
    const its = familyOf(address);
    if (its === family) found.push(its);
    else faults.invalid(at.child('clusterIPs').index(index), addresses, `${its} is not configured on this cluster`);
  }
  return found;
};

/** A cluster of one family can give no Service another. */
const clusterFaults = (policy: string, families: readonly string[], faults: Faults): void => {
  if (policy === 'RequireDualStack')
    faults.invalid(at.child('ipFamilyPolicy'), policy, 'this cluster is not configured for dual-stack services');
  for (const [index, its] of families.entries())
    if (its !== family) faults.invalid(at.child('ipFamilies').index(index), its, 'not configured on this cluster');
};

/**
 * The Service with its address families, or the faults that keep the cluster from giving it addresses; asked before the rest
 * of the Service is judged. https://kubernetes.io/docs/concepts/services-networking/dual-stack/
 */
export const withFamilies = (sent: ServiceSpec, before: ServiceSpec | undefined): ServiceSpec | readonly FieldError[] => {
  if (before === undefined && isSilent(sent)) return extended(sent, { ipFamilyPolicy: 'SingleStack', ipFamilies: itsFamily });
  const said = normalized(sent, before);
  if (staysPreferred(said, before)) return said;
  const isOpenEnded = said.clusterIP === 'None' && Object.keys(said.selector ?? {}).length === 0;
  const policy = said.ipFamilyPolicy ?? before?.ipFamilyPolicy ?? (isOpenEnded ? 'RequireDualStack' : 'SingleStack');
  const spec = extended(said, { ipFamilyPolicy: policy });
  const related = new Faults();
  validateClusterIPs(spec, related);
  if (related.list.length > 0) return related.list;
  const faults = new Faults();
  policyFaults(spec, before, faults);
  const families = inferredFamilies(spec, faults);
  if (faults.list.length > 0) return faults.list;
  if (isOpenEnded) {
    // Whoever makes the endpoints may make them of both families.
    const [first = family] = families;
    const isSingle = families.length >= 2 || policy === 'SingleStack';
    return {
      ...spec,
      ipFamilies: isSingle ? [...(families.length > 0 ? families : [first])] : [first, first === 'IPv4' ? 'IPv6' : 'IPv4'],
    };
  }
  clusterFaults(policy, families, faults);
  if (faults.list.length > 0) return faults.list;
  return extended(spec, { ipFamilies: families.length > 0 ? families : itsFamily });
};
