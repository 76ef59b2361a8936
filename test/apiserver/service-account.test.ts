import { expect, test } from 'vitest';
import { Clock } from '../../lib/apiserver/clock.js';
import { ApiServer } from '../../lib/apiserver/server.js';

const secret = (name: string) => ({ secretKeyRef: { name, key: 'k' } });

/** What the server says of a Pod whose account is bound to its own secrets. */
const answer = (spec: object, container: object = {}): string | undefined => {
  const api = new ApiServer({ clock: new Clock(), world: 'closed' });
  api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  api.create({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'bound', namespace: 'shop', annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
    secrets: [{ name: 'own' }],
    imagePullSecrets: [{ name: 'registry' }],
  });
  const containers = [{ name: 'app', image: 'nginx', ...container }];
  const metadata = { name: 'a', namespace: 'shop' };
  const verdict = api.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { serviceAccountName: 'bound', containers, ...spec },
  });
  return verdict.ok ? undefined : verdict.message;
};

const refusal = (what: string): string =>
  `pods "a" is forbidden: ${what} is not allowed because service account bound does not reference that secret`;

test('the secrets of the account may be used in every way', () => {
  const volumes = [{ name: 's', secret: { secretName: 'own' } }];
  expect(answer({ volumes }, { env: [{ name: 'K', valueFrom: secret('own') }], envFrom: [{ secretRef: { name: 'own' } }] })).toBe(
    undefined,
  );
});

test('other secrets may not', () => {
  expect(answer({ volumes: [{ name: 's', secret: { secretName: 'other' } }] })).toBe(
    refusal('volume with secret.secretName="other"'),
  );
  expect(answer({}, { env: [{ name: 'K', valueFrom: secret('other') }] })).toBe(
    refusal('container app with envVar K referencing secret.secretName="other"'),
  );
  const initContainers = [{ name: 'init', image: 'nginx', envFrom: [{ secretRef: { name: 'other' } }] }];
  expect(answer({ initContainers })).toBe(refusal('init container init with envFrom referencing secret.secretName="other"'));
  expect(answer({ imagePullSecrets: [{ name: 'mine' }] })).toBe(
    'pods "a" is forbidden: imagePullSecrets[0].name="mine" is not allowed because service account bound does not reference that imagePullSecret',
  );
});
