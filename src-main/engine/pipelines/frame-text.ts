import { elementsOf } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { PromptEmbeds } from './unet-run.ts';

/**
 * Text states per frame: row f of the result is the sum of `mix[f][i] * texts[i]`. `texts` are [1, tokens, width]; the
 * result is [rows, tokens, width]. A row that is one text alone is that text, bit for bit.
 */
export function mixTexts(texts: readonly Tensor[], mix: readonly (readonly number[])[]): Tensor {
  const [, tokens, width] = texts[0]!.shape as [number, number, number];
  const data = new Float32Array(mix.length * tokens * width);
  for (const [frame, weights] of mix.entries()) {
    const row = data.subarray(frame * tokens * width, (frame + 1) * tokens * width);
    const used = texts.map((text, index) => ({ text, weight: weights[index] ?? 0 })).filter(({ weight }) => weight !== 0);
    if (used.length === 1 && used[0]!.weight === 1) row.set(used[0]!.text.data);
    else for (const { text, weight } of used) for (let i = 0; i < row.length; i += 1) row[i]! += weight * text.data[i]!;
  }
  return { data, shape: [mix.length, tokens, width] };
}

/** Rows `start` to `start + count` of [rows, tokens, width]; behind the last row, that row again. One row serves all frames. */
export function textRows(text: Tensor, start: number, count: number): Tensor {
  const rows = text.shape[0]!;
  if (rows === 1) return text;
  const size = elementsOf(text.shape.slice(1));
  const data = new Float32Array(count * size);
  for (let row = 0; row < count; row += 1) {
    const from = Math.min(start + row, rows - 1) * size;
    data.set(text.data.subarray(from, from + size), row * size);
  }
  return { data, shape: [count, ...text.shape.slice(1)] };
}

/** The text of frames `start` to `start + count`, for a stage that runs the clip in parts. */
export function embedsOfFrames(embeds: PromptEmbeds, start: number, count: number): PromptEmbeds {
  return { positive: textRows(embeds.positive, start, count), negative: embeds.negative === null ? null : textRows(embeds.negative, start, count) };
}
