import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCrashRounds } from '../crash/crash-rounds.ts';

/** A few kills in every test run; `npm run test:crash` sets 50. */
const KILLS = Number(process.env['MOTIF_CRASH_KILLS'] ?? '6');
/** Repeat a failure with the seed it names. */
const SEED = Number(process.env['MOTIF_CRASH_SEED'] ?? String(Date.now() % 1_000_000));

it(`survives ${KILLS} kills of engine and host during generation, scenes, learning and import`, { timeout: 120_000 + KILLS * 20_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'motif-crash-'));
  try {
    const report = await runCrashRounds({ folder, kills: KILLS, seed: SEED, log: (line) => console.log(`seed ${SEED} · ${line}`) });
    console.log(JSON.stringify(report));
    expect(report.kills.host + report.kills.engine).toBe(KILLS);
    expect(report.storedReports).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
