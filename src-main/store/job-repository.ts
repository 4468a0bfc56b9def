import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { JobPart, type Job, type JobKind, type JobState } from '../../src-shared/contract/jobs.ts';
import { ERROR_CODES, StudioError, type ErrorCode } from '../../src-shared/errors/studio-error.ts';
import type { StoreDatabase } from './database.ts';
import { parseStored } from './stored-json.ts';

/** Jobs of a lane run one at a time, the lanes beside each other: generation, imports and exports, and the stand-ins that nobody waits for. */
export type JobLane = 'compute' | 'media' | 'standIns';

/** One failed attempt, kept with the job. */
export interface JobFailure {
  readonly attempt: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly at: string;
}

/** A job as stored. `attempt` is the fencing token: every commit of a run names the attempt it belongs to. */
export interface JobRow {
  readonly id: string;
  readonly kind: z.infer<typeof JobKind>;
  readonly lane: JobLane;
  readonly state: JobState;
  readonly requested: 'cancelled' | 'paused' | null;
  readonly scheduledAt: number;
  readonly attempt: number;
  readonly failuresSinceProgress: number;
  readonly title: string;
  readonly data: unknown;
  readonly parts: readonly JobPart[];
  readonly elapsedMs: number;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly promptEventId: string | null;
  readonly resultAssetId: string | null;
  readonly resultPath: string | null;
  readonly error: Job['error'];
  readonly failures: readonly JobFailure[];
}

/** What a state change may write along with the state. Left out: unchanged. */
export interface JobChange {
  readonly parts?: readonly JobPart[];
  readonly elapsedMs?: number;
  readonly scheduledAt?: number;
  readonly finishedAt?: string | null;
  readonly resultAssetId?: string | null;
  readonly resultPath?: string | null;
  readonly error?: Job['error'];
  readonly failure?: JobFailure;
  readonly failuresSinceProgress?: number;
}

/** The queue's rows. Every method is one transaction. */
export interface JobRepository {
  insert(job: {
    readonly kind: JobRow['kind'];
    readonly lane: JobLane;
    readonly title: string;
    readonly data: unknown;
    readonly parts: readonly JobPart[];
    readonly promptEventId?: string | null;
    readonly front?: boolean;
  }): JobRow;
  get(id: string): JobRow;
  /** Jobs that were not dismissed, newest first. */
  list(): JobRow[];
  /** Waiting jobs whose back-off is over become available. Returns when the next one will be due, or null. */
  promoteDue(): number | null;
  /** Takes the first available job of a lane and starts its next attempt, in one statement. */
  claim(lane: JobLane): JobRow | null;
  /** Jobs that were running when the studio died: back to available, or to what was asked of them. Unfinished jobs get all their tries anew. */
  rescue(): JobRow[];
  /** Moves a job between states. JOB_STATE_CONFLICT when it is in none of `from`, or when `attempt` is not its current one. */
  transition(id: string, from: readonly JobState[], to: JobState, change?: JobChange, attempt?: number): JobRow;
  /** Stores progress of a running attempt; fenced like `transition`. */
  saveProgress(id: string, attempt: number, change: JobChange): void;
  /** Remembers what a person asked of a running job. */
  request(id: string, requested: 'cancelled' | 'paused'): JobRow;
  moveToFront(id: string): JobRow;
  /** Puts a waiting job right before another waiting one, or behind all of them. */
  move(id: string, before: string | null): JobRow;
  /** Hides a finished job. */
  dismiss(id: string): void;
}

const JobFailureSchema = z.object({ attempt: z.number(), code: z.enum(ERROR_CODES), message: z.string(), at: z.string() });

interface JobRecord extends Omit<JobRow, 'data' | 'parts' | 'failures' | 'error'> {
  readonly data: string;
  readonly parts: string;
  readonly failures: string;
  readonly errorCode: ErrorCode | null;
  readonly errorMessage: string | null;
}

