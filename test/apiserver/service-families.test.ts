import { describe, expect, test } from 'vitest';
import type { ServiceSpec } from '../../lib/api/generated/types.js';
import { withFamilies } from '../../lib/apiserver/service-families.js';

const selecting: ServiceSpec = { selector: { app: 'web' }, ports: [{ port: 80 }] };

const faults = (spec: ServiceSpec, before?: ServiceSpec): readonly string[] => {
  const found = withFamilies({ ...selecting, ...spec }, before);
  return Array.isArray(found) ? found.map(({ message }) => message) : [];
};

describe('address families on a cluster of one family', () => {
  test('a Service has one', () => {
    expect(withFamilies(selecting, undefined)).toEqual({ ...selecting, ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] });
  });

  test('a headless Service without a selector may have endpoints of both', () => {
    expect(withFamilies({ clusterIP: 'None' }, undefined)).toMatchObject({
      ipFamilyPolicy: 'RequireDualStack',
      ipFamilies: ['IPv4', 'IPv6'],
    });
  });

  test('who demands another is refused at the field that says so', () => {
    expect(faults({ clusterIP: 'fd00::1' })).toEqual([
      'spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster',
    ]);
    expect(faults({ ipFamilies: ['IPv6'] })).toEqual([
      'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
    ]);
    expect(faults({ ipFamilyPolicy: 'RequireDualStack' })).toEqual([
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    ]);
  });

  test('an address must be of the family named for it', () => {
    const before: ServiceSpec = { clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'], ipFamilies: ['IPv4'] };
    expect(faults({ ...before, ipFamilies: ['IPv6'] }, before)).toEqual([
      'spec.clusterIPs[0]: Invalid value: "10.96.0.7": expected an IPv6 value as indicated by `ipFamilies[0]`',
    ]);
  });

  test('who changes the address in one of the two fields changes it in both', () => {
    const before: ServiceSpec = { ...selecting, clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'], ipFamilies: ['IPv4'] };
    expect(withFamilies({ ...before, clusterIP: '10.96.0.8' }, before)).toMatchObject({ clusterIPs: ['10.96.0.8'] });
  });

  test('two addresses need a policy that allows two', () => {
    expect(faults({ clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.5', 'fd00::5'] })).toEqual([
      `spec.ipFamilyPolicy: Invalid value: "SingleStack": must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified`,
      'spec.clusterIPs[1]: Invalid value: ["10.96.0.5","fd00::5"]: IPv6 is not configured on this cluster',
    ]);
  });
});
