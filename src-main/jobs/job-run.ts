import type { JobPart } from '../../src-shared/contract/jobs.ts';
import type { TileNote } from '../../src-shared/pack/tile-choice.ts';
import { assert } from '../../src-shared/errors/studio-error.ts';
import type { FramesMessage } from '../engine/process/protocol.ts';
import type { JobRow } from '../store/job-repository.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { JobContext, JobResult } from './job-handler.ts';
import type { LiveJob } from './job-view.ts';
import { RemainingTime } from './remaining-time.ts';

/** One attempt at a job: what its handler sees, and what the queue shows of it. */
export class JobRun implements JobContext {
  readonly job: JobRow;
  readonly store: ProjectStore;
  readonly abort = new AbortController();
  /** Resolves when the attempt is over and its outcome stored. */
  settled: Promise<void> = Promise.resolve();
  isComplete = false;
  #parts: JobPart[];
  #partBeganAt = 0;
  readonly #beganAt: number;
  readonly #now: () => number;
  readonly #remaining: RemainingTime;
  #laterMs: number | null = null;
  readonly #onChange: () => void;
  readonly #onPreview: (frames: FramesMessage) => void;

  constructor(job: JobRow, store: ProjectStore, now: () => number, onChange: () => void, onPreview: (frames: FramesMessage) => void) {
    this.job = job;
    this.store = store;
    this.#now = now;
    this.#onChange = onChange;
    this.#onPreview = onPreview;
    this.#beganAt = now();
    this.#remaining = new RemainingTime(now);
    this.#parts = job.parts.map((part) => (part.state === 'running' ? { ...part, state: 'waiting' } : { ...part }));
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  live(): LiveJob {
    return { parts: this.#parts, elapsedMs: this.elapsedMs(), remainingMs: this.#remaining.remainingMs() };
  }

  parts(): readonly JobPart[] {
    return this.#parts;
  }

  elapsedMs(): number {
    return this.job.elapsedMs + Math.max(0, this.#now() - this.#beganAt);
  }

  beginPart(name: JobPart['name'], total: number, laterMs: number | null): void {
    this.#partBeganAt = this.#now();
    this.#laterMs = laterMs;
    this.#remaining.beginPart();
    this.#change(name, (part) => ({ ...part, state: 'running', total }));
  }

  advance(step: number, total: number, stepMs: number | null): void {
    if (stepMs !== null) this.#remaining.step(stepMs, total - step, this.#laterMs);
    const running = this.#parts.find((part) => part.state === 'running');
    assert(running !== undefined, 'a part has begun before it advances');
    this.#change(running.name, (part) => ({ ...part, step, total }));
  }

  finishPart(name: JobPart['name'], state: 'done' | 'cached', work: () => void = () => {}): void {
    const wallMs = state === 'cached' ? null : Math.round(this.#now() - this.#partBeganAt);
    const parts = this.#parts.map((part) => (part.name === name ? { ...part, state, step: part.total, wallMs: part.wallMs ?? wallMs } : part));
    this.store.transaction(() => {
      work();
      this.store.jobs.saveProgress(this.job.id, this.job.attempt, { parts, elapsedMs: this.elapsedMs(), failuresSinceProgress: 0 });
    });
    this.#parts = parts;
    this.#onChange();
  }

  commit(work: () => void, progressed: boolean): void {
    this.store.transaction(() => {
      work();
      this.store.jobs.saveProgress(this.job.id, this.job.attempt, {
        parts: this.#parts, elapsedMs: this.elapsedMs(), ...(progressed ? { failuresSinceProgress: 0 } : {}),
      });
    });
  }

  complete(work: () => JobResult): void {
    const parts = this.#parts.map((part): JobPart => (part.state === 'running' ? { ...part, state: 'done', step: part.total, wallMs: Math.round(this.#now() - this.#partBeganAt) } : part));
    this.store.transaction(() => {
      const { resultAssetId, resultPath } = work();
      this.store.checkpoints.clear(this.job.id);
      this.store.jobs.transition(
        this.job.id, ['running'], 'completed',
        { parts, elapsedMs: this.elapsedMs(), finishedAt: new Date(this.#now()).toISOString(), resultAssetId, resultPath, error: null },
        this.job.attempt,
      );
    });
    this.#parts = parts;
    this.isComplete = true;
    this.#onChange();
  }

  tilesOf(name: JobPart['name']): TileNote | null {
    return this.#parts.find((part) => part.name === name)?.tiles ?? null;
  }

  noteTiles(name: JobPart['name'], tiles: TileNote): void {
    this.#change(name, (part) => ({ ...part, tiles }));
    this.commit(() => {}, false);
  }

  preview(frames: FramesMessage): void {
    this.#onPreview(frames);
  }

  #change(name: JobPart['name'], change: (part: JobPart) => JobPart): void {
    this.#parts = this.#parts.map((part) => (part.name === name ? change(part) : part));
    this.#onChange();
  }
}
