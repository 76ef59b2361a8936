import { describe, expect, test } from 'vitest';
import type { Admitted } from '../../lib/api/object.js';
import { createNetwork } from '../../lib/network/network.js';
import type { AdminPolicy } from '../../lib/network/policy/admin.js';
import { adminFaults, samePriority } from '../../lib/network/policy/admin-faults.js';
import { clusterOf, declaredListens, namespace, pod, policy } from './cluster.js';

const web = pod('shop/web', { ip: '10.244.1.1', labels: { app: 'web' } });
const db = pod('data/db', { ip: '10.244.2.1', labels: { app: 'db' }, ports: { pg: 5432 } });
const inShop = { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } };
const inData = { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'data' } } };

const admin = (name: string, spec: NonNullable<AdminPolicy['spec']>, kind = 'AdminNetworkPolicy'): Admitted<AdminPolicy> => ({
  apiVersion: 'policy.networking.k8s.io/v1alpha1',
  kind,
  metadata: { name, uid: name },
  spec: { ...(kind === 'AdminNetworkPolicy' && { priority: 10 }), ...spec },
});
const rule = (action: string, name = action.toLowerCase()) => ({ name, action, from: [inShop] });
const closed = policy('data/closed', { podSelector: {}, policyTypes: ['Ingress'] });

/** The hop at the database's policies, for a connection from the web. */
const judged = (adminPolicies: readonly Admitted<AdminPolicy>[], policies = [closed]) => {
  const view = clusterOf([namespace('shop'), namespace('data'), web, db, ...policies]);
  const network = createNetwork({ ...view, adminPolicies }, { listens: declaredListens });
  return network.connect({ pod: web }, { pod: db }).hops.find(({ at }) => at === 'policy-ingress');
};

describe('AdminNetworkPolicies', () => {
  test('allow what NetworkPolicies deny', () => {
    expect(judged([])).toMatchObject({ outcome: 'blocked' });
    const hop = judged([admin('open', { subject: inData, ingress: [rule('Allow')] })]);
    expect(hop?.text).toBe('AdminNetworkPolicy open ingress rule 1 (allow) allows TCP 5432 from Pod shop/web');
    expect(hop).toMatchObject({ outcome: 'passed', object: { name: 'open' } });
  });

  test('deny what nobody else restricts', () => {
    const hop = judged([admin('shut', { subject: inData, ingress: [rule('Deny')] })], []);
    expect(hop).toMatchObject({ outcome: 'blocked', object: { name: 'shut' } });
    expect(hop?.text).toBe('AdminNetworkPolicy shut ingress rule 1 (deny) denies TCP 5432 from Pod shop/web');
  });

  test('pass a connection on to the NetworkPolicies, past later rules and policies', () => {
    const passing = admin('pass', { priority: 1, subject: inData, ingress: [rule('Pass'), rule('Allow')] });
    const open = admin('open', { priority: 2, subject: inData, ingress: [rule('Allow')] });
    expect(judged([open, passing])).toMatchObject({ outcome: 'blocked', object: { name: 'closed' } });
    expect(judged([open, passing])?.text).toContain(
      'AdminNetworkPolicy pass ingress rule 1 (pass) leaves it to the NetworkPolicies',
    );
  });

  test('of several the lowest priority number decides, and of its rules the first that has the port', () => {
    const first = admin('first', {
      priority: 1,
      subject: inData,
      ingress: [
        { ...rule('Deny'), ports: [{ portNumber: { port: 80 } }] },
        { ...rule('Allow'), ports: [{ namedPort: 'pg' }] },
      ],
    });
    const second = admin('second', { priority: 2, subject: inData, ingress: [rule('Deny')] });
    expect(judged([second, first])).toMatchObject({ outcome: 'passed', object: { name: 'first' } });
  });

  test('a baseline counts where no NetworkPolicy selects the Pod', () => {
    const baseline = admin('default', { subject: inData, ingress: [rule('Deny')] }, 'BaselineAdminNetworkPolicy');
    const open = policy('data/open', { podSelector: {}, ingress: [{}] });
    expect(judged([baseline], [])).toMatchObject({ outcome: 'blocked', object: { name: 'default' } });
    expect(judged([baseline], [open])).toMatchObject({ outcome: 'passed', object: { name: 'open' } });
  });
});

describe('what their CustomResourceDefinitions refuse', () => {
  const sound = { subject: inData, ingress: [rule('Allow')] };
  test.each<[string, Admitted<AdminPolicy>, readonly string[]]>([
    ['nothing in a sound one', admin('a', sound), []],
    ['a priority above 1000', admin('a', { ...sound, priority: 1001 }), ['spec.priority: 1001 is not between 0 and 1000']],
    [
      'a baseline of another name',
      admin('a', sound, 'BaselineAdminNetworkPolicy'),
      ['metadata.name: a BaselineAdminNetworkPolicy is named default'],
    ],
    [
      'a subject of two sorts',
      admin('a', { ...sound, subject: { ...inData, pods: {} } }),
      ['spec.subject: exactly one of namespaces, pods must be set'],
    ],
    [
      'a rule without peers',
      admin('a', { ...sound, ingress: [{ action: 'Deny' }] }),
      ['spec.ingress[0].from: must have at least one peer'],
    ],
    [
      'a baseline that passes',
      admin('default', { subject: inData, ingress: [rule('Pass')] }, 'BaselineAdminNetworkPolicy'),
      ['spec.ingress[0].action: Pass is not one of Allow, Deny'],
    ],
    [
      'a port of two sorts',
      admin('a', { ...sound, ingress: [{ ...rule('Deny'), ports: [{ namedPort: 'pg', portNumber: { port: 1 } }] }] }),
      ['spec.ingress[0].ports[0]: exactly one of portNumber, portRange, namedPort must be set'],
    ],
    [
      'a network that is none',
      admin('a', { subject: inData, egress: [{ action: 'Deny', to: [{ networks: ['zc00::/8'] }] }] }),
      ['spec.egress[0].to[0].networks: zc00::/8 is not a valid CIDR'],
    ],
  ])('%s', (_name, object, faults) => {
    expect(adminFaults(object)).toEqual(faults);
  });

  test('two of one priority have no order', () => {
    expect(samePriority([admin('a', sound), admin('b', sound), admin('c', { ...sound, priority: 3 })])).toEqual(['a, b']);
  });
});
