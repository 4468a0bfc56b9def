import type { CustomScheme } from 'electron';
import { parseMediaPath, type MediaRequest, type MediaResponse, type Studio } from '../../app/studio.ts';
import type { StaticFile } from '../node/static-files.ts';
import { MEDIA_BASE, SECURITY_HEADERS, STUDIO_ORIGIN, STUDIO_SCHEME } from './security.ts';

/** To be registered before the app is ready. No bypassCSP, no service workers, no CORS: everything is one origin. */
export const STUDIO_SCHEME_PRIVILEGES: CustomScheme = {
  scheme: STUDIO_SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
};

const MEDIA_PATH = MEDIA_BASE.slice(STUDIO_ORIGIN.length);

/**
 * Answers `studio://app/...`: the built window's files by exact name, and media through the studio. A path is only ever
 * looked up, never joined into a file path.
 */
export function createStudioProtocol(studio: Pick<Studio, 'media'>, files: ReadonlyMap<string, StaticFile>): (request: Request) => Promise<Response> {
  return async (request) => {
    // The path as it was sent: `new URL` would resolve `..` and hide what was asked for.
    const path = request.url.startsWith(`${STUDIO_ORIGIN}/`) ? (request.url.slice(STUDIO_ORIGIN.length).split(/[?#]/, 1)[0] ?? '') : null;
    if (path === null) return text(404, 'Not found.');
    if (path.startsWith(`${MEDIA_PATH}/`)) return respondWithMedia(studio, request, path.slice(MEDIA_PATH.length));
    if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'Only GET is answered here.');
    const file = files.get(path);
    if (file === undefined) return text(404, path === '/' ? 'The window is not built. Run: npm run build' : 'Not found.');
    const headers = { ...SECURITY_HEADERS, 'content-type': file.contentType, 'cache-control': file.cacheControl };
    return new Response(request.method === 'HEAD' ? null : (file.read() as BodyInit), { status: 200, headers });
  };
}

async function respondWithMedia(studio: Pick<Studio, 'media'>, request: Request, path: string): Promise<Response> {
  const { method } = request;
  if (method !== 'GET' && method !== 'HEAD' && method !== 'PUT') return text(405, 'Only GET and PUT are answered here.');
  const segments = parseMediaPath(path);
  if (segments === null) return text(404, 'Not found.');
  const announced = request.headers.get('content-length');
  const media: MediaRequest = {
    method,
    segments,
    range: request.headers.get('range'),
    body: method === 'PUT' ? request.body : null,
    contentLength: announced === null ? null : Number(announced),
    signal: request.signal,
  };
  const answer = await studio.media(media);
  return new Response(method === 'HEAD' ? null : bodyOf(answer), { status: answer.status, headers: { ...answer.headers, ...SECURITY_HEADERS } });
}

/** A pull stream over the responder's chunks: nothing is read ahead of the page, and a page that leaves ends the reading. */
function bodyOf(answer: MediaResponse): BodyInit {
  if (answer.body instanceof Uint8Array) return answer.body as BodyInit;
  const chunks = answer.body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await chunks.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await chunks.return?.(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

function text(status: number, message: string): Response {
  return new Response(message, { status, headers: { ...SECURITY_HEADERS, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } });
}
