import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const rooms = ['api', 'rbac', 'apiserver', 'scheduler', 'controllers', 'kubelet', 'network', 'cluster', 'verify'];

/** What makes two runs of the same input differ: the clock, chance, the environment, files and the network. */
const impure =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.|\bprocess\.|\bcrypto\.|\bfetch\(|['"]node:|\bsetTimeout\(|\bsetInterval\(/;

const withoutComments = (source: string): string => source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

describe('the simulator is pure: the same input gives the same output, byte for byte, on every machine', () => {
  test.each(rooms)('lib/%s', (room) => {
    const folder = new URL(`../lib/${room}/`, import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.startsWith('generated'),
    );
    expect(files.length).toBeGreaterThan(0);
    const faults = files.flatMap((file) => {
      const found = impure.exec(withoutComments(readFileSync(new URL(file, folder), 'utf8')));
      return found === null ? [] : [`${file}: ${found[0]}`];
    });
    expect(faults).toEqual([]);
  });
});
