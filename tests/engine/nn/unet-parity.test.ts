import { join } from 'node:path';
import { expect, it } from 'vitest';
import { weightsParameterSource } from '../../../src-main/engine/nn/parameter-source.ts';
import { isImageUnet, parseUnet3dConfig } from '../../../src-main/engine/nn/unet3d-config.ts';
import { buildUnet3d } from '../../../src-main/engine/nn/unet3d.ts';
import { readConfig } from '../../../src-main/engine/pipelines/open-pack.ts';
import { openSession, type TensorData } from '../../../src-main/engine/session/engine-session.ts';
import { openWeights } from '../../../src-main/engine/weights/open-weights.ts';

/** Outputs of the public diffusers UNets (tests/fixtures/parity/make-unet-cases.py), in configurations unlike Show-1's own. */
it.each(['unet-modelscope-tiny', 'unet-image-tiny'])('%s gives the public package\'s output to 1e-4, with every tensor used', async (name) => {
  const folder = join(import.meta.dirname, '../../fixtures/parity', name);
  const weightsDir = join(folder, 'unet');
  const config = parseUnet3dConfig(readConfig(join(weightsDir, 'config.json')));
  const weights = openWeights(weightsDir);
  const arrays = openWeights(join(folder, 'case.safetensors'));
  const { shape } = arrays.entries.get('sample')!;
  // A picture is a clip of one frame.
  const [batch, , frames, height, width] = (isImageUnet(config) ? [shape[0], shape[1], 1, shape[2], shape[3]] : shape) as [number, number, number, number, number];
  const tokens = arrays.entries.get('encoder_hidden_states')!.shape[1]!;
  const { graph, unused } = buildUnet3d(config, { batch, frames, height, width, tokens }, 'ort-cpu', weightsParameterSource(weights, weightsDir));
  expect(unused).toEqual([]);
  const session = await openSession(graph, { weightsDir, threads: 1 });
  const whole = (input: string): BigInt64Array => BigInt64Array.from(arrays.readFloat32(input), (value) => BigInt(value));
  const labels: Record<string, TensorData> = arrays.entries.has('class_labels') ? { class_labels: whole('class_labels') } : {};
  const { output } = await session.run({ sample: arrays.readFloat32('sample'), timestep: whole('timestep'), encoder_hidden_states: arrays.readFloat32('encoder_hidden_states'), ...labels });
  const expected = arrays.readFloat32('output');
  expect(output).toHaveLength(expected.length);
  expect(output!.reduce((largest, value, index) => Math.max(largest, Math.abs(value - expected[index]!)), 0)).toBeLessThan(1e-4);
  await session.release();
  weights.close();
  arrays.close();
});
