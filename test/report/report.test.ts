import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { jsonReport } from '../../lib/report/json.js';
import { visible, wrap } from '../../lib/report/paint.js';
import { snippet } from '../../lib/report/snippet.js';
import { textReport } from '../../lib/report/text.js';
import { configMap, deployment, judge, service } from '../verify/manifests.js';

const run = judge([
  service('web', { selector: { app: 'wep' } }),
  deployment('web', { containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: '9' } } }] }),
  configMap('x', { a: '1' }),
]);

describe('the text report', () => {
  test('shows object, line, reason, numbers and fix, in the order of life, and one last line', () => {
    const sources: Readonly<Record<string, string>> = { 'test.yaml': '{"kind":"Service"}\n{"kind":"Deployment"}\n' };
    expect(textReport(run, { width: 100, sourceText: (file) => sources[file] })).toMatchSnapshot();
  });

  test('colours change nothing but colours', () => {
    const coloured = textReport(run, { colour: true });
    expect(coloured).not.toBe(textReport(run));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences.
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(textReport(run));
  });

  test('a Secret is never shown: neither its values nor its source line', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { password: 'hunter2 is no base64!' },
      stringDta: {},
    };
    const report = judge([secret]);
    const text = textReport(report, { sourceText: () => 'data: { password: hunter2 }' });
    expect(text).toContain('Secret');
    expect(text).not.toContain('hunter2');
    expect(JSON.stringify(jsonReport([{ verification: report }]))).not.toContain('hunter2');
  });

  test('nor is a line of a file that may hold one', () => {
    const text = 'new Secret(chart, "s", { stringData: { password: "hunter2" } });\nnew Deployment();\n';
    expect(snippet({ file: 'main.ts', line: 2, column: 1 }, () => text, 80)).toEqual(['2 | new Deployment();', '  | ^']);
  });

  test('names cannot write to the terminal', () => {
    const report = textReport(judge([configMap('x\u001b[31m\u202e', {})]));
    expect(report).not.toContain('\u001b[31m');
    expect(report).toContain('\\u001b[31m\\u202e');
  });
});

describe('the JSON report', () => {
  test('has a version, every finding with its stage, and what was verified', () => {
    const report = jsonReport([{ verification: run }], ['dist/web.k8s.yaml']);
    expect(report).toMatchObject({
      version: 1,
      accepted: false,
      written: ['dist/web.k8s.yaml'],
      runs: [{ accepted: false, verified: { objects: 3 } }],
    });
    expect(report.runs[0]?.findings[0]).toMatchObject({
      code: 'schedule/unschedulable',
      stage: 'pending',
      severity: 'error',
      object: { kind: 'Deployment', name: 'web' },
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

test('the JSON report keeps to its published schema', () => {
  const schema = JSON.parse(readFileSync(new URL('../../lib/report/report.schema.json', import.meta.url), 'utf8')) as object;
  const validate = new Ajv({ strict: true }).compile(schema);
  const report = JSON.parse(JSON.stringify(jsonReport([{ app: 'shop', verification: run }], ['dist/web.k8s.yaml']))) as unknown;
  validate(report);
  expect(validate.errors).toBe(null);
  expect(validate({ ...(report as object), version: 2 })).toBe(false);
});

describe('pieces', () => {
  test('visible keeps line ends and shows other control characters', () =>
    expect(visible('a\nb\u0007\u2028')).toBe('a\nb\\u0007\\u2028'));

  test('wrap breaks at spaces and never inside a word', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('incomprehensibilities', 5)).toEqual(['incomprehensibilities']);
  });

  test('snippet shows the line, the one before it, and the column', () => {
    expect(snippet({ file: 'f', line: 2, column: 3 }, () => 'first\n  second', 80)).toEqual([
      '1 | first',
      '2 |   second',
      '  |   ^',
    ]);
    expect(snippet({ file: 'f', line: 9, column: 1 }, () => 'only', 80)).toEqual([]);
    expect(snippet({ file: 'f', line: 1, column: 1 }, () => undefined, 80)).toEqual([]);
  });

  test('a value of megabytes is not printed to its end', () => {
    const text = textReport(judge([configMap('x'.repeat(1_000_000), {})]));
    expect(text).toContain('characters left out');
    expect(text.length).toBeLessThan(50_000);
  });
});
