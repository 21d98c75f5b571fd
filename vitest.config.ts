import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

// Each file of process tests has a process of its own, which would compile the same modules again.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('node_modules/.cache/node-compile', import.meta.url),
);

export default defineConfig({
  test: {
    // Two cores: real processes and Redis servers run beside the tests.
    maxWorkers: 2,
    // Waits end by their condition; this is for a machine that others use too.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'processes',
          include: ['test/**/*.test.ts'],
          // A shared machine that stands still for seconds breaks leases and times that no
          // wait can cover. What needed its second attempt is marked so in the output.
          retry: 1,
        },
      },
      {
        extends: true,
        // These keep what they change to themselves, and loading the modules of each
        // file anew takes longer than its tests.
        test: {
          name: 'units',
          include: ['packages/*/src/**/*.test.ts'],
          isolate: false,
          unstubEnvs: true,
          unstubGlobals: true,
          restoreMocks: true,
        },
      },
    ],
  },
});
