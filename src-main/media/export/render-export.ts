import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { CompositionPlan } from '../../../src-shared/compose/composition-plan.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { FORMATS } from '../../../src-shared/export/formats.ts';
import type { ExportSettings } from '../../../src-shared/export/settings.ts';
import type { FfmpegBinaries } from '../find-ffmpeg.ts';
import { start, type RunningCommand } from '../run.ts';
import { insertRecipe } from '../recipe-chunks.ts';
import { writeWhole } from '../write-whole.ts';
import { keepMixArguments, mixArguments, soundStretches } from './audio-mix.ts';
import type { Capabilities } from './capabilities.ts';
import { composeAndEncodeArguments, encodeArguments, encodeSoundArguments, gifArguments, paletteArguments, type EncoderInput } from './encoder-arguments.ts';
import type { ExportSource } from './export-source.ts';
import { stretchesOf } from './picture-pieces.ts';
import { composeArguments, pictureGraph, type PictureGraph, type PictureGraphInput } from './picture-graph.ts';
import { workingFormat } from './working-format.ts';

/** A timeline to be written as one file, or as one folder of pictures. */
export interface RenderExportRequest {
  /** Where it goes. It appears whole or not at all. */
  readonly path: string;
  readonly plan: CompositionPlan;
  readonly from: number;
  readonly to: number;
  readonly settings: ExportSettings;
  readonly source: (assetId: string) => ExportSource;
  readonly text: PictureGraphInput['text'];
  /** A folder for what is needed on the way. */
  readonly scratch: string;
  readonly recipeJson: string | null;
  /** Name of the unfinished file; the same for every attempt, so that none is left behind. */
  readonly temporaryName?: string;
  readonly signal?: AbortSignal;
  /** Called with the number of composed frames. */
  readonly onFrames?: (frames: number) => void;
}

/** The picture of a sequence that carries the recipe. */
const FIRST_PICTURE = 'frame-000001.png';

/** No export is stopped for being long, only for standing still. */
const MAX_MS = 48 * 60 * 60_000;
const STALLED_MS = 5 * 60_000;

/** Stops work that has not moved for five minutes. */
function watchStall(signal: AbortSignal | undefined): { readonly signal: AbortSignal; moved(): void; end(): void; readonly hasStalled: () => boolean } {
  const own = new AbortController();
  let stalled = false;
  const give = (): void => {
    stalled = true;
    own.abort();
  };
  let timer = setTimeout(give, STALLED_MS);
  return {
    signal: signal === undefined ? own.signal : AbortSignal.any([signal, own.signal]),
    moved: () => void timer.refresh(),
    end: () => {
      clearTimeout(timer);
      timer = setTimeout(() => undefined, 0);
    },
    hasStalled: () => stalled,
  };
}

/** Standard output of commands, one behind the other; the next one gets ready while one is read. */
async function* outputsOf(commands: readonly (() => RunningCommand)[]): AsyncGenerator<Uint8Array> {
  let next = commands[0]?.();
  let running: RunningCommand | undefined;
  try {
    for (let index = 0; index < commands.length; index += 1) {
      running = next;
      next = commands[index + 1]?.();
      if (running === undefined) return;
      for await (const chunk of running.stdout as AsyncIterable<Uint8Array>) yield chunk;
      await running.done;
    }
  } finally {
    running?.kill();
    next?.kill();
  }
}

/** What was written. */
export interface RenderedExport {
  readonly sizeBytes: number;
  /** Whether the recipe that was asked for is inside. */
  readonly carriesRecipe: boolean;
}

/** Renders; see `RenderExportRequest`. */
export async function renderExport(binaries: FfmpegBinaries, capabilities: Capabilities, request: RenderExportRequest): Promise<RenderedExport> {
  const stall = watchStall(request.signal);
  try {
    return await render(binaries, capabilities, { ...request, signal: stall.signal, onFrames: (frames) => {
      stall.moved();
      request.onFrames?.(frames);
    } });
  } catch (error) {
    if (stall.hasStalled() && StudioError.is(error, 'CANCELLED')) throw new StudioError('FFMPEG_FAILED', 'ffmpeg did nothing for five minutes and was stopped. Export again; if it happens again, leave out the clip at which it stops.', { cause: error });
    throw error;
  } finally {
    stall.end();
  }
}