export function createJobRepository(db: StoreDatabase): JobRepository {
  const insertJob = db.prepare(
    `INSERT INTO jobs (id, kind, lane, state, priority, scheduledAt, title, data, parts, createdAt, promptEventId)
     VALUES (@id, @kind, @lane, 'available', CASE @front WHEN 1 THEN (SELECT coalesce(max(priority), 0) + 1 FROM jobs WHERE state IN ('available', 'retryable', 'paused')) ELSE 0 END,
       @scheduledAt, @title, @data, @parts, @createdAt, @promptEventId)`,
  );
  const byId = db.prepare<JobRecord>('SELECT * FROM jobs WHERE id = ?');
  // Unfinished work as it will happen, then what is done, newest first.
  const listAll = db.prepare<JobRecord>(
    `SELECT * FROM jobs WHERE dismissed = 0
     ORDER BY finishedAt IS NOT NULL, state <> 'running', CASE WHEN finishedAt IS NULL THEN priority ELSE 0 END DESC, CASE WHEN finishedAt IS NULL THEN sequence ELSE -sequence END`,
  );
  const promote = db.prepare("UPDATE jobs SET state = 'available' WHERE state = 'retryable' AND scheduledAt <= ?");
  const nextDue = db.prepare<{ due: number | null }>("SELECT min(scheduledAt) AS due FROM jobs WHERE state = 'retryable'");
  const claimNext = db.prepare<JobRecord>(
    `UPDATE jobs SET state = 'running', attempt = attempt + 1, requested = NULL
     WHERE sequence = (SELECT sequence FROM jobs WHERE lane = @lane AND (kind = 'proxy') = @standIns AND state = 'available' ORDER BY priority DESC, sequence LIMIT 1) RETURNING *`,
  );
  const rescueAll = db.prepare<JobRecord>(
    `UPDATE jobs SET state = coalesce(requested, 'available'), requested = NULL, finishedAt = CASE requested WHEN 'cancelled' THEN @now END
     WHERE state = 'running' RETURNING *`,
  );
  const forgive = db.prepare("UPDATE jobs SET failuresSinceProgress = 0 WHERE failuresSinceProgress > 0 AND state IN ('available', 'retryable', 'paused')");
  const update = db.prepare<JobRecord>(
    `UPDATE jobs SET state = @to, requested = CASE @to WHEN 'running' THEN requested END, parts = coalesce(@parts, parts), elapsedMs = coalesce(@elapsedMs, elapsedMs),
       scheduledAt = coalesce(@scheduledAt, scheduledAt), finishedAt = CASE @setFinishedAt WHEN 1 THEN @finishedAt ELSE finishedAt END,
       resultAssetId = coalesce(@resultAssetId, resultAssetId), resultPath = coalesce(@resultPath, resultPath),
       errorCode = CASE @setError WHEN 1 THEN @errorCode ELSE errorCode END, errorMessage = CASE @setError WHEN 1 THEN @errorMessage ELSE errorMessage END,
       failures = CASE WHEN @failure IS NULL THEN failures ELSE json_insert(failures, '$[#]', json(@failure)) END,
       failuresSinceProgress = coalesce(@failuresSinceProgress, failuresSinceProgress)
     WHERE id = @id AND instr(@from, state) > 0 AND (@attempt IS NULL OR attempt = @attempt) RETURNING *`,
  );
  const setRequested = db.prepare("UPDATE jobs SET requested = ? WHERE id = ? AND state = 'running'");
  const toFront = db.prepare("UPDATE jobs SET priority = (SELECT coalesce(max(priority), 0) + 1 FROM jobs WHERE state IN ('available', 'retryable', 'paused')) WHERE id = ?");
  const waiting = db.prepare<{ id: string }>("SELECT id FROM jobs WHERE dismissed = 0 AND state IN ('available', 'retryable', 'paused') ORDER BY priority DESC, sequence");
  const setPriority = db.prepare('UPDATE jobs SET priority = ? WHERE id = ?');
  const putRunningFirst = db.prepare("UPDATE jobs SET priority = ? WHERE state = 'running'");
  const hide = db.prepare("UPDATE jobs SET dismissed = 1 WHERE id = ? AND state IN ('completed', 'cancelled', 'discarded')");

  const toJob = (record: JobRecord): JobRow => toJobRow(db.path, record);
  const get = (id: string): JobRow => {
    const record = byId.get([id]);
    if (record === undefined) throw new StudioError('NOT_FOUND', `The project has no job ${id}; it may have been dismissed. Reload the queue.`, { details: { jobId: id } });
    return toJob(record);
  };
  const conflict = (id: string, wanted: string): StudioError => {
    const { state, attempt, title } = get(id);
    return new StudioError('JOB_STATE_CONFLICT', `"${title}" is ${state}: it cannot be ${wanted} now.`, { details: { jobId: id, state, attempt, wanted } });
  };
  const change = (id: string, from: readonly JobState[], to: JobState, fields: JobChange, attempt: number | undefined): JobRow => {
    const record = update.get({
      id, from: from.join(' '), to, attempt: attempt ?? null,
      parts: fields.parts === undefined ? null : JSON.stringify(fields.parts),
      elapsedMs: fields.elapsedMs ?? null,
      scheduledAt: fields.scheduledAt ?? null,
      setFinishedAt: fields.finishedAt === undefined ? 0 : 1,
      finishedAt: fields.finishedAt ?? null,
      resultAssetId: fields.resultAssetId ?? null,
      resultPath: fields.resultPath ?? null,
      setError: fields.error === undefined ? 0 : 1,
      errorCode: fields.error?.code ?? null,
      errorMessage: fields.error?.message ?? null,
      failure: fields.failure === undefined ? null : JSON.stringify(fields.failure),
      failuresSinceProgress: fields.failuresSinceProgress ?? null,
    });
    if (record === undefined) throw conflict(id, to);
    db.touch('jobs');
    return toJob(record);
  };

  return {
    get,
    insert: (job) => {
      const id = `job:${randomUUID()}`;
      insertJob.run({
        id, kind: job.kind, lane: storedLane(job.lane), front: job.front === true ? 1 : 0, scheduledAt: db.now(), title: job.title, data: JSON.stringify(job.data),
        parts: JSON.stringify(job.parts), createdAt: db.timestamp(), promptEventId: job.promptEventId ?? null,
      });
      db.touch('jobs');
      return get(id);
    },
    list: () => listAll.all().map(toJob),
    promoteDue: () => {
      if (promote.run([db.now()]).changes > 0) db.touch('jobs');
      return nextDue.get()?.due ?? null;
    },
    claim: (lane) => {
      const record = claimNext.get({ lane: storedLane(lane), standIns: lane === 'standIns' ? 1 : 0 });
      if (record === undefined) return null;
      db.touch('jobs');
      return toJob(record);
    },
    rescue: () =>
      db.transaction(() => {
        const rescued = rescueAll.all({ now: db.timestamp() }).map(toJob);
        forgive.run();
        if (rescued.length > 0) db.touch('jobs');
        return rescued;
      }),
    transition: (id, from, to, fields = {}, attempt) => change(id, from, to, fields, attempt),
    saveProgress: (id, attempt, fields) => {
      change(id, ['running'], 'running', fields, attempt);
    },
    request: (id, requested) => {
      if (setRequested.run([requested, id]).changes === 0) throw conflict(id, requested);
      db.touch('jobs');
      return get(id);
    },
    moveToFront: (id) => {
      const { state } = get(id);
      if (state !== 'available' && state !== 'retryable' && state !== 'paused') throw conflict(id, 'moved to the front');
      toFront.run([id]);
      db.touch('jobs');
      return get(id);
    },
    move: (id, before) =>
      db.transaction(() => {
        const order = waiting.all().map((row) => row.id);
        if (!order.includes(id)) throw conflict(id, 'moved');
        if (before === id) return get(id);
        if (before !== null && !order.includes(before)) throw conflict(before, 'a place to move to');
        const others = order.filter((other) => other !== id);
        const at = before === null ? others.length : others.indexOf(before);
        // Every waiting job gets a place of its own; what is queued later comes behind them all.
        for (const [place, other] of others.toSpliced(at, 0, id).entries()) setPriority.run([order.length - place, other]);
        // What runs was first: stopped and resumed, it goes on before the others.
        putRunningFirst.run([order.length + 1]);
        db.touch('jobs');
        return get(id);
      }),
    dismiss: (id) => {
      get(id);
      if (hide.run([id]).changes === 0) throw conflict(id, 'dismissed');
      db.touch('jobs');
    },
  };
}

/** Stand-ins are media work that nobody waits for: stored with the rest, run beside it. */
const storedLane = (lane: JobLane): Exclude<JobLane, 'standIns'> => (lane === 'standIns' ? 'media' : lane);

function toJobRow(path: string, record: JobRecord): JobRow {
  const { id, kind, lane, state, requested, scheduledAt, attempt, failuresSinceProgress, title, elapsedMs, createdAt, finishedAt, promptEventId, resultAssetId, resultPath } = record;
  return {
    id, kind, lane: kind === 'proxy' ? 'standIns' : lane, state, requested, scheduledAt, attempt, failuresSinceProgress, title, elapsedMs, createdAt, finishedAt, promptEventId, resultAssetId, resultPath,
    data: parseStored(path, 'job', record.data, z.unknown()),
    parts: parseStored(path, 'job', record.parts, z.array(JobPart)),
    failures: parseStored(path, 'job', record.failures, z.array(JobFailureSchema)),
    error: record.errorCode === null ? null : { code: record.errorCode, message: record.errorMessage ?? '' },
  };
}
