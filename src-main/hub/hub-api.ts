import { z } from 'zod';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { HubFile } from '../../src-shared/hub/download-record.ts';
import { hubText, type HubAccess } from './hub-http.ts';
import { checkPaths } from './safe-path.ts';

/** Bounds of what a hub may answer with. */
const MAX_JSON_BYTES = 8 * 2 ** 20;
const MAX_PAGES = 20;
const MAX_FILES = 5_000;
const MAX_FILE_BYTES = 2 ** 40;

const Commit = z.string().regex(/^[0-9a-zA-Z]{6,64}$/);
const Info = z.object({
  sha: Commit,
  gated: z.union([z.boolean(), z.string()]).nullish(),
  cardData: z.object({ license: z.unknown(), license_name: z.unknown() }).partial().nullish(),
});

const Size = z.number().int().min(0).max(MAX_FILE_BYTES);
const Entry = z.object({
  type: z.string(),
  path: z.string(),
  size: Size.nullish(),
  oid: z.string().nullish(),
  lfs: z.object({ oid: z.string(), size: Size }).nullish(),
});

/** What a hub says about a repository at one revision. */
export interface RepositoryFacts {
  readonly commit: string;
  readonly gated: boolean;
  readonly statedLicence: string | null;
}

/** The page's own words for a repository in messages. */
const named = (repository: string): string => `the repository ${repository}`;

const urlOf = (access: HubAccess, ...segments: readonly string[]): URL => new URL(`${access.base.href.replace(/\/+$/, '')}/${segments.join('/')}`);

/** Where a file's content is. */
export const fileAddress = (access: HubAccess, repository: string, commit: string, path: string): URL =>
  urlOf(access, repository, 'resolve', encodeURIComponent(commit), ...path.split('/').map(encodeURIComponent));

async function readJson<T>(access: HubAccess, url: URL, what: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<{ value: T; headers: Headers }> {
  const { text, headers } = await hubText(access, url, what, MAX_JSON_BYTES, signal);
  try {
    return { value: schema.parse(JSON.parse(text)), headers };
  } catch (error) {
    throw new StudioError('HUB_ANSWER_INVALID', `${url.host} does not answer for ${what} as a hub does. Check the hub address.`, { details: { host: url.host }, cause: error });
  }
}

/** Asks which commit a revision is, and on what terms it is given out. */
export async function readFacts(access: HubAccess, repository: string, revision: string, signal: AbortSignal): Promise<RepositoryFacts> {
  const { value } = await readJson(access, urlOf(access, 'api', 'models', repository, 'revision', encodeURIComponent(revision)), named(repository), Info, signal);
  const [licence, name] = [value.cardData?.license, value.cardData?.license_name];
  const stated = licence === 'other' && typeof name === 'string' ? name : Array.isArray(licence) ? licence.join(', ') : licence;
  return { commit: value.sha, gated: value.gated !== undefined && value.gated !== null && value.gated !== false, statedLicence: typeof stated === 'string' && stated !== '' ? stated.slice(0, 80) : null };
}

/** Every file of a commit, in the hub's order. A listing with an unsafe name is refused whole. */
export async function listFiles(access: HubAccess, repository: string, commit: string, signal: AbortSignal): Promise<HubFile[]> {
  const files: HubFile[] = [];
  let url: URL | null = urlOf(access, 'api', 'models', repository, 'tree', `${encodeURIComponent(commit)}?recursive=true`);
  for (let page = 0; url !== null; page++) {
    const refuse = (why: string) => new StudioError('HUB_ANSWER_INVALID', `${access.base.host} lists ${named(repository)} in a way that is not followed: ${why}. Check the hub address.`, { details: { host: access.base.host } });
    if (page >= MAX_PAGES) throw refuse('its list does not end');
    const answer: { value: z.infer<typeof Entry>[]; headers: Headers } = await readJson(access, url, named(repository), z.array(Entry), signal);
    for (const { type, path, size, oid, lfs } of answer.value) {
      if (type !== 'file') continue;
      const sizeBytes = lfs?.size ?? size;
      if (sizeBytes === undefined || sizeBytes === null) throw refuse(`${JSON.stringify(path.slice(0, 80))} has no size`);
      files.push({ path, sizeBytes, sha256: hexOf(lfs?.oid, 64), gitSha1: lfs === undefined || lfs === null ? hexOf(oid, 40) : null });
    }
    if (files.length > MAX_FILES) throw refuse('it has too many files');
    url = nextPage(url, answer.headers.get('link'));
    if (url !== null && url.origin !== access.base.origin) throw refuse('its list goes on at another host');
  }
  checkPaths(repository, files.map(({ path }) => path));
  return files;
}

const hexOf = (value: string | null | undefined, length: number): string | null => {
  const text = (value ?? '').replace(/^sha256:/, '').toLowerCase();
  return text.length === length && /^[0-9a-f]+$/.test(text) ? text : null;
};

function nextPage(from: URL, link: string | null): URL | null {
  const target = /<([^<>]*)>\s*;\s*rel="?next"?/.exec(link ?? '')?.[1];
  return target !== undefined && URL.canParse(target, from) ? new URL(target, from) : null;
}

/** A small text file of a commit. */
export async function readText(access: HubAccess, repository: string, commit: string, path: string, limit: number, signal: AbortSignal): Promise<string> {
  return (await hubText(access, fileAddress(access, repository, commit, path), `${path} of ${repository}`, limit, signal)).text;
}
