import type { Migration } from '../migration.ts';
import { projectAssets } from './0010-project-assets.ts';
import { timelineTakes } from './0020-timeline-takes.ts';
import { jobs } from './0030-jobs.ts';
import { motions } from './0050-motions.ts';
import { timelineLanes } from './0060-timeline-lanes.ts';
import { sceneRuns } from './0070-scene-runs.ts';
import { library } from './0080-library.ts';
import { previews } from './0090-previews.ts';
import { timelineVersions } from './0100-timeline-versions.ts';
import { libraryIndex } from './0110-library-index.ts';
import { takeMarks } from './0120-take-marks.ts';
import { promptHistory } from './0130-prompt-history.ts';
import { removedAssets } from './0140-removed-assets.ts';

/** Every step of the project file's schema in order. Numbers go up by ten so that one can be slotted between. */
export const PROJECT_MIGRATIONS: readonly Migration[] = [projectAssets, timelineTakes, jobs, motions, timelineLanes, sceneRuns, library, previews, timelineVersions, libraryIndex, takeMarks, promptHistory, removedAssets];
