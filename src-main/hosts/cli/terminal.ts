import type { Job } from '../../../src-shared/contract/jobs.ts';

/** Where a command writes. With `--json` lines for people are left out and progress becomes JSON lines on stderr. */
export interface Terminal {
  readonly json: boolean;
  /** A line for people on stdout. */
  line(text: string): void;
  /** A JSON line on stdout ahead of the last one, for programs that wait for it. */
  announce(fact: object): void;
  /** A remark on stderr, for people. */
  note(text: string): void;
  /** How a job is doing; redrawn in place on a terminal. */
  progress(job: Job): void;
}

/** Bytes through which streams are written; the process's own unless a test says otherwise. */
export interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
}

export function createTerminal(json: boolean, streams: Streams = process): Terminal {
  const { stdout, stderr } = streams;
  const drawn = { lines: 0 };
  const logged = new Map<string, string>();
  return {
    json,
    line: (text) => void (json || stdout.write(`${text}\n`)),
    announce: (fact) => void (json && stdout.write(`${JSON.stringify(fact)}\n`)),
    note: (text) => void (json || stderr.write(`${text}\n`)),
    progress(job) {
      if (json) stderr.write(`${JSON.stringify({ jobId: job.id, state: job.state, parts: job.parts, elapsedMs: Math.round(job.elapsedMs), remainingMs: job.remainingMs === null ? null : Math.round(job.remainingMs) })}\n`);
      else if (stderr.isTTY === true) redraw(job, stderr, drawn);
      else logParts(job, stderr, logged);
    },
  };
}

const LABELS: Readonly<Record<Job['parts'][number]['name'], string>> = {
  keyframes: 'Keyframes', interpolation: 'In-between frames', superResolution1: 'First enlargement', superResolution2: 'Final detail',
  encode: 'Encoding', import: 'Import', export: 'Export', prepare: 'Preparing', learn: 'Learning', invert: 'Tracing back', upscale: 'Upscaling',
};

/** `1:05` from milliseconds. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** One line per part: name, bar, count. */
export function partLine(part: Job['parts'][number], width = 30): string {
  const done = part.state === 'done' || part.state === 'cached' ? 1 : part.total > 0 ? Math.min(1, part.step / part.total) : 0;
  const filled = Math.round(done * width);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
  const right = part.state === 'cached' ? 'from the project' : part.state === 'done' && part.wallMs !== null ? formatDuration(part.wallMs) : part.state === 'waiting' ? '' : part.total === 0 ? 'getting ready' : `${part.step}/${part.total}`;
  return `${LABELS[part.name].padEnd(18)} ${bar} ${right}`;
}

function remaining(job: Job): string {
  if (job.state !== 'running') return job.state;
  return job.remainingMs === null ? 'estimating' : `${formatDuration(job.remainingMs)} left`;
}

function redraw(job: Job, stderr: Streams['stderr'], drawn: { lines: number }): void {
  const width = Math.max(10, Math.min(40, (stderr.columns ?? 80) - 40));
  const lines = [...job.parts.map((part) => partLine(part, width)), remaining(job)];
  const up = drawn.lines === 0 ? '' : `\u001b[${drawn.lines}A`;
  stderr.write(`${up}${lines.map((text) => `\u001b[2K${text}\n`).join('')}`);
  // The next job starts below.
  drawn.lines = job.finishedAt === null ? lines.length : 0;
}

function logParts(job: Job, stderr: Streams['stderr'], logged: Map<string, string>): void {
  for (const part of job.parts) {
    const key = `${job.id} ${part.name}`;
    if (part.state === 'waiting' || logged.get(key) === part.state) continue;
    logged.set(key, part.state);
    const text = part.state === 'running' ? 'started' : part.state === 'cached' ? 'from the project' : `done in ${formatDuration(part.wallMs ?? 0)}`;
    stderr.write(`${LABELS[part.name]}: ${text}\n`);
  }
}
