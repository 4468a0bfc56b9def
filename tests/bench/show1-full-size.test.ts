/**
 * Show-1's keyframe UNet at its full size with random weights, as the hub lays it out (a PyTorch pickle of 3.45 GB, written to a
 * temporary folder and deleted): import by reference, coverage, one guided step, and two steps of learning a motion. `npm run bench -- show1-full-size`.
 * Needs 4 GB of disk and 20 GB of memory; `MOTIF_FULL_SIZE_DIR` names the disk.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createModelRegistry } from '../../src-main/models/model-registry.ts';
import { inspectNetwork } from '../../src-main/engine/pipelines/inspect-network.ts';
import { parseUnet3dConfig } from '../../src-main/engine/nn/unet3d-config.ts';
import { buildUnet3d } from '../../src-main/engine/nn/unet3d.ts';
import { KEYFRAMES } from '../engine/nn/show1-configs.ts';
import { writeT5 } from '../models/make-hub-folders.ts';
import { writeRandomCheckpoint } from '../engine/weights/random-checkpoint.ts';
import { describeMachine } from './machine.ts';

const DATA = new Set(['sample', 'timestep', 'encoder_hidden_states', 'class_labels']);
const GIB = 2 ** 30;
let root: string;
let base: string;

const bytesBelow = (folder: string): number => readdirSync(folder, { recursive: true, withFileTypes: true }).reduce((sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0), 0);

beforeAll(() => {
  root = mkdtempSync(join(process.env['MOTIF_FULL_SIZE_DIR'] ?? tmpdir(), 'show-1-full-'));
  base = join(root, 'hub', 'show-1-base');
  mkdirSync(join(base, 'unet'), { recursive: true });
  mkdirSync(join(base, 'scheduler'));
  writeFileSync(join(base, 'unet', 'config.json'), JSON.stringify(KEYFRAMES));
  writeFileSync(join(base, 'scheduler', 'scheduler_config.json'), JSON.stringify({ _class_name: 'DPMSolverMultistepScheduler', beta_schedule: 'squaredcos_cap_v2', thresholding: true, dynamic_thresholding_ratio: 0.95, sample_max_value: 1.5, lambda_min_clipped: -5.1 }));
  const { graph } = buildUnet3d(parseUnet3dConfig(KEYFRAMES), { batch: 1, frames: 2, height: 8, width: 8, tokens: 2 }, 'portable', null);
  // Prompts are read by a text encoder of the right width; its depth does not matter here.
  writeT5(base, { d_model: 4096 });
  writeRandomCheckpoint(join(base, 'unet', 'diffusion_pytorch_model.bin'), graph.inputs.filter(({ name }) => !DATA.has(name)));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('the full-size keyframe UNet is imported by reference, takes a guided step and learns', async () => {
  const data = join(root, 'data');
  const registry = createModelRegistry({ embeddedDir: join(root, 'none'), cacheDir: join(data, 'cache'), imports: { dir: join(data, 'imports'), inspect: inspectNetwork } });
  const began = performance.now();
  const { licences, parts } = await registry.inspectFolder(join(root, 'hub'));
  await registry.importFolder(join(root, 'hub'), licences.map(({ id }) => id));
  const importMs = performance.now() - began;
  await registry.close();
  const step: unknown = JSON.parse(execFileSync(process.execPath, [join(import.meta.dirname, 'full-size-step.ts'), base, process.env['MOTIF_THREADS'] ?? '2'], { encoding: 'utf8', maxBuffer: 1 << 20 }));
  const learning = execFileSync(process.execPath, [join(import.meta.dirname, 'full-size-learning.ts'), join(data, 'imports', 'show-1'), process.env['MOTIF_THREADS'] ?? '2', '2'], { encoding: 'utf8', maxBuffer: 1 << 20 })
    .trim().split('\n').map((line): { peakBytes: number; loss?: number | null } => JSON.parse(line) as { peakBytes: number; loss?: number | null });
  const report = { machine: describeMachine(), importMs: Math.round(importMs), overheadBytes: bytesBelow(data), parts, step, learning, leftBeside: readdirSync(join(base, 'unet')) };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  mkdirSync('test-results', { recursive: true });
  writeFileSync('test-results/bench-show1-full-size.json', JSON.stringify(report, null, 2));
  expect(parts).toMatchObject([{ role: 'keyframes', tensors: 1827, parameters: 1_726_848_390, format: 'pickle', problem: null }]);
  expect(importMs).toBeLessThan(5000);
  expect(report.overheadBytes).toBeLessThan(1_000_000);
  expect(step).toMatchObject({ finite: true });
  expect((step as { peakBytes: number }).peakBytes).toBeLessThan(12 * GIB);
  expect(learning.slice(1).map(({ loss }) => Number.isFinite(loss))).toEqual([true, true]);
  expect(Math.max(...learning.map(({ peakBytes }) => peakBytes))).toBeLessThan(20 * GIB);
  expect(report.leftBeside.sort()).toEqual(['config.json', 'diffusion_pytorch_model.bin']);
});
