import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.ico': 'image/x-icon', '.webp': 'image/webp',
  '.woff2': 'font/woff2', '.woff': 'font/woff', '.ttf': 'font/ttf', '.map': 'application/json', '.mp4': 'video/mp4', '.webmanifest': 'application/manifest+json',
};

export interface StaticFile {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly read: () => Uint8Array;
}

/**
 * The built window's files by request path. The folder is listed once, at launch, and requests only look names up in that
 * list: a path that is not in it does not exist, however it is spelled.
 */
export function listStaticFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const contentType = CONTENT_TYPES[extname(entry.name).toLowerCase()];
    if (contentType === undefined) continue;
    const address = `/${relative(folder, path).split(sep).join('/')}`;
    // Vite puts a content hash into the names below assets/.
    const cacheControl = address.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache';
    const file: StaticFile = { contentType, cacheControl, read: () => readFileSync(path) };
    files.set(address, file);
    if (address === '/index.html') files.set('/', file);
  }
  return files;
}
