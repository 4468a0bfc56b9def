import path from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { BIT_EXACT, FFMPEG_GLOBAL, fileArgument, inputGuards } from './command-line.ts';
import type { FfmpegBinaries } from './find-ffmpeg.ts';
import { probeMedia, readFormatTags } from './probe.ts';
import { findRecipe, MAX_RECIPE_BYTES, RECIPE_KEY } from './recipe-chunks.ts';
import { start } from './run.ts';
import { identify, type Container } from './sniff-container.ts';
import { writeWhole } from './write-whole.ts';

const isJsonObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/** Metadata options that embed `recipeJson`; none for null. The text is one argument of its own, so it needs no quoting. */
export function recipeArguments(recipeJson: string | null): string[] {
  if (recipeJson === null) return [];
  // Every control character is escaped in valid JSON strings; those between tokens would end the metadata on some builds.
  if (!isJsonObject(recipeJson)) throw new StudioError('INVALID_INPUT', 'The recipe to embed is not a JSON object.');
  const text = JSON.stringify(JSON.parse(recipeJson));
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_RECIPE_BYTES) {
    throw new StudioError('INVALID_INPUT', `The recipe has ${bytes} bytes and at most ${MAX_RECIPE_BYTES} can be embedded: shorten the prompts, or export without the recipe.`, { details: { bytes } });
  }
  return ['-metadata', `${RECIPE_KEY}=${text}`];
}

/**
 * The recipe embedded in `file` as JSON text, or null when there is none. It is text from outside: parse it with the recipe
 * schema, show it as text, never run it unasked.
 */
export async function readRecipe(binaries: FfmpegBinaries, file: string, signal?: AbortSignal): Promise<string | null> {
  const { container } = await identify(file);
  // Matroska writes the names of tags in capitals.
  const text = (await findRecipe(file, container)) ?? Object.entries(await readFormatTags(binaries, file, signal)).find(([name]) => name.toLowerCase() === RECIPE_KEY)?.[1];
  if (typeof text !== 'string' || Buffer.byteLength(text) > 65_536 || !isJsonObject(text)) return null;
  return text;
}

/** Arguments that copy pictures and sound as they are into a new MP4, or WebM where both names say so, whose only metadata is the recipe, if any. */
export function copyArguments(source: string, container: Container, output: string, recipeJson: string | null, webm: { readonly hasAlpha: boolean } | null = null): string[] {
  return [
    ...FFMPEG_GLOBAL, ...inputGuards(container), '-i', fileArgument(source),
    '-map', '0:v?', '-map', '0:a?', '-c', 'copy', ...BIT_EXACT, '-map_metadata', '-1', ...(webm === null ? ['-movflags', 'use_metadata_tags+faststart'] : webm.hasAlpha ? ['-metadata:s:v:0', 'alpha_mode=1'] : []), ...recipeArguments(recipeJson),
    '-f', webm === null ? 'mp4' : 'webm', '-y', fileArgument(output),
  ];
}

/** Copies a clip without encoding it again, with `recipeJson` in place of whatever was embedded; null leaves none. */
export async function copyWithRecipe(binaries: FfmpegBinaries, source: string, destination: string, recipeJson: string | null, signal?: AbortSignal): Promise<{ sizeBytes: number }> {
  const { container } = await identify(source);
  // MP4 holds no transparency.
  const webm = container === 'matroska' && path.extname(destination).toLowerCase() === '.webm' ? await probeMedia(binaries, source, signal) : null;
  const sizeBytes = await writeWhole(destination, async (temporary) => {
    const command = start(binaries.ffmpeg, copyArguments(source, container, temporary, recipeJson, webm), { signal, purpose: `copy ${path.basename(source)}` });
    command.stdout.resume();
    await command.done;
  });
  return { sizeBytes };
}
