/**
 * Stage times and peak memory of the default pack, through the engine process as the studio runs it: `npm run bench`.
 * Prints a table and writes test-results/bench-default-pack.json; asserts no times, because machines are shared.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { StageName } from '../../src-shared/recipe/stage-name.ts';
import { createEngineClient, type EngineDone } from '../../src-main/jobs/engine-client.ts';
import { createNodeEngineFork } from '../../src-main/jobs/engine-process.ts';
import { openPack } from '../../src-main/engine/pipelines/open-pack.ts';
import { describeMachine } from './machine.ts';

const packDir = fileURLToPath(new URL('../../models/motif-mini', import.meta.url));

interface StageTime { stage: StageName; steps: number; wallMs: number; loadMs: number }

test('a standard clip, stage by stage', async () => {
  const presets = openPack(packDir).index.presets;
  const engine = createEngineClient({ fork: createNodeEngineFork() });
  const rows: StageTime[] = [];
  let done: EngineDone | null = null;
  const started = performance.now();
  let firstPreviewMs: number | null = null;
  try {
    for (const settings of presets.standard) {
      done = await engine.run(
        {
          runId: `bench-${settings.stage}`, packDir, stage: settings.stage, prompt: 'a red fish swims right in the sea', negativePrompt: '',
          seed: 7, settings, input: done?.tensor ?? null, checkpoint: null, threads: 2,
        },
        { onPreview: () => { firstPreviewMs ??= performance.now() - started; } },
      );
      rows.push({ stage: settings.stage, steps: settings.numInferenceSteps, wallMs: done.wallMs, loadMs: done.loadMs });
    }
  } finally {
    await engine.close();
  }
  const report = { machine: describeMachine(), stages: rows, totalMs: performance.now() - started, firstPreviewMs, peakRssBytes: done?.peakRssBytes ?? 0 };
  process.stdout.write(`${report.machine}\n`);
  for (const { stage, steps, wallMs, loadMs } of rows) process.stdout.write(`${stage.padEnd(20)} steps ${String(steps).padStart(3)}  wall ${(wallMs / 1000).toFixed(1).padStart(6)} s  of it loading ${(loadMs / 1000).toFixed(1)} s\n`);
  process.stdout.write(`total ${(report.totalMs / 1000).toFixed(1)} s, first preview after ${((firstPreviewMs ?? 0) / 1000).toFixed(1)} s (cold), peak memory ${(report.peakRssBytes / 2 ** 20).toFixed(0)} MiB\n`);
  mkdirSync('test-results', { recursive: true });
  writeFileSync('test-results/bench-default-pack.json', JSON.stringify(report, null, 2));
  expect(done?.frames).toMatchObject({ count: 29, width: 576, height: 320 });
});
