import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AssetId } from '../../../../src-shared/contract/assets.ts';
import { ExportFormat, FORMATS } from '../../../../src-shared/export/formats.ts';
import { BUILT_IN_PRESETS, ExportPreset, ExportSettings } from '../../../../src-shared/export/settings.ts';
import { finishJob, withStudio } from '../cli-studio.ts';
import { outputClipPath, requireWritableFolder } from '../clip-path.ts';
import { invalid, requirePositionals, type Command, type CommandContext, type CommandInput } from '../command.ts';

const EMBED = { all: 'all', 'without-prompts': 'withoutPrompts', none: 'none' } as const;
/** Options that only a timeline export understands. */
const TIMELINE_OPTIONS = ['format', 'preset', 'settings', 'from', 'to', 'height', 'quality', 'captions', 'clip', 'missing'] as const;

export const exportCommand: Command = {
  name: 'export',
  summary: 'Writes a clip of a project, or its timeline, to a file.',
  arguments: 'FILE (--asset ID | --timeline) --out OUT',
  options: [
    { name: 'asset', value: 'ID', help: 'the clip, as `import` and `generate` name it' },
    { name: 'timeline', help: 'the composed timeline: tracks, fades, titles, captions and sound' },
    { name: 'out', value: 'OUT', help: 'the file to write; with --timeline its name may hold {project}, {event}, {take}, {seed}, {date}, {resolution} and {n}' },
    { name: 'recipe', value: 'WHAT', help: 'embed the recipe: all, without-prompts or none; all when left out' },
    { name: 'format', value: 'FORMAT', help: `timeline: ${ExportFormat.options.join(', ')}; by the ending of OUT when left out` },
    { name: 'preset', value: 'NAME', help: `timeline: begin with a preset: ${BUILT_IN_PRESETS.map(({ name }) => name).join(', ')}, or one of your own` },
    { name: 'settings', value: 'JSON', help: 'timeline: begin with a preset file' },
    { name: 'from', value: 'FRAME', help: 'timeline: first frame; the whole timeline when left out' },
    { name: 'to', value: 'FRAME', help: 'timeline: one past the last frame' },
    { name: 'marked', help: 'timeline: between the in and the out mark' },
    { name: 'clip', value: 'ID', help: 'timeline: only this clip or event, to a file of its own; may be given several times', repeatable: true },
    { name: 'height', value: 'PIXELS', help: "timeline: height of the picture; the sequence's own when left out" },
    { name: 'quality', value: 'WHAT', help: 'timeline: high, medium or small' },
    { name: 'alpha', help: 'timeline: keep transparency where the format can' },
    { name: 'captions', value: 'WHERE', help: 'timeline: burned, srt, vtt or none' },
    { name: 'no-sound', help: 'timeline: leave the sound out' },
    { name: 'once', help: 'timeline: a GIF that does not begin again' },
    { name: 'encode', help: 'timeline: encode a single untouched clip too, instead of copying it' },
    { name: 'missing', value: 'WHAT', help: 'timeline: media that are gone: refuse, placeholder or leave-out; refuse when left out' },
    { name: 'estimate', help: 'timeline: tell what would be written and how large, and write nothing' },
  ],
  async run(input, context) {
    const [file = ''] = requirePositionals(exportCommand, input, ['FILE']);
    if (input.on('timeline')) return exportTimeline(file, input, context);
    const stray = [...TIMELINE_OPTIONS].find((name) => input.text(name) !== undefined || input.texts(name).length > 0);
    if (stray !== undefined) throw invalid(`--${stray} is for timelines: add --timeline, or leave it out.`);
    const assetId = AssetId.safeParse(input.text('asset'));
    if (!assetId.success) throw invalid(input.text('asset') === undefined ? '--asset is missing: name the clip to export, or say --timeline.' : `--asset is "${input.text('asset')}", which is no asset id: they look like asset:1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed.`);
    const outGiven = input.text('out');
    if (outGiven === undefined) throw invalid('--out is missing: name the MP4 file to write.');
    const embed = input.choice('recipe', ['all', 'without-prompts', 'none']) ?? 'all';
    const path = outputClipPath(outGiven);
    return withStudio({ lanes: ['media'] }, async ({ client }) => {
      const { id: projectId } = await client.projects.open({ path: resolve(file) });
      const { jobId } = await client.export.start({ projectId, assetId: assetId.data, path, embedRecipe: EMBED[embed] });
      await finishJob(client, projectId, jobId, context);
      context.terminal.line(`Wrote ${path}`);
      return { projectId, assetId: assetId.data, out: path };
    });
  },
};

