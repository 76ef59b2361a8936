import { expect, test } from 'vitest';
import { programError } from '../../lib/cli/program-error.js';

test('a message names the program, not the bundle that was made of it', () =>
  expect(programError('main.ts', new Error("in '/app/.main.ts.plimsoll-0a1b2c3d.mjs': no such package"))).toContain(
    "main.ts failed: in 'main.ts': no such package",
  ));

test('a long message takes no longer than it is long', () => {
  const message = 'x.plimsoll-'.repeat(40_000);
  const error = Object.assign(new Error(), { message, stack: '' });
  expect(programError('main.ts', error)).toBe(`main.ts failed: ${message}`);
});
