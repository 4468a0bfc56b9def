/**
 * One step of learning a motion on the default pack: against a forward pass of the production graph, against the same step
 * in PyTorch autograd (same weights, inputs and threads), and its memory with and without recomputation. Interleaved rounds of one run:
 * `npm run bench`. The PyTorch part needs a Python with PyTorch (`MOTIF_PYTHON`, default python3). `MOTIF_THREADS` sets the threads, 2 when left out.
 */
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { LOSS_OUTPUT } from '../../src-main/engine/autodiff/training-graph.ts';
import { buildUnet3d } from '../../src-main/engine/nn/unet3d.ts';
import { weightsParameterSource } from '../../src-main/engine/nn/parameter-source.ts';
import { createNoise } from '../../src-main/engine/random/noise.ts';
import { openSession, type EngineSession, type TensorData } from '../../src-main/engine/session/engine-session.ts';
import { gradientNorm } from '../../src-main/engine/training/adam-w.ts';
import { buildMotionGraph } from '../../src-main/engine/training/motion-graph.ts';
import { openWeights } from '../../src-main/engine/weights/open-weights.ts';
import { writeSafetensors, type TensorToWrite } from '../../src-main/engine/weights/safetensors-writer.ts';
import { describeMachine, median } from './machine.ts';
import { defaultTrainedUnet } from './default-trained-unet.ts';

const ROUNDS = Number(process.env['MOTIF_BENCH_ROUNDS'] ?? '10');
const threads = Number(process.env['MOTIF_THREADS'] ?? '2');
const python = process.env['MOTIF_PYTHON'] ?? 'python3';
const trainingDir = fileURLToPath(new URL('../../models/training', import.meta.url));
const hasTorch = spawnSync(python, ['-c', 'import torch, onnx, safetensors']).status === 0;
if (!hasTorch) process.stdout.write(`SKIPPED: the comparison with PyTorch; ${python} has no torch, onnx and safetensors. Set MOTIF_PYTHON to one that has.\n`);

const unet = defaultTrainedUnet();
const weightsDir = join(unet.folder, 'unet');

/** The same inputs for both sides. */
function stepInputs(): Map<string, TensorToWrite> {
  const noise = createNoise(1);
  const { frames, height, width, tokens } = unet.shape;
  const normal = (name: string, shape: readonly number[]): TensorToWrite => ({ data: noise.fork(name).normal(shape.reduce((a, b) => a * b, 1)), shape });
  const textWidth = unet.config.encoder_hid_dim ?? unet.config.cross_attention_dim;
  return new Map([
    ['sample', normal('sample', [1, 3, frames, height, width])], ['noise', normal('noise', [1, 3, frames, height, width])],
    ['timestep', { data: BigInt64Array.of(500n), shape: [1] }], ['encoder_hidden_states', normal('text', [1, tokens, textWidth])],
  ]);
}

function feedsOf(session: EngineSession): Record<string, TensorData> {
  const inputs = stepInputs();
  const weights = openWeights(weightsDir);
  try {
    return Object.fromEntries(session.inputs.map(({ name }) => [name, (inputs.get(name)?.data ?? weights.readFloat32(name)) as TensorData]));
  } finally {
    weights.close();
  }
}

async function timed(session: EngineSession, feeds: Record<string, TensorData>): Promise<number> {
  const began = performance.now();
  await session.run(feeds);
  return performance.now() - began;
}

const summary = (values: readonly number[]) => ({ min: Math.min(...values), median: median(values) });
const report: Record<string, unknown> = { machine: describeMachine(), threads, rounds: ROUNDS };

function save(name: string, values: object): void {
  report[name] = values;
  process.stdout.write(`${name} ${JSON.stringify(values, null, 2)}\n`);
  mkdirSync('test-results', { recursive: true });
  writeFileSync('test-results/bench-motion-step.json', JSON.stringify(report, null, 2));
}

