/**
 * A host-neutral request for bytes: the Electron protocol handler and the HTTP host both translate to and from it, so that
 * what is served, and to what range, is decided in one place.
 */
export interface MediaRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  /** Decoded path segments behind the media base: `['asset', PROJECT, ASSET]`. Never joined into a file path. */
  readonly segments: readonly string[];
  /** The `Range` header. */
  readonly range: string | null;
  /** The bytes of a PUT. */
  readonly body: AsyncIterable<Uint8Array> | null;
  /** Announced length of `body`, where the client says it. */
  readonly contentLength: number | null;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

export interface MediaResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/**
 * The decoded segments of a path such as `/asset/project:1/asset:2`, or null when it is not one: encoded or plain
 * separators, `.`, `..`, NUL and broken escapes never reach a responder.
 */
export function parseMediaPath(path: string): readonly string[] | null {
  if (!path.startsWith('/') || path.length > 1000) return null;
  const segments: string[] = [];
  for (const raw of path.slice(1).split('/')) {
    let segment: string;
    try {
      segment = decodeURIComponent(raw);
    } catch {
      return null;
    }
    // eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
    if (segment === '' || segment === '.' || segment === '..' || /[/\\\u0000-\u001f\u007f]/.test(segment)) return null;
    segments.push(segment);
  }
  return segments;
}
