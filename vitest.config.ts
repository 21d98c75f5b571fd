import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    // Two cores: real processes and Redis servers run beside the tests.
    maxWorkers: 2,
    // Waits end by their condition; this is for a machine that others use too.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
