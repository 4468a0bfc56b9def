import { defineConfig } from 'vitest/config';

/** End-to-end specs: one at a time, each with its own studio and browser. */
export default defineConfig({
  test: {
    include: ['tests/e2e/**/*.spec.ts'],
    pool: 'forks',
    fileParallelism: false,
    maxWorkers: 1,
    // A busy machine draws late; what never comes still fails.
    expect: { poll: { timeout: 20_000 } },
    // A real browser on a machine that is shared: what fails once may try again, and is named at the end of the run.
    retry: 1,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    reporters: ['default', ['json', { outputFile: 'test-results/e2e.json' }]],
  },
});
