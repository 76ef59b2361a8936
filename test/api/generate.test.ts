import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resourceTable } from '../../lib/api/generated/resources.js';
import { schema } from '../../lib/api/generated/schema.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const generated = join(root, 'lib', 'api', 'generated');
const openapi = join(root, '..', 'shared', 'data', 'openapi', 'swagger.json');

describe('the generated tables', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-'));
    execFileSync(process.execPath, ['--import', 'tsx', join(generated, 'generate.ts'), folder], { cwd: root });
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(['schema.ts', 'types.ts', 'resources.ts'])('%s is what the generator makes of the installed package', (file) => {
    expect(readFileSync(join(folder, file), 'utf8') === readFileSync(join(generated, file), 'utf8')).toBe(true);
  });
});

interface Property {
  readonly $ref?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
}

interface Definition {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

interface Document {
  readonly definitions: Readonly<Record<string, Definition>>;
  readonly paths: Readonly<Record<string, unknown>>;
}

const isQuantity = (property: Property | undefined): boolean =>
  property !== undefined &&
  (property.$ref?.endsWith('.Quantity') === true || isQuantity(property.items) || isQuantity(property.additionalProperties));

const fieldsOf = (line: string): { name: string; required: boolean; quantity: boolean }[] =>
  line.split(' ').map((entry) => {
    const [name = '', code = ''] = entry.split(':');
    return { name: name.replace('!', ''), required: name.endsWith('!'), quantity: code.replace(/^[[{]+/, '') === 'q' };
  });

describe.skipIf(!existsSync(openapi))('against the OpenAPI document of 1.36', () => {
  const document = existsSync(openapi) ? (JSON.parse(readFileSync(openapi, 'utf8')) as Document) : { definitions: {}, paths: {} };
  const byName = new Map<string, Definition[]>();
  for (const [name, definition] of Object.entries(document.definitions)) {
    const bare = name.slice(name.lastIndexOf('.') + 1);
    byName.set(bare, [...(byName.get(bare) ?? []), definition]);
  }

  test('fields, required fields and quantities are the same', () => {
    const different: string[] = [];
    for (const [type, line] of Object.entries(schema)) {
      const bare = type.replace(/^(?:[A-Z][a-z0-9]+)?V\d+(?:(?:alpha|beta)\d+)?(?=[A-Z])/, '');
      const ours = JSON.stringify(fieldsOf(line).sort((a, b) => (a.name < b.name ? -1 : 1)));
      const same = (byName.get(bare) ?? []).some((definition) => {
        const theirs = Object.entries(definition.properties ?? {}).map(([name, property]) => ({
          name,
          required: definition.required?.includes(name) === true,
          quantity: isQuantity(property),
        }));
        return JSON.stringify(theirs.sort((a, b) => (a.name < b.name ? -1 : 1))) === ours;
      });
      if (!same) different.push(type);
    }
    expect(different).toEqual([]);
  });

  test('resources, their scope and subresources are the same', () => {
    const theirs = new Map<string, { namespaced: boolean; subresources: Set<string> }>();
    const pattern = /^\/(?:api|apis\/([^/]+))\/(v[^/]+)\/(namespaces\/\{namespace\}\/)?([a-z]+)(?:\/\{name\}(?:\/([a-z]+))?)?$/;
    for (const path of Object.keys(document.paths)) {
      const match = pattern.exec(path);
      if (match === null) continue;
      const [, group = '', version = '', namespaced, plural = '', subresource] = match;
      const key = `${group}/${version}/${plural}`;
      const resource = theirs.get(key) ?? { namespaced: false, subresources: new Set<string>() };
      theirs.set(key, resource);
      if (namespaced !== undefined) resource.namespaced = true;
      if (subresource !== undefined) resource.subresources.add(subresource);
    }
    const ours = resourceTable.map(
      ([group, version, , plural, namespaced, , , subresources]) => `${group}/${version}/${plural} ${namespaced} ${subresources}`,
    );
    const expected = [...theirs].map(
      ([key, { namespaced, subresources }]) => `${key} ${namespaced} ${[...subresources].sort().join(' ')}`,
    );
    expect([...ours].sort()).toEqual(expected.sort());
  });
});
