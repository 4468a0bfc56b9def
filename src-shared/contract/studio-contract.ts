import type { Client, Handlers } from '../rpc/contract-types.ts';
import { assetsContract } from './assets.ts';
import { exportContract } from './export.ts';
import { footageContract } from './footage.ts';
import { generationContract } from './generation.ts';
import { hubContract } from './hub.ts';
import { jobsContract } from './jobs.ts';
import { libraryContract } from './library.ts';
import { modelsContract } from './models.ts';
import { motionsContract } from './motions.ts';
import { networkContract } from './network.ts';
import { projectsContract } from './projects.ts';
import { promptsContract } from './prompts.ts';
import { recipesContract } from './recipes.ts';
import { scenesContract } from './scenes.ts';
import { settingsContract } from './settings.ts';
import { stylizationContract } from './stylization.ts';
import { systemContract } from './system.ts';
import { takesContract } from './takes.ts';
import { timelineContract } from './timeline.ts';

/** The typed API between any client (window, command line, tests) and the studio. One file per namespace. */
export const studioContract = {
  system: systemContract,
  projects: projectsContract,
  assets: assetsContract,
  library: libraryContract,
  timeline: timelineContract,
  generation: generationContract,
  recipes: recipesContract,
  scenes: scenesContract,
  prompts: promptsContract,
  jobs: jobsContract,
  takes: takesContract,
  models: modelsContract,
  hub: hubContract,
  network: networkContract,
  export: exportContract,
  motions: motionsContract,
  footage: footageContract,
  settings: settingsContract,
  stylization: stylizationContract,
} as const;

export type StudioClient = Client<typeof studioContract>;
export type StudioHandlers = Handlers<typeof studioContract>;
