import type { Download } from '../../../src-shared/contract/hub.ts';
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
  /** How a download is doing; redrawn in place on a terminal. */
  transfer(download: Download): void;
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
    transfer(download) {
      const { id, state, doneBytes, totalBytes, speed, remainingMs, waitingFor } = download;
      if (json) stderr.write(`${JSON.stringify({ downloadId: id, state, doneBytes, totalBytes, speed: speed === null ? null : Math.round(speed), remainingMs: remainingMs === null ? null : Math.round(remainingMs), waitingFor })}\n`);
      else if (stderr.isTTY === true) {
        stderr.write(`${drawn.lines === 0 ? '' : '\u001b[1A'}\u001b[2K${transferLine(download)}\n`);
        drawn.lines = state === 'running' || state === 'available' ? 1 : 0;
      } else {
        for (const file of download.files) {
          if (file.state === 'done' && logged.get(file.path) !== 'done') stderr.write(`${file.path}: proven and in place\n`);
          logged.set(file.path, file.state);
        }
      }
    },
  };
}

const LABELS: Readonly<Record<Job['parts'][number]['name'], string>> = {
  keyframes: 'Keyframes', interpolation: 'In-between frames', superResolution1: 'First enlargement', superResolution2: 'Final detail',
  encode: 'Encoding', import: 'Import', export: 'Export', prepare: 'Preparing', learn: 'Learning', invert: 'Tracing back', upscale: 'Upscaling', restyle: 'Restyling', compare: 'Comparing', proxy: 'Making a stand-in',
};

/** `1:05` from milliseconds. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `3.5 GB`, `12.0 MB`, `812 B` from bytes. */
export function formatSize(bytes: number): string {
  return bytes >= 1e8 ? `${(bytes / 1e9).toFixed(1)} GB` : bytes >= 1e5 ? `${(bytes / 1e6).toFixed(1)} MB` : bytes >= 1e3 ? `${(bytes / 1e3).toFixed(1)} kB` : `${bytes} B`;
}

/** Bar, bytes, speed and time left of a download; never a number that nobody measured. */
export function transferLine({ state, doneBytes, totalBytes, speed, remainingMs, waitingFor, files }: Download): string {
  const filled = totalBytes === 0 ? 30 : Math.floor((doneBytes / totalBytes) * 30);
  const pace = waitingFor ?? (state !== 'running' ? state : files.some((file) => file.state === 'checking') && !files.some((file) => file.state === 'running') ? 'checking' : speed === null || remainingMs === null ? 'estimating' : `${formatSize(speed)}/s, ${formatDuration(remainingMs)} left`);
  return `${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${formatSize(doneBytes)} of ${formatSize(totalBytes)}  ${pace}`;
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
