import { z } from 'zod';
import { JobId } from '../../src-shared/contract/jobs.ts';
import { Motion } from '../../src-shared/contract/motions.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { motionUploadUrl, uploadUrl } from './media-address.ts';

/** One file on its way into the project. `share` is sent bytes over all bytes, in [0, 1]. */
export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly share: number;
  readonly error: string | null;
}

export interface UploadInput {
  readonly mediaBase: string;
  readonly projectId: string;
  readonly file: File;
  readonly onShare?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** The reason a host gives in the body of a refusal, else the status in words. */
function refusal(request: XMLHttpRequest, name: string): StudioError {
  try {
    const body: unknown = JSON.parse(request.responseText);
    const error = body !== null && typeof body === 'object' && 'error' in body ? body.error : body;
    if (error !== null && typeof error === 'object' && 'message' in error && typeof error.message === 'string') return new StudioError('MEDIA_UNREADABLE', error.message);
  } catch {
    // Not JSON: the plain text below.
  }
  const text = request.responseText.trim();
  return new StudioError('MEDIA_UNREADABLE', text !== '' && text.length < 300 ? text : `${name} could not be stored (status ${request.status}). Try it again.`);
}

/** Sends a file and resolves with the answer's text. XMLHttpRequest, because fetch does not report how much was sent. */
function send(url: string, { file, onShare, signal }: UploadInput): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    request.upload.addEventListener('progress', (event) => { if (event.lengthComputable) onShare?.(event.loaded / event.total); });
    request.addEventListener('load', () => (request.status >= 200 && request.status < 300 ? resolve(request.responseText) : reject(refusal(request, file.name))));
    request.addEventListener('error', () => reject(new StudioError('RPC_DISCONNECTED', `${file.name} could not be sent: the studio does not answer. Check that it runs, then drop the file again.`)));
    request.addEventListener('abort', () => reject(new StudioError('CANCELLED', `${file.name} was not imported.`)));
    signal?.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

const UploadAnswer = z.object({ jobId: JobId });

/** Sends a media file to the host. Resolves with the job that imports it. */
export async function uploadFile(input: UploadInput): Promise<{ jobId: string }> {
  return UploadAnswer.parse(JSON.parse(await send(uploadUrl(input.mediaBase, input.projectId, input.file.name), input)));
}

/** Sends a motion file to the host, which checks and keeps it at once. */
export async function uploadMotion(input: UploadInput): Promise<Motion> {
  return Motion.parse(JSON.parse(await send(motionUploadUrl(input.mediaBase, input.projectId, input.file.name), input)));
}
