import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { uploadUrl } from '../../api/media-address.ts';

/** One file on its way into the project. `share` is sent bytes over all bytes, in [0, 1]. */
export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly share: number;
  readonly error: string | null;
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

/** Sends a file to the host, which queues its import. XMLHttpRequest, because fetch does not report how much was sent. */
export function uploadFile(input: { mediaBase: string; projectId: string; file: File; onShare: (share: number) => void; signal?: AbortSignal }): Promise<void> {
  const { file } = input;
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', uploadUrl(input.mediaBase, input.projectId, file.name));
    request.upload.addEventListener('progress', (event) => { if (event.lengthComputable) input.onShare(event.loaded / event.total); });
    request.addEventListener('load', () => (request.status >= 200 && request.status < 300 ? resolve() : reject(refusal(request, file.name))));
    request.addEventListener('error', () => reject(new StudioError('RPC_DISCONNECTED', `${file.name} could not be sent: the studio does not answer. Check that it runs, then drop the file again.`)));
    request.addEventListener('abort', () => reject(new StudioError('CANCELLED', `${file.name} was not imported.`)));
    input.signal?.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
