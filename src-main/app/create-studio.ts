import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { isAwaited, type Job } from '../../src-shared/contract/jobs.ts';
import { MEMORY_BUDGET } from '../../src-shared/contract/settings.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { ENGINE_VERSION } from '../engine/process/engine-version.ts';
import { createDownloads } from '../hub/downloads.ts';
import { openHubTokens } from '../hub/hub-tokens.ts';
import { createEngineClient } from '../jobs/engine-client.ts';
import { createNodeEngineFork } from '../jobs/engine-process.ts';
import { probeInProcess } from '../jobs/probe-engine.ts';
import { createExportHandler } from '../jobs/handlers/export.ts';
import { createGenerateClipHandler } from '../jobs/handlers/generate-clip.ts';
import { createRenderSceneHandler } from '../jobs/handlers/render-scene.ts';
import { createImportMediaHandler } from '../jobs/handlers/import-media.ts';
import { createMakeProxyHandler } from '../jobs/handlers/make-proxy.ts';
import { createLearnMotionHandler } from '../jobs/handlers/learn-motion.ts';
import { createReimagineClipHandler } from '../jobs/handlers/reimagine-clip.ts';
import { createRestyleClipHandler } from '../jobs/handlers/restyle-clip.ts';
import { createVerifyRecipeHandler } from '../jobs/handlers/verify-recipe.ts';
import { createUpscaleClipHandler } from '../jobs/handlers/upscale-clip.ts';
import type { JobHandler } from '../jobs/job-handler.ts';
import { createJobQueue } from '../jobs/job-queue.ts';
import { createLearningCurves } from '../jobs/learning-curves.ts';
import { sweepScratchFolders } from '../jobs/scratch-folder.ts';
import { createMedia } from '../media/media.ts';
import { readMachineMemory } from '../jobs/machine-memory.ts';
import { createMemorySteps } from '../jobs/memory-steps.ts';
import { createTileChooser } from '../jobs/tile-chooser.ts';
import { createModelInspector } from '../jobs/model-inspector.ts';
import { createModelRegistry } from '../models/model-registry.ts';
import { createAssetsService } from '../services/assets-service.ts';
import { createClipStrips } from '../services/clip-strips.ts';
import { createExecution, readProviderFacts } from '../services/execution.ts';
import { createExportPresets } from '../services/export-presets.ts';
import { createExportService } from '../services/export-service.ts';
import { createFootageService } from '../services/footage-service.ts';
import { createGenerationService, type EngineIdentity } from '../services/generation-service.ts';
import { createHubService, describeModel, hubAddress } from '../services/hub-service.ts';
import { createJobsService } from '../services/jobs-service.ts';
import { createMemoryPlans } from '../services/memory-plans.ts';
import { createMeasuredMemory } from '../services/measured-memory.ts';
import { createLearningMemory } from '../services/learning-memory.ts';
import { createMediaResponder } from '../services/media-responder.ts';
import { createModelsService } from '../services/models-service.ts';
import { createMotionsService } from '../services/motions-service.ts';
import { createOpenProjects } from '../services/open-projects.ts';
import type { Platform } from '../services/platform.ts';
import { createPosters } from '../services/posters.ts';
import { createPreviewMaker } from '../services/preview-maker.ts';
import { createNetworkGate } from '../hub/network-gate.ts';
import { createNetworkService, worksOffline } from '../services/network-service.ts';
import { createPromptsService } from '../services/prompts-service.ts';
import { createRecipesService } from '../services/recipes-service.ts';
import { createProjectsService } from '../services/projects-service.ts';
import { createScenesService } from '../services/scenes-service.ts';
import { createRoughCost } from '../services/rough-cost.ts';
import { createSettingsService, WINDOW_KEYS } from '../services/settings-service.ts';
import { createStylizationService } from '../services/stylization-service.ts';
import { createSigningSettings } from '../services/signing-settings.ts';
import { createSystemService } from '../services/system-service.ts';
import { createLibraryService } from '../services/library-service.ts';
import { createTakesService, showNewTakes } from '../services/takes-service.ts';
import { createTimelineService } from '../services/timeline-service.ts';
import { sweepUploads } from '../services/uploads-folder.ts';
import { openAppStore, type AppStore } from '../store/app-store.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { Studio, StudioConfig } from './studio.ts';

