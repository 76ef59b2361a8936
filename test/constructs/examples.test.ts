import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as constructs from '../../lib/constructs/index.js';
import { compileErrors } from '../docs/compile.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the examples take as given. */
const given = `
declare const chart: Chart, web: Chart, data: Chart;
declare const kplusDeployment: IConstruct;
declare const app: App;
const pg = new StatefulSet(data, 'pg', { containers: { pg: { image: '', ports: { pg: 5432 } } } });
const db = new ClusterIPService(data, 'db', { to: pg, ports: { pg: 5432 } });
const api = new Deployment(web, 'api', { containers: { api: { image: '', ports: { http: 80 } } } });
const front = new ClusterIPService(web, 'front', { to: api, ports: { http: 80 } });
const settings = new ConfigMap(web, 'settings', { data: { KEY: '' } });
const agent = new ServiceAccount(web, 'agent');
const pod = new Pod(web, 'pod', { containers: { a: { image: '' } } });
`;

const examplesOf = (file: string): readonly string[] => {
  const source = readFileSync(`${root}/lib/constructs/${file}`, 'utf8');
  return [...source.matchAll(/@example\n((?: *\* .*\n)+)/g)].map(([, lines = '']) => lines.replaceAll(/^ *\* /gm, ''));
};

/** Examples of props are parts of an object. */
const statement = (example: string): string => (/^[a-z]+: \{/.test(example) ? `({ ${example} });` : example);

test('the examples in the documentation compile', () => {
  const files = readdirSync(`${root}/lib/constructs`, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const examples = files.flatMap(examplesOf);
  expect(examples.length).toBeGreaterThan(25);

  const lib = '../../../lib/constructs';
  const imports = `import { ${Object.keys(constructs).join(', ')} } from '${lib}/index.js';
import { App } from '${lib}/app.js';
import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';`;
  const text = [imports, given, ...examples.map((example) => `async () => {\n${statement(example)}\n};`)].join('\n');
  expect(compileErrors('plimsoll-examples', new Map([['examples.ts', text]]))).toEqual([]);
});
