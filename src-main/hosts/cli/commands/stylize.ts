import { secondsToFrame, type FrameRate } from '../../../../src-shared/timing/frame-rate.ts';
import { assetSummary } from '../cli-studio.ts';
import { outputClipPath } from '../clip-path.ts';
import { invalid, requirePositionals, type Command } from '../command.ts';
import { workOnClip } from '../one-clip.ts';

const MAX_SEED = 0xffff_ffff;

export const stylizeCommand: Command = {
  name: 'stylize',
  summary: 'Draws a clip in another style; motion, sound and frame rate stay.',
  arguments: 'CLIP --style TEXT --out CLIP.mp4',
  options: [
    { name: 'style', value: 'TEXT', help: 'how the clip is to look, as in "watercolor"; motif models says which styles a pack knows' },
    { name: 'strength', value: 'N', help: 'from 0, the clip as it is, to 1; the pack\'s own when left out' },
    { name: 'structure', value: 'N', help: 'how firmly outlines stay, from 0 to 1; the pack\'s own when left out' },
    { name: 'seed', value: 'N', help: 'another number, another drawing; 0 when left out' },
    { name: 'span', value: 'S-S:TEXT', help: 'another style between two seconds, as in 1.5-3:neon', repeatable: true },
    { name: 'blend', value: 'N', help: 'frames over which one style fades into the next; 8 when left out' },
    { name: 'pack', value: 'ID', help: 'the model pack; motif-mini when left out' },
    { name: 'out', value: 'CLIP', help: 'write the clip to this MP4 file; a transparent clip becomes a WebM' },
  ],
  async run(input, context) {
    const [clip = ''] = requirePositionals(stylizeCommand, input, ['CLIP']);
    const style = input.text('style');
    if (style === undefined || style.trim() === '') throw invalid('--style is missing: say how the clip is to look, as in --style watercolor.');
    const given = input.text('out');
    if (given === undefined) throw invalid('--out is missing: name the file for the restyled clip.');
    const path = outputClipPath(given, true);
    const spans = input.texts('span').map(readSpan);
    const look = {
      style, strength: input.number('strength', 0, 1), structure: input.number('structure', 0, 1), seed: input.integer('seed', 0, MAX_SEED) ?? 0, packId: input.text('pack'), blendFrames: input.integer('blend', 0, 240),
    };
    let trained = false;
    let known = false;
    const { asset, path: out, job, wallMs, peakMemoryBytes } = await workOnClip(clip, path, context, async ({ client, projectId, asset: source }) => {
      const request = { ...look, projectId, assetId: source.id, spans: spans.map((span) => toFrames(span, source.frameRate, source.frames)) };
      ({ trained, known } = await client.stylization.plan(request));
      if (!trained) context.terminal.note('This pack was not trained to restyle: its last stage draws without knowing any style.');
      else if (!known) context.terminal.note('This pack was not trained on this style; motif models lists those it knows.');
      return client.stylization.restyle(request);
    });
    return { ...assetSummary(asset), out, style, strength: look.strength ?? null, structure: look.structure ?? null, seed: look.seed, spans, trained, known, hasAudio: asset.hasAudio, wallMs, parts: job.parts, peakMemoryBytes };
  },
};

interface Span {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly style: string;
}

function readSpan(text: string): Span {
  const [, from, to, style] = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?):(.*\S.*)$/.exec(text) ?? [];
  const [fromSeconds, toSeconds] = [Number(from), Number(to)];
  if (style === undefined || !(toSeconds > fromSeconds)) throw invalid(`--span is "${text}": write two seconds and a style, the later one second, as in 1.5-3:neon.`);
  return { fromSeconds, toSeconds, style: style.trim() };
}

function toFrames({ fromSeconds, toSeconds, style }: Span, rate: FrameRate | null, frames: number | null): { startFrame: number; endFrame: number; style: string } {
  // A clip without a rate or frames is refused for what it is; the span does not matter then.
  if (rate === null || frames === null) return { startFrame: 0, endFrame: 1, style };
  const [startFrame, endFrame] = [secondsToFrame(fromSeconds, rate), Math.min(frames, secondsToFrame(toSeconds, rate))];
  if (startFrame >= frames) throw invalid(`--span ${fromSeconds}-${toSeconds} begins behind the end of the clip. Choose seconds inside it.`);
  return { startFrame, endFrame: Math.max(startFrame + 1, endFrame), style };
}
