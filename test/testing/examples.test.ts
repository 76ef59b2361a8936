import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compileErrors } from '../docs/compile.js';

const folder = fileURLToPath(new URL('../../lib/testing', import.meta.url));

/** What the examples take as given. */
const given = `import { App, Chart, ClusterIPService, Deployment } from 'plimsoll';
import { dryRun } from 'plimsoll/testing';
import { expect, test } from 'vitest';
const shop = (environment: string): App => new App({ folder: environment });
const web = new Chart(shop('test'), 'web');
const api = new Deployment(web, 'api', { containers: { api: { image: '', ports: { pg: 5432 } } } });
const db = new ClusterIPService(web, 'db', { to: api, ports: { pg: 5432 } });
const run = dryRun(shop('test'));
void [test, db, run, expect];
`;

test('the examples in the documentation compile', () => {
  const examples = readdirSync(folder).flatMap((file) =>
    [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/@example\n((?: *\* .*\n)+)/g)].map(([, lines = '']) =>
      lines.replaceAll(/^ *\* /gm, '').replaceAll(/^import .*\n/gm, ''),
    ),
  );
  expect(examples.length).toBeGreaterThan(2);
  const code = [given, ...examples.map((example) => `void (() => {\n${example}});`)].join('\n');
  expect(compileErrors('plimsoll-testing', new Map([['examples.ts', code]]))).toEqual([]);
});
