import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { commands } from '../../lib/cli/commands.js';
import * as constructs from '../../lib/constructs/index.js';
import { matchers } from '../../lib/testing/matchers.js';
import { compileErrors } from './compile.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(`${root}/README.md`, 'utf8');

const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code = '']) => code);

/** What a block without imports of its own takes as given. */
const given = `import { ${Object.keys(constructs).join(', ')}, App, Chart } from 'plimsoll';
const app = new App();
const chart = new Chart(app, 'web', { namespace: 'web' });
const settings = new ConfigMap(chart, 'settings', { data: { GREETING: 'hello' } });
const web = new Deployment(chart, 'web-server', { containers: { nginx: { image: 'nginx:1.27', ports: { http: 80 } } } });
`;

test('the programs in README.md compile, and what it says does not compile does not', () => {
  const programs = blocks('ts');
  const files = programs.map((code, index): [string, string] => {
    const name = /^\/\/ (\S+\.ts)\n/.exec(code)?.[1] ?? `block-${index}.ts`;
    return [name, /^import /m.test(code) ? code : given + code];
  });
  expect(programs.length).toBeGreaterThan(7);
  expect(compileErrors('plimsoll-readme', new Map(files))).toEqual([]);
});

test('the program of the tutorial is the template that init makes', () => {
  const withoutComments = (code: string): string => code.replaceAll(/^\/(?:\/|\*\*).*\n/gm, '').trim();
  const template = readFileSync(`${root}/templates/service/cluster.ts`, 'utf8');
  const program = blocks('ts').find((code) => code.startsWith('// cluster.ts'));
  expect(withoutComments(program ?? '')).toBe(withoutComments(template));
});

/** The text that stands as code in a line, without the blocks. */
const inlineCode = [...readme.replaceAll(/^```.*?^```$/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code).join('\n');
const named = (name: string): boolean => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(inlineCode);

test('README.md names every construct and everything else that the SDK exports', () => {
  expect(Object.keys(constructs).filter((name) => !named(name))).toEqual([]);
});

test('README.md names every command, its options, and every matcher', () => {
  const options = commands.flatMap((command) => Object.keys(command.options).map((option) => `--${option}`));
  expect(commands.map(({ name }) => name).filter((name) => !readme.includes(`plimsoll ${name}`))).toEqual([]);
  expect(options.filter((option) => !readme.includes(option))).toEqual([]);
  expect(Object.keys(matchers).filter((matcher) => !readme.includes(matcher))).toEqual([]);
});

test('links and pictures of README.md and ARCHITECTURE.md lead somewhere', () => {
  const broken = ['README.md', 'ARCHITECTURE.md'].flatMap((file) =>
    [...readFileSync(`${root}/${file}`, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(`${root}/${target}`)),
  );
  expect(broken).toEqual([]);
});

test('ARCHITECTURE.md names every room, and only files that are there', () => {
  const architecture = readFileSync(`${root}/ARCHITECTURE.md`, 'utf8');
  const rooms = readdirSync(`${root}/lib`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(rooms.map(({ name }) => `lib/${name}`).filter((room) => !architecture.includes(`\`${room}\``))).toEqual([]);
  const paths = [...architecture.matchAll(/`((?:lib|test|apps|templates|bench)(?:\/[\w.-]+)*)`/g)].map(([, path = '']) => path);
  expect(paths.length).toBeGreaterThan(40);
  expect(paths.filter((path) => !existsSync(`${root}/${path}`))).toEqual([]);
});

test('the conformance figures of README.md are those of test/conformance/reached.json (`vitest run test/docs -u` writes them)', async () => {
  const { recorded } = JSON.parse(readFileSync(`${root}/test/conformance/reached.json`, 'utf8')) as {
    readonly recorded: Readonly<Record<string, number>>;
  };
  const reached = (suite: string): number =>
    Object.entries(recorded).reduce(
      (sum, [family, passed]) => sum + (suite === 'total' || family.startsWith(`${suite}/`) ? passed : 0),
      0,
    );
  const row = /^\| (\w+) \| \d+ of (?=\d+ \|)/gm;
  expect(readme.match(row)?.length).toBeGreaterThan(10);
  await expect(readme.replaceAll(row, (_, suite: string) => `| ${suite} | ${reached(suite)} of `)).toMatchFileSnapshot(
    '../../README.md',
  );
});
