import { join } from 'node:path';
import { weightsParameterSource } from '../nn/parameter-source.ts';
import { buildUnet3d } from '../nn/unet3d.ts';
import { createNoise } from '../random/noise.ts';
import { openSession } from '../session/engine-session.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { openPromptTokenizer } from '../text/prompt-tokenizer.ts';
import { openWeights } from '../weights/open-weights.ts';
import type { Pack } from './open-pack.ts';
import { encodePrompts } from './prompt-encoder.ts';
import type { PromptCache } from './prompt-encoder.ts';
import { readUnetConfig } from './stage-sessions.ts';
import { sliceFrames } from './video-tensor.ts';

/** What is asked about a finished stretch of keyframes. */
export interface TextAttentionRequest {
  /** [1, 3, frames, height, width]. */
  readonly keyframes: Tensor;
  readonly prompt: string;
  /** The part of the prompt in question, as it stands in it. */
  readonly words: string;
  readonly threads: number;
  readonly promptCache: PromptCache;
  readonly signal?: AbortSignal;
}

/** Steps of the schedule that the measuring timestep is taken from, in the middle: there content is being decided. */
const SCHEDULE_STEPS = 20;

/** 1 for the tokens of `words` inside `prompt`, 0 for the others; all tokens of the prompt when the words are not found in it. */
export function focusOf(tokenize: (text: string) => { readonly mask: BigInt64Array }, prompt: string, words: string): Float32Array {
  const count = (text: string): number => tokenize(text).mask.reduce((sum, bit) => sum + Number(bit), 0);
  const { mask } = tokenize(prompt);
  const at = words === '' ? -1 : prompt.indexOf(words);
  const special = count('');
  const first = at < 0 ? 0 : count(prompt.slice(0, at)) - special;
  const end = at < 0 ? count(prompt) : count(prompt.slice(0, at + words.length)) - special;
  // CLIP begins with a token of its own, T5 does not: what an empty prompt has beyond its end token stands in front.
  const offset = special - 1;
  return Float32Array.from({ length: mask.length }, (_, token) => (token >= first + offset && token < end + offset ? 1 : 0));
}

/**
 * How strongly each keyframe attends to some words: of the attention that it pays to text, the share that goes to them, in
 * [0, 1]. The finished frames are noised to the middle of the schedule and seen once by the UNet with its attention open.
 */
export async function measureTextAttention(pack: Pack, request: TextAttentionRequest): Promise<Float32Array> {
  const stage = 'keyframes';
  const { keyframes, prompt, words, threads, promptCache, signal } = request;
  const { frames: window, width, height } = pack.stageSize(stage);
  const folder = pack.stageFolder(stage);
  const text = pack.text(stage);
  const tokens = pack.index.promptTokens;
  const [states] = await encodePrompts(text, [prompt], tokens, promptCache, threads);
  const weightsDir = join(folder, 'unet');
  const weights = openWeights(weightsDir);
  try {
    const config = readUnetConfig(pack, stage);
    const { graph } = buildUnet3d(config, { batch: 1, frames: window, height, width, tokens }, 'ort-cpu', weightsParameterSource(weights, weightsDir), { textAttention: true });
    const session = await openSession(graph, { weightsDir, threads });
    try {
      const scheduler = pack.scheduler(stage, SCHEDULE_STEPS);
      const timestep = scheduler.timesteps[Math.floor(scheduler.timesteps.length / 2)]!;
      const noise = createNoise(0).fork('text-attention').normal(3 * window * height * width);
      const tokenizer = openPromptTokenizer(text.tokenizer, 't5', tokens);
      const row = focusOf((text) => tokenizer.tokenize(text), prompt, words);
      const spread = (values: Float32Array): Float32Array => Float32Array.from({ length: window * tokens }, (_, index) => values[index % tokens]!);
      const [onWords, onText] = [spread(row), new Float32Array(window * tokens).fill(1)];
      const frames = keyframes.shape[2]!;
      const shares = new Float32Array(frames);
      for (let start = 0; start < frames; start += window) {
        signal?.throwIfAborted();
        // The last window moves back; a short clip is repeated to fill one.
        const first = Math.max(0, Math.min(start, frames - window));
        const sample = scheduler.addNoise(fillWindow(sliceFrames(keyframes, first, Math.min(window, frames - first)), window), { data: noise, shape: [1, 3, window, height, width] }, timestep);
        const inputs = { sample: sample.data, timestep: BigInt64Array.of(BigInt(Math.round(timestep))), encoder_hidden_states: states!.data };
        const { text_attention: own } = await session.run({ ...inputs, text_focus: onWords });
        const { text_attention: all } = await session.run({ ...inputs, text_focus: onText });
        for (let frame = first; frame < Math.min(first + window, frames); frame += 1) shares[frame] = own![frame - first]! / all![frame - first]!;
      }
      return shares;
    } finally {
      await session.release();
    }
  } finally {
    weights.close();
  }
}

function fillWindow(video: Tensor, window: number): Tensor {
  const [, channels, frames, height, width] = video.shape as [number, number, number, number, number];
  if (frames === window) return video;
  const area = height * width;
  const data = new Float32Array(channels * window * area);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let frame = 0; frame < window; frame += 1) {
      const from = (channel * frames + Math.min(frame, frames - 1)) * area;
      data.set(video.data.subarray(from, from + area), (channel * window + frame) * area);
    }
  }
  return { data, shape: [1, channels, window, height, width] };
}