/** Handlers read their own data schema; the queue only knows that it is unknown. */
const anyData = <Data>(handler: JobHandler<Data>): JobHandler<unknown> => handler as unknown as JobHandler<unknown>;

function makeDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK);
  } catch (error) {
    throw new StudioError('INVALID_INPUT', `The studio cannot keep its data in ${dataDir}. Make the folder writable, or set MOTIF_DATA_DIR to another one.`, { details: { path: dataDir }, cause: error });
  }
}

/** How far a job is, each of its parts counting the same. */
const shareDone = (parts: Job['parts']): number =>
  parts.reduce((sum, { state, step, total }) => sum + (state === 'done' || state === 'cached' ? 1 : total > 0 ? Math.min(1, step / total) : 0), 0) / Math.max(1, parts.length);

/** What the creator allows the engine, in bytes; null: what is free. */
function memoryBudget(settings: AppStore['settings']): number | null {
  const gigabytes = Number(settings.get(`${WINDOW_KEYS}${MEMORY_BUDGET}`) ?? 0);
  return gigabytes > 0 ? gigabytes * 1e9 : null;
}

/** Puts a studio together: the one place that knows every part. */
export async function createStudio(config: StudioConfig, platform: Platform): Promise<Studio> {
  const { dataDir, projectsFolder, threads, lanes, fontsDir, sampleProject, log } = config;
  const temporaryFolder = join(dataDir, 'scratch');
  const uploadsFolder = join(dataDir, 'uploads');
  const draggedFolder = join(dataDir, 'dragged');
  makeDataFolder(dataDir);
  const appStore = openAppStore(join(dataDir, 'studio.db'));
  sweepScratchFolders(temporaryFolder);
  sweepUploads(uploadsFolder);
  sweepUploads(draggedFolder);

  const fork = config.forkEngine ?? createNodeEngineFork();
  const inspector = createModelInspector(fork);
  const machine = () => readMachineMemory(engine.pid(), memoryBudget(appStore.settings));
  const memoryPlans = createMemoryPlans(inspector, machine, appStore.settings);
  const tiles = createTileChooser({ steps: createMemorySteps(inspector, appStore.settings), machine, settings: appStore.settings });
  const media = createMedia();
  const models = createModelRegistry({ embeddedDir: config.embeddedPacksDir, packsDir: config.packsDir, cacheDir: join(dataDir, 'cache'), imports: { dir: join(dataDir, 'imports'), inspect: inspector.inspect } });
  const execution = createExecution({ settings: appStore.settings, override: config.executionProvider, facts: () => readProviderFacts(), probe: (order) => probeInProcess(fork, order) });
  const engine = createEngineClient({ fork, providers: execution.plan, textCacheDir: join(dataDir, 'cache', 'text-encoders'), onFallback: execution.noteFallback });
  const engineIdentity = async (): Promise<EngineIdentity> => ({ version: ENGINE_VERSION, executionProvider: await execution.provider() });
  const hubTokens = openHubTokens(join(dataDir, 'hub-tokens.json'), platform.keychain);
  const gate = createNetworkGate({ isOffline: () => config.offline === true || worksOffline(appStore.settings), note: appStore.networkLog.add });
  const downloads = createDownloads({
    gate, store: appStore.downloads, tokens: hubTokens, address: () => hubAddress(appStore.settings), folder: join(dataDir, 'models'), describe: describeModel,
    async importFolder(folder, accepted, proven) {
      await models.noteHashes(proven);
      return models.importFolder(folder, accepted);
    },
    log,
  });
  const memory = createMeasuredMemory(appStore.settings);
  const rough = createRoughCost({ settings: appStore.settings, threads });
  const posters = createPosters(join(dataDir, 'posters'));
  const { stepTimes } = appStore;

  const curves = createLearningCurves();
  const strips = createClipStrips();

  const generate = createGenerateClipHandler({ engine, media, packs: models, stepTimes, tiles, threads, temporaryFolder });
  const learn = createLearnMotionHandler({ engine, media, packs: models, stepTimes, curves, threads, temporaryFolder });
  const scene = createRenderSceneHandler({ engine, media, packs: models, stepTimes, tiles, threads, temporaryFolder });
  const signing = createSigningSettings(appStore.settings);
  const handlers = [
    anyData(generate),
    anyData(scene),
    anyData(createVerifyRecipeHandler({ makers: [anyData(generate), anyData(scene)], media, temporaryFolder, engine: engineIdentity })),
    anyData(learn),
    anyData(createReimagineClipHandler({ learn, generate, scene, engine, packs: models, threads, media, temporaryFolder })),
    anyData(createUpscaleClipHandler({ engine, media, packs: models, stepTimes, tiles, threads, temporaryFolder })),
    anyData(createRestyleClipHandler({ engine, media, packs: models, stepTimes, tiles, threads, temporaryFolder })),
    anyData(createImportMediaHandler({ media })),
    anyData(createMakeProxyHandler({ media, temporaryFolder })),
    anyData(createExportHandler({ media, temporaryFolder, fontsDir, signingKeys: signing.keys, appVersion: packageJson.version })),
  ];
  const previews = createPreviewMaker({ media, temporaryFolder, log });
  const projects = createOpenProjects({
    startQueue: (store) => createJobQueue({ store, handlers, engine, lanes, log }),
    onOpen: ({ store }) => {
      const stopShowing = showNewTakes(store, log);
      const stopNoting = store.onChange((topic) => {
        if (topic === 'takes') noteNewTake(store);
      });
      return () => {
        previews.forget(store);
        stopShowing();
        stopNoting();
      };
    },
  });

  /** What a finished generation tells about itself beside its clip; losing it costs nothing. */
  const noteNewTake = (store: ProjectStore): void => {
    try {
      posters.update(store);
      const newest = store.takes.newest();
      if (newest !== null) memory.record(newest.recipe, engine.peakRssBytes());
    } catch (error) {
      log(`[studio] the new take could not be noted: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  // What was under way waits for the line, instead of failing for the want of it.
  if (config.goesOnDownloading === true && config.offline !== true && !worksOffline(appStore.settings)) downloads.goOn();

  const { mediaBase } = platform;
  return {
    handlers: {
      system: createSystemService({ platform, media, appVersion: packageJson.version, execution, projectsFolder }),
      projects: createProjectsService({ projects, recent: appStore.recent, posters, projectsFolder, sampleProject, mediaBase }),
      assets: createAssetsService({ projects }),
      timeline: createTimelineService({ projects }),
      generation: createGenerationService({ projects, models, stepTimes, memory, memoryPlans, tiles, rough, engine: engineIdentity }),
      scenes: createScenesService({ projects, models, stepTimes, memory, memoryPlans, tiles, rough, engine: engineIdentity }),
      recipes: createRecipesService({ projects, models, engine: engineIdentity }),
      jobs: createJobsService({ projects }),
      takes: createTakesService({ projects }),
      prompts: createPromptsService({ projects }),
      models: createModelsService({ models, memoryPlans, settings: appStore.settings }),
      library: createLibraryService({ projects, previews, platform, draggedFolder }),
      network: createNetworkService({ store: appStore, fromStart: config.offline === true }),
      hub: createHubService({ downloads, tokens: hubTokens, settings: appStore.settings }),
      export: createExportService({ projects, mediaBase, media, signing, presets: createExportPresets(appStore.settings), fontsDir }),
      settings: createSettingsService(appStore),
      footage: createFootageService({ projects, models, stepTimes, tiles }),
      stylization: createStylizationService({ projects, models, engine, media, strips, stepTimes, tiles, threads, temporaryFolder, mediaBase, identity: engineIdentity }),
      motions: createMotionsService({ projects, models, media, curves, strips, stepTimes, learningMemory: createLearningMemory(fork), temporaryFolder, mediaBase }),
    },
    media: createMediaResponder({ projects, models, posters, strips, uploadsFolder, mediaBase, log }),
    peakMemoryBytes: () => engine.peakRssBytes() + process.resourceUsage().maxRSS * 1024,
    unfinishedJobs: () =>
      projects.list().flatMap(({ id, queue }) =>
        queue
          .list()
          .filter(isAwaited)
          .map((job) => ({ projectId: id, jobId: job.id, title: job.title, share: shareDone(job.parts) })),
      ),
    async close() {
      await downloads.close();
      await models.close();
      inspector.close();
      await projects.closeAll();
      await engine.close();
      appStore.close();
    },
  };
}