describe('one step of learning a motion', () => {
  test('costs at most 3.5 forward passes, and no more than 1.2 of the same step in PyTorch', async () => {
    const weights = openWeights(weightsDir);
    const forward = await openSession(buildUnet3d(unet.config, unet.shape, 'ort-cpu', weightsParameterSource(weights, weightsDir)).graph, { weightsDir, threads });
    const step = await openSession(buildMotionGraph(unet, { loss: 'motion', rank: 'full' }).graph, { weightsDir, threads });
    weights.close();
    const [forwardFeeds, stepFeeds] = [feedsOf(forward), feedsOf(step)];
    const outputs = await step.run(stepFeeds);
    await forward.run(forwardFeeds);
    const torch = hasTorch ? await startTorch() : null;
    const [forwardMs, stepMs, torchMs]: [number[], number[], number[]] = [[], [], []];
    try {
      if (torch !== null) {
        const { [LOSS_OUTPUT]: loss, ...gradients } = outputs;
        // The same step, or the comparison says nothing.
        expect(torch.first.loss).toBeCloseTo(loss?.[0] ?? Number.NaN, 4);
        expect(torch.first.norm / gradientNorm(Object.values(gradients))).toBeCloseTo(1, 2);
      }
      for (let round = 0; round < ROUNDS; round += 1) {
        forwardMs.push(await timed(forward, forwardFeeds));
        stepMs.push(await timed(step, stepFeeds));
        if (torch !== null) torchMs.push(await torch.step());
      }
    } finally {
      torch?.stop();
      await forward.release();
      await step.release();
    }
    const toForward = Math.min(...stepMs) / Math.min(...forwardMs);
    const toTorch = torch === null ? null : Math.min(...stepMs) / Math.min(...torchMs);
    save('step', { forwardMs: summary(forwardMs), stepMs: summary(stepMs), torchMs: torch === null ? null : summary(torchMs), stepToForward: toForward, stepToTorch: toTorch });
    expect(toForward).toBeLessThanOrEqual(3.5);
    if (toTorch !== null) expect(toTorch).toBeLessThanOrEqual(1.2);
  });

  test('needs half the memory with recomputation', async () => {
    const plain = await measure(1);
    const lean = await measure(0.25);
    save('recomputation', { plain, lean, activationShare: lean.activationBytes / plain.activationBytes, residentShare: lean.addedRssBytes / plain.addedRssBytes, timeRatio: lean.stepMs / plain.stepMs });
    expect(lean.activationBytes / plain.activationBytes).toBeLessThanOrEqual(0.5);
    expect(lean.addedRssBytes / plain.addedRssBytes).toBeLessThanOrEqual(0.5);
  });
});

/** One process per measurement: memory that a process has taken once it does not give back. */
async function measure(share: number): Promise<{ activationBytes: number; addedRssBytes: number; stepMs: number; segments: number }> {
  const child = fork(fileURLToPath(new URL('measure-motion-step.ts', import.meta.url)), [String(share), String(threads)], { execArgv: [] });
  const [message] = (await once(child, 'message')) as [{ activationBytes: number; addedRssBytes: number; stepMs: number; segments: number }];
  child.kill();
  return message;
}

async function startTorch() {
  const folder = mkdtempSync(join(tmpdir(), 'motif-bench-'));
  const file = join(folder, 'inputs.safetensors');
  writeFileSync(file, writeSafetensors(stepInputs()));
  const { batch, frames, height, width, tokens } = unet.shape;
  const child = spawn(python, ['-m', 'motif_training.bench_step', weightsDir, JSON.stringify({ batch, frames, height, width, tokens }), file, String(threads)], { cwd: trainingDir });
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('the PyTorch side ended early; run motif_training.bench_step by hand to see why');
    return line.value;
  };
  const first = JSON.parse(await nextLine()) as { loss: number; norm: number };
  return {
    first,
    step: async () => {
      child.stdin.write('run\n');
      return Number(await nextLine());
    },
    stop: () => {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
