/**
 * Forward time of the keyframe UNet in the engine as a ratio to the same weights in PyTorch (float32, same cores), in interleaved
 * rounds of one run: `npm run bench`. Needs a Python with PyTorch (`MOTIF_PYTHON`, default python3); says so where there is none.
 */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildUnet3d } from '../../src-main/engine/nn/unet3d.ts';
import { parseUnet3dConfig } from '../../src-main/engine/nn/unet3d-config.ts';
import { weightsParameterSource } from '../../src-main/engine/nn/parameter-source.ts';
import { openPack, readConfig } from '../../src-main/engine/pipelines/open-pack.ts';
import { openSession, type TensorData } from '../../src-main/engine/session/engine-session.ts';
import { openWeights } from '../../src-main/engine/weights/open-weights.ts';
import { createNoise } from '../../src-main/engine/random/noise.ts';
import { describeMachine, median } from './machine.ts';

const ROUNDS = 12;
const python = process.env['MOTIF_PYTHON'] ?? 'python3';
const packDir = fileURLToPath(new URL('../../models/motif-mini', import.meta.url));
const trainingDir = fileURLToPath(new URL('../../models/training', import.meta.url));
const hasTorch = spawnSync(python, ['-c', 'import torch, onnx, safetensors']).status === 0;
if (!hasTorch) process.stdout.write(`SKIPPED: ${python} has no torch, onnx and safetensors; set MOTIF_PYTHON to one that has.\n`);

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const line = await lines.next();
  if (line.done === true) throw new Error('the PyTorch side ended early; run models/training by hand to see why');
  return line.value;
}

test.skipIf(!hasTorch)('engine against PyTorch, one guided forward of 8 frames', async () => {
  const pack = openPack(packDir);
  const folder = join(pack.stageFolder('keyframes'), 'unet');
  const config = parseUnet3dConfig(readConfig(join(folder, 'config.json')), folder);
  const shape = { batch: 2, frames: 8, height: 40, width: 64, tokens: pack.index.promptTokens };
  const weights = openWeights(folder);
  const { graph } = buildUnet3d(config, shape, 'ort-cpu', weightsParameterSource(weights, folder));
  const session = await openSession(graph, { weightsDir: folder, threads: 2 });
  const noise = createNoise(1);
  const inputs: Record<string, TensorData> = {};
  for (const value of session.inputs) {
    const count = value.shape.reduce((a, b) => a * b, 1);
    inputs[value.name] = value.name === 'timestep' ? new BigInt64Array(count).fill(500n) : noise.fork(value.name).normal(count);
  }
  const torch: ChildProcessWithoutNullStreams = spawn(python, ['-m', 'motif_training.bench_forward', folder, JSON.stringify(shape)], { cwd: trainingDir });
  torch.stderr.pipe(process.stderr);
  const reader: Interface = createInterface({ input: torch.stdout });
  const lines = reader[Symbol.asyncIterator]();
  const engineMs: number[] = [];
  const torchMs: number[] = [];
  try {
    expect(await nextLine(lines)).toBe('ready');
    await session.run(inputs);
    for (let round = 0; round < ROUNDS; round += 1) {
      const started = performance.now();
      await session.run(inputs);
      engineMs.push(performance.now() - started);
      torch.stdin.write('run\n');
      torchMs.push(Number(await nextLine(lines)));
    }
  } finally {
    torch.kill();
    await session.release();
    weights.close();
  }
  const report = {
    machine: describeMachine(), rounds: ROUNDS,
    engineMs: { min: Math.min(...engineMs), median: median(engineMs) },
    torchMs: { min: Math.min(...torchMs), median: median(torchMs) },
    ratio: { ofMinima: Math.min(...engineMs) / Math.min(...torchMs), ofMedians: median(engineMs) / median(torchMs) },
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  mkdirSync('test-results', { recursive: true });
  writeFileSync('test-results/bench-keyframe-forward.json', JSON.stringify(report, null, 2));
  expect(torchMs).toHaveLength(ROUNDS);
});
