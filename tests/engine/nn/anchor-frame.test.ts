import { expect, test } from 'vitest';
import { anchorInput, anchorOutput } from '../../../src-main/engine/nn/attention-blocks.ts';
import { parseUnet3dConfig } from '../../../src-main/engine/nn/unet3d-config.ts';
import { buildUnet3d } from '../../../src-main/engine/nn/unet3d.ts';
import type { ParameterSource, StoredParameter } from '../../../src-main/engine/nn/parameter-source.ts';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import { openSession } from '../../../src-main/engine/session/engine-session.ts';
import { SMALL_LATENT } from './show1-configs.ts';

const CLIP = { batch: 1, frames: 3, height: 8, width: 12, tokens: 5 };
const stream = createNoise(21);

/** Random weights for every parameter of the plain graph. */
function weights(): ParameterSource {
  const { graph } = buildUnet3d(parseUnet3dConfig(SMALL_LATENT), CLIP, 'portable', null);
  const tensors = new Map<string, StoredParameter>();
  for (const { name, shape } of graph.inputs) {
    const count = shape.reduce((product, size) => product * size, 1);
    const [spread, offset] = [shape.length > 1 ? (count / shape[0]!) ** -0.5 : 0.1, shape.length === 1 && name.endsWith('weight') ? 1 : 0];
    tensors.set(name, { elementType: 'float32', shape, data: { kind: 'inline', bytes: new Uint8Array(stream.fork(name).normal(count).map((x) => offset + spread * x).buffer) } });
  }
  return { origin: 'random weights', get: (name) => tensors.get(name), names: () => tensors.keys() };
}

test('frames look at the anchor: their own first frame, or the states that another window told', async () => {
  const { graph } = buildUnet3d(parseUnet3dConfig(SMALL_LATENT), CLIP, 'ort-cpu', weights(), { anchorFrame: true });
  const paths = graph.inputs.map(({ name }) => name).filter((name) => name.startsWith('anchor_in:')).map((name) => name.slice('anchor_in:'.length));
  expect(paths.length).toBeGreaterThan(2);
  const sizeOf = (path: string) => graph.inputs.find(({ name }) => name === anchorInput(path))!.shape.reduce((a, b) => a * b, 1);
  const session = await openSession(graph, { threads: 1 });
  try {
    const clip = (label: string) => stream.fork(label).normal(4 * CLIP.frames * CLIP.height * CLIP.width);
    const run = (sample: Float32Array, given: number, states: (path: string) => Float32Array) => session.run({
      sample, timestep: BigInt64Array.of(300n), encoder_hidden_states: stream.fork('text').normal(CLIP.tokens * 12), anchor_given: Float32Array.of(given),
      ...Object.fromEntries(paths.map((path) => [anchorInput(path), states(path)])),
    });
    const nothing = (path: string) => new Float32Array(sizeOf(path));
    const first = await run(clip('first'), 0, nothing);
    // What a window tells is what it used: given back, it changes no bit.
    expect((await run(clip('first'), 1, (path) => first[anchorOutput(path)]!))['output']).toEqual(first['output']);
    const own = await run(clip('second'), 0, nothing);
    const anchored = await run(clip('second'), 1, (path) => first[anchorOutput(path)]!);
    expect(anchored['output']).not.toEqual(own['output']);
    expect(own[anchorOutput(paths[0]!)]).not.toEqual(first[anchorOutput(paths[0]!)]);
  } finally {
    await session.release();
  }
});