async function render(binaries: FfmpegBinaries, capabilities: Capabilities, request: RenderExportRequest & { readonly signal: AbortSignal; readonly onFrames: (frames: number) => void }): Promise<RenderedExport> {
  const { plan, from, to, settings, signal, scratch, recipeJson, onFrames } = request;
  const facts = FORMATS[settings.format];
  const begin = (args: readonly string[], purpose: string, stdin?: AsyncIterable<Uint8Array>): RunningCommand => start(binaries.ffmpeg, args, { signal, purpose, timeoutMs: MAX_MS, stdin });
  const finish = async (args: readonly string[], purpose: string, stdin?: AsyncIterable<Uint8Array>): Promise<void> => {
    const command = begin(args, purpose, stdin);
    command.stdout.resume();
    await command.done;
  };

  const heard = facts.hasAudio && settings.audio ? plan.sounds.filter((sound) => sound.to > from && sound.from < to) : [];
  if (facts.kind === 'audio' && heard.length === 0) throw new StudioError('INVALID_INPUT', 'There is no sound in this part of the timeline: nothing to export. Choose another range, or a format with pictures.');
  let sound: string | null = null;
  if (heard.length > 0) {
    sound = path.join(scratch, 'mix.flac');
    const mixes = soundStretches(heard, from, to).map((stretch) => () => begin(mixArguments(plan, stretch, request.source), 'mix the sound'));
    await finish(keepMixArguments(sound), 'keep the mixed sound', outputsOf(mixes));
  }
  const temporary = request.temporaryName === undefined ? {} : { temporaryName: request.temporaryName };
  const purpose = `write ${path.basename(request.path)}`;
  /** One file; `late` names the container into which ffmpeg cannot write the recipe itself. */
  const write = async (late: 'gif' | 'wav' | null, work: (file: string) => Promise<void>): Promise<RenderedExport> => {
    let carriesRecipe = recipeJson !== null;
    const sizeBytes = await writeWhole(request.path, async (file) => {
      await work(file);
      if (late !== null && recipeJson !== null) carriesRecipe = await insertRecipe(file, late, recipeJson);
    }, temporary);
    return { sizeBytes, carriesRecipe };
  };
  if (facts.kind === 'audio') {
    const mix = sound ?? '';
    return write(settings.format === 'wav' ? 'wav' : null, (file) => finish(encodeSoundArguments({ settings, recipeJson, capabilities, sound: mix }, file), purpose));
  }

  const alpha = facts.hasAlpha && settings.alpha;
  const working = workingFormat(settings.format, alpha, capabilities);
  const frameBytes = working.frameBytes(plan.width, plan.height);
  const stretches = stretchesOf(plan, from, to);
  const graphOf = (stretch: { readonly from: number; readonly to: number }): PictureGraph => pictureGraph({ plan, ...stretch, source: request.source, text: request.text, working, capabilities });
  const requireAll = (composed: number): void => {
    if (composed !== to - from) throw new StudioError('FFMPEG_FAILED', `ffmpeg composed ${composed} frames instead of ${to - from}. A clip may be damaged: play the timeline and replace it.`, { details: { frames: composed, expected: to - from } });
  };
  const frames = async function* (): AsyncGenerator<Uint8Array> {
    const commands = stretches.map((stretch) => () => begin(composeArguments(graphOf(stretch), plan.frameRate, working), 'compose the picture'));
    let bytes = 0;
    let told = 0;
    for await (const chunk of outputsOf(commands)) {
      yield chunk;
      bytes += chunk.length;
      const whole = Math.floor(bytes / frameBytes);
      if (whole > told) onFrames((told = whole));
    }
    requireAll(bytes / frameBytes);
  };
  const input: EncoderInput = { settings: { ...settings, alpha }, width: plan.width, height: plan.height, frameRate: plan.frameRate, working, sound, recipeJson, capabilities };
  /** Composes and encodes: in one command where one is enough, else as raw frames from one into another. */
  const encode = async (output: string): Promise<void> => {
    const [only, more] = stretches;
    if (only === undefined || more !== undefined) return finish(encodeArguments(input, output), purpose, frames());
    const command = begin(composeAndEncodeArguments(graphOf(only), input, output), purpose);
    let told = 0;
    for await (const line of createInterface({ input: command.stdout })) {
      const frame = Number(/^frame=\s*(\d+)/.exec(line)?.[1] ?? 0);
      if (frame > told) onFrames((told = frame));
    }
    await command.done;
    requireAll(told);
  };
  if (settings.format === 'png-sequence') {
    let carriesRecipe = recipeJson !== null;
    const written = await writeFolder(request.path, request.temporaryName, async (folder) => {
      await encode(folder);
      if (recipeJson !== null) carriesRecipe = await insertRecipe(path.join(folder, FIRST_PICTURE), 'png_pipe', recipeJson);
    });
    return { ...written, carriesRecipe };
  }
  if (settings.format === 'gif') {
    const [lossless, palette] = [path.join(scratch, 'frames.mkv'), path.join(scratch, 'palette.png')];
    await finish(paletteArguments(input, lossless, palette), 'choose the colours', frames());
    return write('gif', (file) => finish(gifArguments(input, lossless, palette, file), purpose));
  }
  return write(null, encode);
}

/** As `writeWhole`, for a folder. One that is there already and holds anything is left alone. */
async function writeFolder(folder: string, temporaryName: string | undefined, write: (temporary: string) => Promise<void>): Promise<{ sizeBytes: number }> {
  const present = await readdir(folder).catch(() => null);
  if (present !== null && present.length > 0) throw new StudioError('CONFLICT', `${folder} already holds files. Choose another name, or empty it first.`, { details: { path: folder } });
  const temporary = path.join(path.dirname(folder), temporaryName ?? `.${crypto.randomUUID()}.part`);
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  try {
    await write(temporary);
    let sizeBytes = 0;
    for (const name of await readdir(temporary)) sizeBytes += (await stat(path.join(temporary, name))).size;
    if (present !== null) await rm(folder, { recursive: true });
    await rename(temporary, folder);
    return { sizeBytes };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}
