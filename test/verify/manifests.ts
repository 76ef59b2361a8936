import type { KubeObject } from '../../lib/api/object.js';
import type { Manifest } from '../../lib/manifest/manifest.js';
import { type Verification, type VerifyInput, verify } from '../../lib/verify/verify.js';

/** Manifests as if read from a file, one line an object. */
const manifests = (...objects: readonly KubeObject[]): readonly Manifest[] =>
  objects.map((object, index) => ({ object, provenance: { source: { file: 'test.yaml', line: index + 1, column: 1 } } }));

/** A dry run in a closed world: what is not here does not exist. */
export const judge = (objects: readonly KubeObject[], rest: Omit<VerifyInput, 'manifests'> = {}): Verification =>
  verify({ ...rest, manifests: manifests(...objects), cluster: { world: 'closed', ...rest.cluster } });

/** `code: message` of every finding that is not an assumption or advice. */
export const faults = ({ findings }: Verification): readonly string[] =>
  findings
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ code, message }) => `${code}: ${message}`);

export const deployment = (name: string, pod: object = {}, rest: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image: 'nginx:1.27', ports: [{ name: 'http', containerPort: 80 }] }], ...pod },
    },
    ...rest,
  },
});

export const service = (name: string, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec },
});

export const configMap = (name: string, data: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});
