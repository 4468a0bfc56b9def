import { z } from 'zod';
import type { Job, JobPart } from '../../src-shared/contract/jobs.ts';
import { Preset } from '../../src-shared/recipe/recipe.ts';
import type { JobRow } from '../store/job-repository.ts';

/** What only the running process knows about a job. */
export interface LiveJob {
  readonly parts: readonly JobPart[];
  readonly elapsedMs: number;
  readonly remainingMs: number | null;
}

const WithPreset = z.object({ recipe: z.object({ preset: Preset }) });

/** The job as clients see it: the stored row with what is known of its run. */
export function toJobView(row: JobRow, live: LiveJob | null, previewVersion: number): Job {
  const { id, kind, state, title, createdAt, finishedAt, attempt, promptEventId, resultAssetId, resultPath, error } = row;
  const made = WithPreset.safeParse(row.data);
  return {
    ...(made.success ? { preset: made.data.recipe.preset } : {}),
    id, kind, state, title, createdAt, finishedAt, attempt, promptEventId, resultAssetId, resultPath, error, previewVersion,
    parts: [...(live?.parts ?? row.parts)],
    elapsedMs: Math.round(live?.elapsedMs ?? row.elapsedMs),
    remainingMs: live?.remainingMs ?? (state === 'completed' ? 0 : null),
  };
}
