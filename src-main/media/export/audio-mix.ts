import { MIX_RATE, sampleOfFrame, type SoundShot } from '../../../src-shared/compose/audio-plan.ts';
import type { CompositionPlan } from '../../../src-shared/compose/composition-plan.ts';
import { toDecimal } from '../../../src-shared/timing/rational.ts';
import { FFMPEG_GLOBAL, fileArgument, inputGuards } from '../command-line.ts';
import { inputArguments, type ExportSource } from './export-source.ts';

/** Frames `[from, to)` and the sounds that are heard in them. */
export interface SoundStretch {
  readonly from: number;
  readonly to: number;
  readonly sounds: readonly SoundShot[];
}

const MAX_SOURCES = 32;

/**
 * Cuts `[from, to)` so that few sounds are mixed at once. Cuts never fall into a fade or into sound at another speed, where a new
 * beginning would be heard.
 */
export function soundStretches(sounds: readonly SoundShot[], from: number, to: number, maxSources = MAX_SOURCES): SoundStretch[] {
  const heard = sounds.filter((sound) => sound.to > from && sound.from < to).sort((a, b) => a.from - b.from);
  const inside = ({ from: first, to: end }: SoundShot, frame: number): boolean => frame > first && frame < end;
  const mayCut = (frame: number): boolean =>
    heard.every((sound) => !inside(sound, frame) || (sound.speed.num === sound.speed.den && frame >= sound.from + sound.fadeInFrames && frame <= sound.to - sound.fadeOutFrames));
  const cuts = [...new Set(heard.flatMap((sound) => [sound.from, sound.to]))].filter((frame) => frame > from && frame < to && mayCut(frame)).sort((a, b) => a - b);
  const between = (a: number, b: number): SoundShot[] => heard.filter((sound) => sound.to > a && sound.from < b);
  const stretches: SoundStretch[] = [];
  let start = from;
  for (const [index, cut] of cuts.entries()) {
    const next = cuts[index + 1] ?? to;
    if (between(start, next).length > maxSources) {
      stretches.push({ from: start, to: cut, sounds: between(start, cut) });
      start = cut;
    }
  }
  if (to > start) stretches.push({ from: start, to, sounds: between(start, to) });
  return stretches;
}

/** `atempo` takes 0.5 to 2 in every ffmpeg: other speeds are products. */
export function tempoFilters(speed: number): string[] {
  const filters: string[] = [];
  let left = speed;
  while (left < 0.5 || left > 2) {
    const step = left < 0.5 ? 0.5 : 2;
    filters.push(`atempo=${step}`);
    left /= step;
  }
  return Math.abs(left - 1) < 1e-9 ? filters : [...filters, `atempo=${left.toFixed(9)}`];
}

const samplesAt = (seconds: number): number => Math.round(seconds * MIX_RATE);

/** Arguments of the ffmpeg that mixes a stretch: exactly its samples, 32-bit float stereo, on standard output. */
export function mixArguments(plan: Pick<CompositionPlan, 'frameRate'>, stretch: SoundStretch, source: (assetId: string) => ExportSource): string[] {
  const rate = plan.frameRate;
  const origin = sampleOfFrame(stretch.from, rate);
  const total = sampleOfFrame(stretch.to, rate) - origin;
  const output = ['-ac', '2', '-ar', String(MIX_RATE), '-c:a', 'pcm_f32le', '-f', 'f32le', 'pipe:1'];
  if (stretch.sounds.length === 0) return [...FFMPEG_GLOBAL, '-f', 'lavfi', '-i', `anullsrc=r=${MIX_RATE}:cl=stereo`, '-af', `atrim=end_sample=${total}`, ...output];
  const inputs: string[] = [];
  const chains: string[] = [];
  for (const [index, sound] of stretch.sounds.entries()) {
    const speed = toDecimal(sound.speed);
    const begin = Math.max(sound.from, stretch.from);
    const end = Math.min(sound.to, stretch.to);
    const secondsIn = ((begin - sound.from) * rate.den) / rate.num;
    const wanted = toDecimal(sound.sourceFrom) + secondsIn * speed;
    // Before its beginning a source is silent.
    const silence = wanted < 0 ? samplesAt(-wanted / speed) : 0;
    const seek = Math.max(0, wanted);
    const samples = sampleOfFrame(end, rate) - sampleOfFrame(begin, rate);
    const length = Math.max(0, samples - silence);
    inputs.push(...inputArguments({ ...source(sound.assetId), hasAlpha: false }, { from: seek, length: (length / MIX_RATE) * speed + 0.2 }));
    const fades: string[] = [];
    if (sound.fadeInFrames > 0 && begin === sound.from) fades.push(`afade=t=in:ss=0:ns=${sampleOfFrame(sound.from + sound.fadeInFrames, rate) - sampleOfFrame(sound.from, rate)}:curve=tri`);
    if (sound.fadeOutFrames > 0 && end === sound.to) {
      const fade = sampleOfFrame(sound.to, rate) - sampleOfFrame(sound.to - sound.fadeOutFrames, rate);
      fades.push(`afade=t=out:ss=${samples - fade}:ns=${fade}:curve=tri`);
    }
    // Delays count samples, so that no clock is rounded.
    const behind = (samples: number): string[] => (samples === 0 ? [] : [`adelay=${samples}S|${samples}S`]);
    const place = sampleOfFrame(begin, rate) - origin;
    chains.push(`[${index}:a:0]${[
      `aresample=${MIX_RATE}:async=1:first_pts=0`, 'aformat=sample_fmts=fltp:channel_layouts=stereo',
      ...tempoFilters(speed), 'asetpts=N', ...behind(silence), 'apad', `atrim=end_sample=${samples}`, 'asetpts=N', ...fades, `volume=${sound.volume.toFixed(6)}:precision=float`,
      ...behind(place), 'apad', `atrim=end_sample=${total}`,
    ].join(',')}[s${index}]`);
  }
  const count = stretch.sounds.length;
  // All inputs last equally long, so that `amix` divides by their number throughout; that is taken back.
  const mix = count === 1 ? '[s0]anull[out]' : `${stretch.sounds.map((_, index) => `[s${index}]`).join('')}amix=inputs=${count}:duration=first,volume=${count}:precision=float[out]`;
  return [...FFMPEG_GLOBAL, ...inputs, '-filter_complex', [...chains, mix].join(';'), '-map', '[out]', ...output];
}

/** Arguments that keep a mix in a lossless file: 24 bits, limited to full scale. */
export const keepMixArguments = (file: string): string[] => [
  ...FFMPEG_GLOBAL, '-protocol_whitelist', 'file,pipe', '-f', 'f32le', '-ar', String(MIX_RATE), '-ac', '2', '-i', 'pipe:0',
  '-c:a', 'flac', '-sample_fmt', 's32', '-bits_per_raw_sample', '24', '-compression_level', '0', '-f', 'flac', '-y', fileArgument(file),
];

/** Input arguments of a kept mix. */
export const mixInput = (file: string): string[] => [...inputGuards('flac'), '-i', fileArgument(file)];
