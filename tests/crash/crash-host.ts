/**
 * A studio host for the crash test, without window or services: it opens the project, runs its queue with the real engine,
 * and tells its parent what it has reported as stored. `node crash-host.ts FOLDER PACK`.
 */
import { join } from 'node:path';
import { openAppStore } from '../../src-main/store/app-store.ts';
import { openProjectStore } from '../../src-main/store/project-store.ts';
import { createEngineClient } from '../../src-main/jobs/engine-client.ts';
import { createNodeEngineFork } from '../../src-main/jobs/engine-process.ts';
import { createGenerateClipHandler } from '../../src-main/jobs/handlers/generate-clip.ts';
import { createImportMediaHandler } from '../../src-main/jobs/handlers/import-media.ts';
import { createLearnMotionHandler } from '../../src-main/jobs/handlers/learn-motion.ts';
import { readMachineMemory } from '../../src-main/jobs/machine-memory.ts';
import { createTileChooser } from '../../src-main/jobs/tile-chooser.ts';
import { createRenderSceneHandler } from '../../src-main/jobs/handlers/render-scene.ts';
import { createLearningCurves } from '../../src-main/jobs/learning-curves.ts';
import type { JobHandler } from '../../src-main/jobs/job-handler.ts';
import { createJobQueue } from '../../src-main/jobs/job-queue.ts';
import { sweepScratchFolders } from '../../src-main/jobs/scratch-folder.ts';
import { FRAMES_MIME_TYPE } from '../../src-main/jobs/tensor-bytes.ts';
import { createMedia } from '../../src-main/media/media.ts';
import { TINY_SIZES } from '../engine/process/make-runnable-pack.ts';

/** What the host tells its parent. */
export type CrashHostMessage =
  | { readonly type: 'open' }
  | { readonly type: 'engine'; readonly pid: number | null }
  | { readonly type: 'stored'; readonly assetId: string; readonly sha256: string }
  | { readonly type: 'idle'; readonly states: readonly string[] };

/** Content hash that the rounds give the tiny pack's keyframe UNet. */
const MODEL_SHA256 = 'd'.repeat(64);

const [folder, packDir] = process.argv.slice(2) as [string, string];
const tell = (message: CrashHostMessage) => process.send?.(message);
// The host dies with the test, so that nothing is left when the test itself is stopped.
process.on('disconnect', () => process.exit(1));

const temporaryFolder = join(folder, 'scratch');
sweepScratchFolders(temporaryFolder);
const store = openProjectStore(join(folder, 'project.motif'));
const app = openAppStore(join(folder, 'app.db'));
const engine = createEngineClient({ fork: createNodeEngineFork() });
const media = createMedia();

const known = new Set<string>();
const tellStored = () => {
  for (const { id, sha256, mimeType } of store.assets.list()) {
    // The encoder's frames are scaffolding: they go in the very transaction that stores the clip.
    if (!known.has(id) && mimeType !== FRAMES_MIME_TYPE) tell({ type: 'stored', assetId: id, sha256 });
    known.add(id);
  }
};
store.onChange((topic) => {
  if (topic === 'assets') tellStored();
});

const any = <Data>(handler: JobHandler<Data>) => handler as unknown as JobHandler<unknown>;
const packs = { get: (id: string) => Promise.resolve({ dir: packDir, keyframesSha256: MODEL_SHA256, pack: { id: 'tiny', name: 'tiny', sha256: id.slice(-64), sizeBytes: 0, output: TINY_SIZES.superResolution2 }, index: { sizes: TINY_SIZES } }) };
const tiles = createTileChooser({ steps: { of: async () => [] }, machine: () => readMachineMemory(engine.pid(), null), settings: app.settings });
const queue = createJobQueue({
  store, engine, backOffMs: () => 10,
  handlers: [
    any(createGenerateClipHandler({ engine, media, packs, stepTimes: app.stepTimes, tiles, threads: 1, temporaryFolder })),
    any(createRenderSceneHandler({ engine, media, packs, stepTimes: app.stepTimes, tiles, threads: 1, temporaryFolder })),
    any(createLearnMotionHandler({ engine, media, packs, stepTimes: app.stepTimes, curves: createLearningCurves(), threads: 1, temporaryFolder })), any(createImportMediaHandler({ media })),
  ],
});
tell({ type: 'open' });
tellStored();

let enginePid: number | null = null;
setInterval(() => {
  if (engine.pid() === enginePid) return;
  enginePid = engine.pid();
  tell({ type: 'engine', pid: enginePid });
}, 20);

await queue.idle();
tell({ type: 'idle', states: queue.list().map((job) => job.state) });
