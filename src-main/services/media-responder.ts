import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AssetId } from '../../src-shared/contract/assets.ts';
import { JobId } from '../../src-shared/contract/jobs.ts';
import { ProjectId } from '../../src-shared/contract/projects.ts';
import { StudioError, type ErrorCode } from '../../src-shared/errors/studio-error.ts';
import type { FramesMessage } from '../engine/process/protocol.ts';
import { MAX_MOTION_BYTES } from '../engine/training/motion-file.ts';
import type { ModelRegistry } from '../models/model-registry.ts';
import type { AssetRow } from '../store/asset-repository.ts';
import { enqueueImport } from './assets-service.ts';
import { parseByteRange } from './byte-range.ts';
import type { ClipStrips } from './clip-strips.ts';
import type { MediaRequest, MediaResponse } from './media-exchange.ts';
import { importMotion, motionView } from './motions-service.ts';
import type { OpenProject, OpenProjects } from './open-projects.ts';
import type { Posters } from './posters.ts';
import { assetFileName, toFileName } from '../../src-shared/export/file-name.ts';

/** What a page may be handed under its own type; anything else leaves as bytes to be saved. Never HTML or SVG. */
const SHOWN_TYPES = new Set([
  'video/mp4', 'video/webm', 'video/quicktime', 'video/x-matroska', 'video/ogg', 'image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/bmp', 'image/avif',
  'audio/mpeg', 'audio/mp4', 'audio/wav', 'audio/x-wav', 'audio/ogg', 'audio/flac', 'audio/aac', 'audio/webm',
]);

/** First byte of a WebM: stand-ins of what may be transparent. */
const EBML = 0x1a;

/** Bytes per read of the store: a few rows at a time, so that no read holds the database for long. */
const READ_BYTES = 1024 * 1024;

const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  NOT_FOUND: 404, INVALID_INPUT: 400, CONFLICT: 409, DB_READONLY: 403, DISK_FULL: 507, MEDIA_UNREADABLE: 415, WEIGHTS_INVALID: 415, CODEC_UNSUPPORTED: 415, CANCELLED: 499,
};

const notFound = () => new StudioError('NOT_FOUND', 'There is nothing at this address.');

/**
 * Answers media addresses: `/asset|thumbnail|download|filmstrip|waveform|proxy/PROJECT/ASSET`, `/preview/PROJECT/JOB`, `/loop/PROJECT/MOTION`,
 * `/strip/PROJECT/TOKEN`, `/poster/KEY` and PUT `/upload|upload-motion/PROJECT/NAME`. Ids are looked up in the project; no part of an address ever becomes part of a path.
 */
