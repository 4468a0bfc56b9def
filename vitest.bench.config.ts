import { defineConfig } from 'vitest/config';

/** Measurements (`npm run bench`): one at a time, nothing beside them. */
export default defineConfig({
  test: {
    include: ['tests/bench/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
    reporters: ['default', ['json', { outputFile: 'test-results/bench.json' }]],
  },
});
