import { defineConfig } from 'vitest/config';

/** The long form of the crash tests (`npm run test:crash`): 50 kills instead of the few that every `npm test` makes. */
export default defineConfig({
  test: {
    include: ['tests/**/*crash*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
    env: { MOTIF_CRASH_KILLS: process.env['MOTIF_CRASH_KILLS'] ?? '50' },
    reporters: ['default', ['json', { outputFile: 'test-results/crash.json' }]],
  },
});
