/** One guided denoising step of the keyframe UNet in the folder given, in a process of its own so that its peak memory is its own. Prints one JSON line. */
import { join } from 'node:path';
import { parseUnet3dConfig } from '../../src-main/engine/nn/unet3d-config.ts';
import { denoise, startPosition } from '../../src-main/engine/pipelines/denoise.ts';
import { readConfig } from '../../src-main/engine/pipelines/open-pack.ts';
import { loadUnet } from '../../src-main/engine/pipelines/stage-sessions.ts';
import { createNoise } from '../../src-main/engine/random/noise.ts';
import { fromDiffusers } from '../../src-main/engine/schedulers/from-diffusers.ts';

const [folder = '', threads = '2'] = process.argv.slice(2);
const began = performance.now();
const config = parseUnet3dConfig(readConfig(join(folder, 'unet', 'config.json')));
const shape = { batch: 1, frames: 8, height: 40, width: 64, tokens: 77 };
const { model, release } = await loadUnet(folder, config, shape, Number(threads));
const loadMs = performance.now() - began;
const noise = createNoise(1);
const text = (name: string) => ({ data: noise.fork(name).normal(77 * 4096), shape: [1, 77, 4096] });
const steps = denoise(
  { unet: model, scheduler: fromDiffusers(readConfig(join(folder, 'scheduler', 'scheduler_config.json')), 25), promptEmbeds: { positive: text('positive'), negative: text('negative') }, guidanceScale: 9, noise },
  startPosition({ data: noise.fork('sample').normal(3 * 8 * 40 * 64), shape: [1, 3, 8, 40, 64] }),
);
const stepBegan = performance.now();
const step = await steps.next();
const stepMs = performance.now() - stepBegan;
const values = step.done ? step.value.data : step.value.position.sample.data;
await release();
process.stdout.write(`${JSON.stringify({ loadMs: Math.round(loadMs), stepMs: Math.round(stepMs), peakBytes: process.resourceUsage().maxRSS * 1024, finite: values.every(Number.isFinite), threads: Number(threads) })}\n`);
