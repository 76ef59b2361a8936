import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const lib = (path: string): string => fileURLToPath(new URL(`./lib/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^plimsoll\/testing$/, replacement: lib('testing/index.ts') },
      { find: /^plimsoll$/, replacement: lib('index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts', 'apps/**/*.test.ts'],
    typecheck: { enabled: false },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