/** The settings that a preset file holds: bare settings, or a preset with its name. */
function settingsFromFile(path: string): ExportSettings {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(resolve(path), 'utf8'));
  } catch (error) {
    throw invalid(`--settings is "${path}", which cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const preset = ExportPreset.safeParse(json);
  const settings = preset.success ? preset.data.settings : ExportSettings.safeParse(json).data;
  if (settings === undefined) throw invalid(`--settings is "${path}", which holds no export settings. Save a preset in the export dialog and use that file.`);
  return settings;
}

/** The format that a file name asks for, where the ending leaves no choice; MP4 is H.264, MOV is ProRes 422 HQ. */
function formatOfName(name: string): ExportFormat | null {
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase();
  return ExportFormat.options.find((format) => ending !== undefined && FORMATS[format].extension === ending) ?? null;
}

async function exportTimeline(file: string, input: CommandInput, context: CommandContext): Promise<object> {
  if (input.text('asset') !== undefined) throw invalid('--asset and --timeline exclude each other: choose one.');
  const out = input.text('out');
  if (out === undefined) throw invalid('--out is missing: name the file to write.');
  const format = input.choice('format', ExportFormat.options);
  const [from, to] = [input.integer('from', 0, 10_368_000), input.integer('to', 1, 10_368_000)];
  if (input.on('marked') && (from !== undefined || to !== undefined)) throw invalid('--marked and --from or --to exclude each other: choose one.');
  const height = input.integer('height', 16, 8192);
  const quality = input.choice('quality', ['high', 'medium', 'small']);
  const captions = input.choice('captions', ['burned', 'srt', 'vtt', 'none']);
  const embed = input.choice('recipe', ['all', 'without-prompts', 'none']);
  const missing = input.choice('missing', ['refuse', 'placeholder', 'leave-out']);
  const path = resolve(out);
  requireWritableFolder(out, dirname(path));
  const given = input.text('settings');
  const fileSettings = given === undefined ? null : settingsFromFile(given);
  return withStudio({ lanes: ['media'] }, async ({ client }) => {
    const presetName = input.text('preset');
    const { builtIn, own } = await client.export.presets({});
    const preset = [...own, ...builtIn].find(({ name }) => name.toLowerCase() === presetName?.toLowerCase());
    if (presetName !== undefined && preset === undefined) throw invalid(`--preset is "${presetName}": choose one of ${[...builtIn, ...own].map(({ name }) => name).join(', ')}.`);
    const base = fileSettings ?? preset?.settings;
    const chosen = format ?? base?.format ?? formatOfName(out);
    if (chosen === null) throw invalid(`--out is "${out}", which does not tell the format: end it with .mp4, .webm, .mov, .gif, .wav and the like, or say --format.`);
    const settings = ExportSettings.parse({
      ...base, format: chosen, ...(height === undefined ? {} : { height }), ...(quality === undefined ? {} : { quality }), ...(captions === undefined ? {} : { captions }), ...(embed === undefined ? {} : { embedRecipe: EMBED[embed] }),
      ...(input.on('alpha') ? { alpha: true } : {}), ...(input.on('no-sound') ? { audio: false } : {}), ...(input.on('once') ? { loop: false } : {}), ...(input.on('encode') ? { copyUntouched: false } : {}),
      ...(input.on('marked') ? { range: { kind: 'marked' } } : from === undefined && to === undefined ? {} : { range: { kind: 'frames', from: from ?? 0, to: to ?? 10_368_000 } }),
    });
    const { id: projectId } = await client.projects.open({ path: resolve(file) });
    const request = { projectId, settings, path, clipIds: [...input.texts('clip')], missingMedia: missing === 'leave-out' ? ('leaveOut' as const) : (missing ?? ('refuse' as const)) };
    const estimate = await client.export.estimate(request);
    if (estimate.missingCharacters.length > 0) context.terminal.line(`Note: no built-in font has ${estimate.missingCharacters.join(' ')}; boxes are drawn instead.`);
    if (input.on('estimate')) {
      for (const written of estimate.paths) context.terminal.line(`Would write ${written}`);
      context.terminal.line(`${estimate.width}x${estimate.height}, ${estimate.frames} frames, about ${Math.max(1, Math.round(estimate.sizeBytes / 1e6))} MB${estimate.copies ? ', copied as it is' : ''}`);
      return { projectId, ...estimate };
    }
    const { jobs } = await client.export.startTimeline(request);
    for (const { jobId, path: written } of jobs) {
      await finishJob(client, projectId, jobId, context);
      context.terminal.line(`Wrote ${written}`);
    }
    return { projectId, out: jobs.map(({ path: written }) => written), format: chosen, frames: estimate.frames };
  });
}
