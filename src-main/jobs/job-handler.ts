import type { z } from 'zod';
import type { JobPart } from '../../src-shared/contract/jobs.ts';
import type { TileNote } from '../../src-shared/pack/tile-choice.ts';
import type { FramesMessage } from '../engine/process/protocol.ts';
import type { JobLane, JobRow } from '../store/job-repository.ts';
import type { ProjectStore } from '../store/project-store.ts';

/** What a finished job leaves. */
export interface JobResult {
  readonly resultAssetId?: string;
  readonly resultPath?: string;
}

/** What a handler may do while it runs. Every commit is fenced by the attempt: a superseded run can change nothing. */
export interface JobContext {
  readonly job: JobRow;
  readonly store: ProjectStore;
  /** Aborted with a CANCELLED or PAUSED StudioError as reason. */
  readonly signal: AbortSignal;
  /** Begins a part; `laterMs` is what all parts behind it are expected to take, null when unknown. */
  beginPart(name: JobPart['name'], total: number, laterMs: number | null): void;
  /** The running part stands at `step` of `total`; `stepMs` is what the last unit took, where measured. */
  advance(step: number, total: number, stepMs: number | null): void;
  /** Ends a part together with what `work` stores, in one transaction. */
  finishPart(name: JobPart['name'], state: 'done' | 'cached', work?: () => void): void;
  /** Stores what `work` writes, if this attempt still owns the job. `progressed` forgives earlier failures. */
  commit(work: () => void, progressed: boolean): void;
  /** Ends the job together with what `work` stores, in one transaction. */
  complete(work: () => JobResult): void;
  preview(frames: FramesMessage): void;
  /** In which tiles a part runs, by what was noted in this or an earlier attempt; null: whole. */
  tilesOf(name: JobPart['name']): TileNote | null;
  /** Notes it with the part, for good. */
  noteTiles(name: JobPart['name'], tiles: TileNote): void;
}

/** One kind of job. */
export interface JobHandler<Data> {
  readonly kind: JobRow['kind'];
  readonly lane: JobLane;
  readonly data: z.ZodType<Data>;
  title(data: Data): string;
  parts(data: Data): JobPart[];
  promptEventId?(data: Data): string | null;
  /** The result when the project already holds it: the job is then completed in the transaction that makes it. */
  immediate?(data: Data, store: ProjectStore): JobResult | null;
  /** Ends by calling `context.complete`, or throws. */
  run(data: Data, context: JobContext): Promise<void>;
}

/** A part that has not begun. */
export function waitingPart(name: JobPart['name'], total = 0): JobPart {
  return { name, state: 'waiting', step: 0, total, wallMs: null };
}
