import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readPaths } from '../../lib/manifest/index.js';
import { verify } from '../../lib/verify/verify.js';

/** Systems that other projects publish and that a real API server took whole; not copied into this repository. */
const folder = fileURLToPath(new URL('../../../shared/realworld', import.meta.url));

describe.runIf(existsSync(folder))('real systems get no false error', () => {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.yaml')) : [];

  test.each(files)('%s', (file) => {
    const { manifests, problems } = readPaths([join(folder, file)]);
    const { findings } = verify({ manifests, problems, cluster: { world: 'open' } });
    expect(findings.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
    expect(findings.some(({ severity }) => severity === 'assumption')).toBe(true);
  });
});
