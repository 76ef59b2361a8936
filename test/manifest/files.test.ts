import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPaths } from '../../lib/manifest/files.js';

const root = mkdtempSync(join(tmpdir(), 'plimsoll-files-'));
const at = (name: string): string => join(root, name);
const put = (name: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
};
const object = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
const names = (...paths: string[]): (string | undefined)[] =>
  readPaths(paths.map(at)).manifests.map(({ object }) => object.metadata.name);

beforeAll(() => {
  put('k8s/b.yml', object('b'));
  put('k8s/a/z.yaml', object('z'));
  put('k8s/c.json', '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}');
  put('k8s/notes.txt', 'no manifest');
  put('k8s/.git/x.yaml', object('hidden'));
  put('k8s/node_modules/x.yaml', object('module'));
  symlinkSync('..', at('k8s/a/circle'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('paths', () => {
  test('a directory is read with all below it, by name; folders of tools and circles of links are not', () => {
    expect(names('k8s')).toEqual(['z', 'b', 'c']);
    expect(readPaths([at('k8s')]).problems).toEqual([]);
  });

  test('a file is read whatever its name, and positions carry its path', () => {
    put('manifest', object('plain'));
    expect(readPaths([at('manifest')]).manifests[0]?.provenance.source).toEqual({ file: at('manifest'), line: 1, column: 1 });
  });

  test('UTF-16 behind a byte order mark is read, as by kubectl; other bytes are a problem', () => {
    put('utf16.yaml', Buffer.from(`\ufeff${object('sixteen')}`, 'utf16le'));
    put('latin1.yaml', Buffer.from(`${object('a')}# \xe9\n`, 'latin1'));
    expect(names('utf16.yaml')).toEqual(['sixteen']);
    expect(readPaths([at('latin1.yaml')]).problems).toMatchObject([
      { code: 'input/syntax', message: 'the file is not UTF-8 text', source: { file: at('latin1.yaml') } },
    ]);
  });

  test('what cannot be read is a problem, and hides nothing else', () => {
    symlinkSync('nowhere', at('dangling.yaml'));
    put('huge.yaml', '');
    truncateSync(at('huge.yaml'), 70 * 1024 * 1024);
    const { manifests, problems } = readPaths(['missing', 'dangling.yaml', 'huge.yaml', 'k8s/b.yml'].map(at));
    expect(problems.map(({ code, source }) => [code, source?.file])).toEqual([
      ['input/syntax', at('missing')],
      ['input/syntax', at('dangling.yaml')],
      ['input/limit', at('huge.yaml')],
    ]);
    expect(manifests).toHaveLength(1);
  });

  test('a kustomization is passed over, with a warning that says what to do', () => {
    put('overlay/kustomization.yaml', 'resources: [../base]\n');
    put('overlay/a.yaml', object('a'));
    const { manifests, problems } = readPaths([at('overlay')]);
    expect(manifests).toHaveLength(1);
    expect(problems).toMatchObject([{ severity: 'warning' }]);
    expect(problems[0]?.message).toContain('kubectl kustomize DIR | plimsoll check -');
  });
});
