import { expect, it } from 'vitest';
import { runSeed, type RunResult } from './seeded-runs.ts';

/** `MOTIF_HUB_RUNS` and `MOTIF_HUB_BYTES` make it longer. */
const RUNS = Number(process.env['MOTIF_HUB_RUNS'] ?? 100);
const LARGEST_BYTES = Number(process.env['MOTIF_HUB_BYTES'] ?? 60_000);
const SIDE_BY_SIDE = 5;

it(`ends ${RUNS} downloads with faults of every kind verified or clearly refused`, { timeout: 1_800_000 }, async () => {
  const results: RunResult[] = [];
  let seed = 0;
  await Promise.all(
    Array.from({ length: SIDE_BY_SIDE }, async () => {
      while (seed < RUNS) results.push(await runSeed(++seed, LARGEST_BYTES));
    }),
  );
  expect(results.flatMap(({ seed, corrupt }) => corrupt.map((path) => `${seed}: ${path} is corrupt`))).toEqual([]);
  expect(results.flatMap(({ seed, ledger }) => ledger.map((line) => `${seed}: ${line}`))).toEqual([]);
  // Either everything is there, or one clear reason why not.
  expect(results.filter(({ state, missing }) => state === 'completed' && missing.length > 0)).toEqual([]);
  expect(results.filter(({ state, code }) => state !== 'completed' && (state !== 'discarded' || code === null || code === 'INTERNAL'))).toEqual([]);
  const kinds = (state: RunResult['state']) => results.filter((result) => result.state === state).length;
  // Both ends are really reached.
  expect(kinds('completed')).toBeGreaterThan(RUNS / 2);
  expect(kinds('discarded')).toBeGreaterThan(RUNS / 20);
  process.stdout.write(`${RUNS} downloads: ${kinds('completed')} complete, ${kinds('discarded')} refused\n`);
});