export function createMediaResponder(parts: {
  readonly projects: OpenProjects;
  readonly models: Pick<ModelRegistry, 'usable'>;
  readonly posters: Posters;
  readonly strips: ClipStrips;
  readonly mediaBase: string;
  /** Where uploads lie until their import is done. */
  readonly uploadsFolder: string;
  readonly log: (line: string) => void;
}): (request: MediaRequest) => Promise<MediaResponse> {
  const { projects, models, posters, strips, uploadsFolder, mediaBase, log } = parts;

  const projectOf = (segment: string | undefined): OpenProject => {
    const id = ProjectId.safeParse(segment);
    if (!id.success) throw notFound();
    return projects.get(id.data);
  };
  const assetOf = (project: OpenProject, segment: string | undefined): AssetRow => {
    const id = AssetId.safeParse(segment);
    if (!id.success) throw notFound();
    return project.store.assets.get(id.data);
  };

  const respond = async (request: MediaRequest): Promise<MediaResponse> => {
    const [route, first, second, ...rest] = request.segments;
    if (rest.length > 0) throw notFound();
    if (request.method === 'PUT') {
      if (second === undefined) throw notFound();
      if (route === 'upload') return upload(projectOf(first), second, request);
      if (route === 'upload-motion') return uploadMotion(projectOf(first), second, request);
      throw notFound();
    }
    switch (route) {
      case 'asset': {
        const project = projectOf(first);
        const asset = assetOf(project, second);
        return assetBytes(project, asset, request.range, {});
      }
      case 'download': {
        const project = projectOf(first);
        const asset = assetOf(project, second);
        const name = assetFileName(asset);
        const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
        return assetBytes(project, asset, request.range, { 'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}` });
      }
      case 'thumbnail': {
        const project = projectOf(first);
        const thumbnail = project.store.assets.thumbnail(assetOf(project, second).id);
        if (thumbnail === null) throw notFound();
        return whole(thumbnail.bytes, thumbnail.mimeType, 'private, max-age=60');
      }
      case 'filmstrip':
      case 'waveform': {
        const project = projectOf(first);
        const { id } = assetOf(project, second);
        const size = project.store.previews.sizeOf(id, route);
        if (size === null) throw notFound();
        return whole(project.store.previews.readRange(id, route, 0, size), route === 'filmstrip' ? 'image/jpeg' : 'image/png', 'private, max-age=86400');
      }
      case 'proxy': {
        const project = projectOf(first);
        const { id } = assetOf(project, second);
        const { previews } = project.store;
        const size = previews.sizeOf(id, 'proxy');
        if (size === null) throw notFound();
        const contentType = previews.readRange(id, 'proxy', 0, 1)[0] === EBML ? 'video/webm' : 'video/mp4';
        return ranged({ size, etag: `proxy-${id}`, contentType, range: request.range, read: (start, end) => previews.readRange(id, 'proxy', start, end) });
      }
      case 'preview': {
        const job = JobId.safeParse(second);
        if (!job.success) throw notFound();
        const { queue } = projectOf(first);
        const frames = queue.preview(queue.get(job.data).id);
        // A page asks a moment after it was told; by then the job may have ended. That is no error.
        if (frames === null) return { status: 204, headers: { 'cache-control': 'no-store' }, body: new Uint8Array(0) };
        return rawFrames(frames);
      }
      case 'strip': {
        const project = projectOf(first);
        const frames = second === undefined ? null : strips.find(project.id, second);
        if (frames === null) throw notFound();
        return rawFrames(frames);
      }
      case 'loop': {
        const project = projectOf(first);
        return rawFrames(project.store.motions.frames(assetOf(project, second).id));
      }
      case 'poster': {
        const poster = first === undefined || second !== undefined ? null : posters.read(first);
        if (poster === null) throw notFound();
        return whole(poster, 'image/jpeg', 'no-cache');
      }
      default:
        throw notFound();
    }
  };

  const upload = async (project: OpenProject, name: string, request: MediaRequest): Promise<MediaResponse> => {
    if (request.body === null) throw new StudioError('INVALID_INPUT', 'The upload has no bytes.');
    if (project.store.readOnly) throw new StudioError('DB_READONLY', `${project.store.path} is read-only. Save a copy elsewhere and open that.`);
    if (request.contentLength === 0) throw new StudioError('MEDIA_UNREADABLE', `${name} is empty. Choose a file that holds a video, a picture or sound.`, { details: { name } });
    await mkdir(uploadsFolder, { recursive: true });
    const extension = /^\.[A-Za-z0-9]{1,8}$/.exec(extname(name))?.[0] ?? '';
    const path = join(uploadsFolder, `${randomUUID()}${extension}`);
    try {
      await pipeline(request.body, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal: request.signal });
      return json(202, await enqueueImport(project, { path, name: toFileName(name, 'Upload'), removeSource: true }));
    } catch (error) {
      await rm(path, { force: true });
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code === 'ENOSPC' || code === 'EDQUOT') throw new StudioError('DISK_FULL', `The disk that holds ${uploadsFolder} is full. Free some space and try again.`, { cause: error, retryable: true });
      throw error;
    }
  };

  const uploadMotion = async (project: OpenProject, name: string, request: MediaRequest): Promise<MediaResponse> => {
    if (project.store.readOnly) throw new StudioError('DB_READONLY', `${project.store.path} is read-only. Save a copy elsewhere and open that.`);
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const chunk of request.body ?? []) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > MAX_MOTION_BYTES) throw new StudioError('INVALID_INPUT', `${name} is too large for a motion. Choose a file that was exported from Motif Studio (.motion.safetensors).`);
      chunks.push(chunk);
    }
    const row = importMotion(project.store, new Uint8Array(Buffer.concat(chunks)), toFileName(name, 'Motion'));
    return json(201, motionView(project.id, row, await models.usable(), mediaBase));
  };

  return async (request) => {
    try {
      return await respond(request);
    } catch (error) {
      if (StudioError.is(error) && STATUS_OF[error.code] !== undefined) return json(STATUS_OF[error.code]!, error.toWire());
      if (request.signal.aborted) return json(499, new StudioError('CANCELLED', 'The request was left.').toWire());
      log(`[media] ${request.segments[0]} failed: ${error instanceof Error ? error.stack : String(error)}`);
      return json(500, new StudioError('INTERNAL', 'Something went wrong inside the studio. Its log says more.').toWire());
    }
  };
}

