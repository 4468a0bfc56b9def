import { join } from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { buildAutoencoderDecoder, buildAutoencoderEncoder, parseAutoencoderConfig } from '../../src-main/engine/nn/autoencoder-kl.ts';
import type { BuiltModel } from '../../src-main/engine/nn/built-model.ts';
import { buildClipText, parseClipTextConfig } from '../../src-main/engine/nn/clip-text.ts';
import { weightsParameterSource } from '../../src-main/engine/nn/parameter-source.ts';
import type { ParameterSource } from '../../src-main/engine/nn/parameter-source.ts';
import { buildT5Encoder, parseT5Config } from '../../src-main/engine/nn/t5-encoder.ts';
import { openSession } from '../../src-main/engine/session/engine-session.ts';
import type { TensorData } from '../../src-main/engine/session/engine-session.ts';
import { openWeights } from '../../src-main/engine/weights/open-weights.ts';
import type { WeightsIndex } from '../../src-main/engine/weights/weights-index.ts';
import { integers, read } from './case-folder.ts';
import type { CaseFolder } from './case-folder.ts';
import { maxAbsDifference } from './measures.ts';
import type { CaseResult } from './report.ts';

async function run({ graph, unused }: BuiltModel, weightsDir: string, inputs: Readonly<Record<string, TensorData>>): Promise<Record<string, Float32Array>> {
  if (unused.length > 0) process.stderr.write(`${unused.length} tensors of the weights are not used: ${unused.slice(0, 5).join(', ')}\n`);
  const session = await openSession(graph, { weightsDir });
  try {
    return await session.run(inputs);
  } finally {
    await session.release();
  }
}

/** Opens arrays and weights for `compare`, which returns the largest difference of each output. */
async function compareOutputs({ folder, networkDir }: CaseFolder, compare: (arrays: WeightsIndex, source: ParameterSource) => Promise<Record<string, number>>): Promise<CaseResult> {
  const arrays = openWeights(join(folder, 'case.safetensors'));
  const weights = openWeights(networkDir);
  try {
    const differences = await compare(arrays, weightsParameterSource(weights, networkDir));
    for (const [name, difference] of Object.entries(differences)) process.stderr.write(`${name}: max difference ${difference}\n`);
    return { report: { output: { maxAbs: Math.max(...Object.values(differences)) }, loss: null, gradients: null, trace: null }, worstSingleGradient: 0 };
  } finally {
    weights.close();
    arrays.close();
  }
}

const firstOf = (arrays: WeightsIndex, names: readonly string[]): string => {
  const found = names.find((name) => arrays.entries.has(name));
  if (found === undefined) throw new StudioError('INVALID_INPUT', `The case has none of ${names.join(', ')}. Use a folder made like the committed cases.`);
  return found;
};

/** The last hidden states of a T5 or CLIP text encoder: `input_ids`, T5's `attention_mask` (all ones when left out), `last_hidden_state`. */
export function checkTextCase(found: CaseFolder): Promise<CaseResult> {
  return compareOutputs(found, async (arrays, source) => {
    const ids = read(arrays, 'input_ids');
    const [batch = 1, tokens = 1] = ids.shape;
    const inputs: Record<string, TensorData> = { input_ids: integers(ids.data) };
    if (found.kind === 't5') inputs['attention_mask'] = arrays.entries.has('attention_mask') ? integers(read(arrays, 'attention_mask').data) : new BigInt64Array(batch * tokens).fill(1n);
    const model = found.kind === 't5'
      ? buildT5Encoder(parseT5Config(found.config, found.configPath), { batch, tokens }, 'ort-cpu', source)
      : buildClipText(parseClipTextConfig(found.config, found.configPath), { batch, tokens }, 'ort-cpu', source);
    const name = firstOf(arrays, ['last_hidden_state', 'output']);
    const { last_hidden_state: states } = await run(model, found.networkDir, inputs);
    return { [name]: maxAbsDifference(states ?? new Float32Array(), read(arrays, name).data) };
  });
}

/** Both halves of an autoencoder: `sample` to `mean` and `logvar`, and `latents` (the mean when left out) to `decoded`. */
export function checkAutoencoderCase(found: CaseFolder): Promise<CaseResult> {
  const config = parseAutoencoderConfig(found.config, found.configPath);
  return compareOutputs(found, async (arrays, source) => {
    const differences: Record<string, number> = {};
    if (arrays.entries.has('mean')) {
      const sample = read(arrays, 'sample');
      const [batch = 1, , height = 1, width = 1] = sample.shape;
      const moments = await run(buildAutoencoderEncoder(config, { batch, height, width }, 'ort-cpu', source), found.networkDir, { sample: sample.data });
      for (const name of ['mean', 'logvar']) if (arrays.entries.has(name)) differences[name] = maxAbsDifference(moments[name] ?? new Float32Array(), read(arrays, name).data);
    }
    const latents = read(arrays, firstOf(arrays, ['latents', 'mean']));
    const [batch = 1, , height = 1, width = 1] = latents.shape;
    const name = firstOf(arrays, ['decoded', 'output']);
    const { sample } = await run(buildAutoencoderDecoder(config, { batch, height, width }, 'ort-cpu', source), found.networkDir, { latents: latents.data });
    differences[name] = maxAbsDifference(sample ?? new Float32Array(), read(arrays, name).data);
    return differences;
  });
}
