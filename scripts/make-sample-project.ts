/**
 * Makes assets/sample/sample.motif with the pack that ships inside: three prompt events, the last of them still
 * without a take, two small pictures that dissolve on a video track, a title and captions. Run it again after the pack or the file's schema has changed: `node scripts/make-sample-project.ts`.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStudio } from '../src-main/app/create-studio.ts';
import { createHeadlessPlatform, defaultStudioConfig } from '../src-main/app/studio.ts';
import { packProject } from '../src-main/store/project-copy.ts';
import { CAPTION_DEFAULTS } from '../src-shared/timeline/records/caption.ts';
import { CLIP_DEFAULTS } from '../src-shared/timeline/records/clip.ts';
import { DEFAULT_SEQUENCE, PROMPT_EVENT_DEFAULTS, type PromptEvent, type TimelineRecord } from '../src-shared/timeline/document.ts';
import { framesToTime, rational } from '../src-shared/timing/rational.ts';

const PROMPTS = ['a red fish swims right in the sea', 'a yellow star moves up at night', 'an orange car drives left in the desert'];
const EVENT_FRAMES = 29;
const PRESET = 'standard';

const uuid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
const caption = (index: number, startFrame: number, durationFrames: number, text: string): TimelineRecord => ({ id: `caption:${uuid(index)}`, type: 'caption', ...CAPTION_DEFAULTS, startFrame, durationFrames, text });

const folder = mkdtempSync(join(tmpdir(), 'motif-sample-'));
const studio = await createStudio({ ...defaultStudioConfig({}), dataDir: join(folder, 'data'), projectsFolder: folder, threads: 2, log: (line) => process.stderr.write(`${line}\n`) }, createHeadlessPlatform('cli', '/media'));
const { handlers } = studio;
const call = { signal: new AbortController().signal };
try {
  const path = join(folder, 'sample.motif');
  const { id: projectId } = await handlers.projects.create({ name: 'Sample', path }, call);
  const events = PROMPTS.map((prompt, index): PromptEvent => ({
    id: `promptEvent:${uuid(index + 1)}`, type: 'promptEvent', startFrame: index * EVENT_FRAMES, durationFrames: EVENT_FRAMES, prompt, negativePrompt: '', seed: 7 + index, seedLocked: true, preset: PRESET, activeTakeId: null, ...PROMPT_EVENT_DEFAULTS,
  }));
  const words = [
    caption(10, 4, 22, 'Three events, two of them with a take.'), caption(11, 33, 22, 'Each is a prompt and a clip that was made from it.'), caption(12, 62, 22, 'This one waits: press Generate.'),
    { ...caption(13, 2, 20, 'Motif Studio'), kind: 'title', trackId: 'track:titles', size: 0.14, color: '#ffd166', position: { x: 0, y: -0.22 } } as TimelineRecord,
  ];
  const titles: TimelineRecord = { id: 'track:titles', type: 'track', kind: 'caption', name: 'Titles', order: 55, locked: false, muted: false, hidden: false };
  const added = async (label: string, records: readonly TimelineRecord[]): Promise<void> => {
    const { document } = await handlers.timeline.get({ projectId }, call);
    await handlers.timeline.apply({ projectId, baseRevision: document.revision, label, diff: { added: [...records], removed: [], updated: [] } }, call);
  };
  await added('Write events', [...events, titles, ...words]);
  const assets: string[] = [];
  // The last one is left to whoever opens it.
  for (const { id, prompt, seed } of events.slice(0, -1)) {
    const { jobId } = await handlers.generation.start({ projectId, prompt, negativePrompt: '', seed, preset: PRESET, packId: 'motif-mini', motions: [], promptEventId: id, front: false }, call);
    for await (const job of handlers.jobs.watch({ projectId }, call)) {
      if (job.id !== jobId || job.finishedAt === null) continue;
      if (job.resultAssetId === null) throw new Error(job.error?.message ?? `${prompt} ended as ${job.state}`);
      assets.push(job.resultAssetId);
      break;
    }
    process.stdout.write(`${prompt}: done\n`);
  }
  const { frameRate } = DEFAULT_SEQUENCE;
  const small = { ...CLIP_DEFAULTS, type: 'clip' as const, trackId: 'track:video', sourceDuration: framesToTime(EVENT_FRAMES, frameRate), scale: 0.32, position: { x: 0.3, y: 0.28 } };
  await added('Lay two takes over it', [
    { ...small, id: `clip:${uuid(20)}`, assetId: assets[1] ?? '', startFrame: 4, durationFrames: 20, crossfadeInFrames: 4, crossfadeOutFrames: 3 },
    { ...small, id: `clip:${uuid(21)}`, assetId: assets[0] ?? '', startFrame: 24, durationFrames: 24, crossfadeInFrames: 3, crossfadeOutFrames: 4, speed: rational(1, 2) },
  ]);
  await handlers.assets.removeIntermediates({ projectId }, call);
  await handlers.projects.close({ projectId }, call);
  packProject(path);
  const target = join(import.meta.dirname, '../assets/sample');
  mkdirSync(target, { recursive: true });
  copyFileSync(path, join(target, 'sample.motif'));
  process.stdout.write(`assets/sample/sample.motif: ${(statSync(path).size / 1000).toFixed(0)} kB\n`);
} finally {
  await studio.close();
  rmSync(folder, { recursive: true, force: true });
}