/** 8-bit RGB frames with their size in the headers. */
const rawFrames = (frames: FramesMessage): MediaResponse => {
  const { headers, ...response } = whole(frames.data, 'application/octet-stream', 'no-store');
  return { ...response, headers: { ...headers, 'x-frames': String(frames.count), 'x-width': String(frames.width), 'x-height': String(frames.height) } };
};

const json = (status: number, value: unknown): MediaResponse => {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { 'content-type': 'application/json', 'content-length': String(body.byteLength), 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }, body };
};

const whole = (bytes: Uint8Array, contentType: string, cacheControl: string): MediaResponse => ({
  status: 200,
  headers: { 'content-type': contentType, 'content-length': String(bytes.byteLength), 'cache-control': cacheControl, 'x-content-type-options': 'nosniff' },
  body: bytes,
});

function assetBytes(project: OpenProject, asset: AssetRow, rangeHeader: string | null, extra: Readonly<Record<string, string>>): MediaResponse {
  const contentType = SHOWN_TYPES.has(asset.mimeType) ? asset.mimeType : 'application/octet-stream';
  return ranged({ size: asset.sizeBytes, etag: asset.sha256, contentType, range: rangeHeader, extra, read: (start, end) => project.store.assets.readRange(asset.id, start, end) });
}

/** Bytes of which a part may be asked for. They never change under their tag. */
function ranged({ size, etag, contentType, range: rangeHeader, extra = {}, read }: { readonly size: number; readonly etag: string; readonly contentType: string; readonly range: string | null; readonly extra?: Readonly<Record<string, string>>; readonly read: (start: number, end: number) => Uint8Array }): MediaResponse {
  const range = parseByteRange(rangeHeader, size);
  const headers = { 'content-type': contentType, 'accept-ranges': 'bytes', 'x-content-type-options': 'nosniff', etag: `"${etag}"`, 'cache-control': 'private, max-age=31536000, immutable', ...extra };
  if (range === 'unsatisfiable') return { status: 416, headers: { 'content-range': `bytes */${size}`, 'accept-ranges': 'bytes', 'content-length': '0' }, body: new Uint8Array(0) };
  const { start, end } = range === 'whole' ? { start: 0, end: size } : range;
  return {
    status: range === 'whole' ? 200 : 206,
    headers: { ...headers, 'content-length': String(end - start), ...(range === 'whole' ? {} : { 'content-range': `bytes ${start}-${end - 1}/${size}` }) },
    body: inPieces(read, start, end),
  };
}

async function* inPieces(read: (start: number, end: number) => Uint8Array, start: number, end: number): AsyncGenerator<Uint8Array, void, void> {
  for (let position = start; position < end; position += READ_BYTES) yield read(position, Math.min(end, position + READ_BYTES));
}
