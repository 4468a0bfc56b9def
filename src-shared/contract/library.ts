import { z } from 'zod';
import { method } from '../rpc/contract-types.ts';
import { Asset, AssetId, AssetKind } from './assets.ts';
import { ProjectId } from './projects.ts';

/** A word of the creator's own on an asset. Lines and commas would not survive being written and read. */
export const Tag = z.string().trim().min(1).max(40).regex(/^[^\n,]*$/u, 'must not hold a comma or a line break');

/** The orders in which a library can be looked through. */
export const LibraryOrder = z.enum(['newest', 'oldest', 'name', 'longest', 'largest']);
export type LibraryOrder = z.infer<typeof LibraryOrder>;

/** What of the library to show. Every word of `search` must be found, in name, prompt, model, motion, caption, tag or date (2026-11-21). */
export const LibraryFilter = z.object({
  kinds: z.array(AssetKind).min(1).default(['video', 'image', 'audio']),
  search: z.string().max(200).default(''),
  starred: z.boolean().default(false),
  tag: Tag.nullable().default(null),
  origin: Asset.shape.origin.nullable().default(null),
  /** What neither the timeline nor a take needs. */
  unused: z.boolean().default(false),
  /** What is in the trash, and nothing else. */
  trashed: z.boolean().default(false),
  order: LibraryOrder.default('newest'),
});
export type LibraryFilter = z.infer<typeof LibraryFilter>;

/** One asset as the library shows it. */
export const LibraryEntry = z.object({ asset: Asset, starred: z.boolean(), tags: z.array(Tag), trashedAt: z.string().nullable() });
export type LibraryEntry = z.infer<typeof LibraryEntry>;

/** Bytes of a project by what they are for. `previews` can all be made again. `other` is the file's own order and room that was freed and waits for reuse. */
export const DiskUse = z.object({
  imported: z.number().int(), generated: z.number().int(), intermediates: z.number().int(), motions: z.number().int(), previews: z.number().int(), trash: z.number().int(), other: z.number().int(),
});
export type DiskUse = z.infer<typeof DiskUse>;

/** A file that the project no longer holds. */
export const MissingAsset = z.object({ id: AssetId, kind: AssetKind, name: z.string(), sizeBytes: z.number().int() });
export type MissingAsset = z.infer<typeof MissingAsset>;

const Some = z.object({ projectId: ProjectId, assetIds: z.array(AssetId).min(1).max(10_000) });

export const libraryContract = {
  /** A part of the library and how much there is in all: a window of ten thousand assets never holds them all. */
  page: method(
    z.object({ projectId: ProjectId, filter: LibraryFilter.prefault({}), offset: z.number().int().min(0).default(0), limit: z.number().int().min(1).max(500).default(100) }),
    z.object({ entries: z.array(LibraryEntry), total: z.number().int() }),
  ),
  get: method(z.object({ projectId: ProjectId, assetId: AssetId }), LibraryEntry),
  tags: method(z.object({ projectId: ProjectId }), z.object({ tags: z.array(z.object({ tag: Tag, count: z.number().int() })) })),
  star: method(Some.extend({ starred: z.boolean() }), z.object({})),
  tag: method(Some.extend({ add: z.array(Tag).max(20).default([]), remove: z.array(Tag).max(20).default([]) }), z.object({})),
  /** Out of sight, until restored or the trash is emptied. CONFLICT while a take or the timeline uses one of them: then none is moved. */
  trash: method(Some, z.object({})),
  restore: method(Some, z.object({})),
  emptyTrash: method(z.object({ projectId: ProjectId }), z.object({ removed: z.number().int(), freedBytes: z.number().int() })),
  /** Asks for filmstrips and waveforms of these. They are made one after the other in the background, and each is told as a change of assets. */
  makePreviews: method(Some, z.object({})),
  /** Queues a stand-in for a clip that the page cannot decode, or not soon enough, unless there is one or it is on its way: then its job, or null. */
  makeProxy: method(z.object({ projectId: ProjectId, assetId: AssetId }), z.object({ jobId: z.string().nullable() })),
  /** While a pointer is held on it: hands an asset to the desktop as a file that is dragged. CAPABILITY_UNAVAILABLE on hosts without `dragOut`; pages offer a download there. */
  dragOut: method(z.object({ projectId: ProjectId, assetId: AssetId }), z.object({})),
  /** Of some assets those that were removed from the project: what they were, so that they can be told and looked for. */
  missing: method(z.object({ projectId: ProjectId, assetIds: z.array(z.string().max(100)).max(10_000) }), z.object({ missing: z.array(MissingAsset) })),
  /**
   * Looks for everything that the timeline misses at and below a folder of the host's disk (beside a file, when one is given), by size and
   * the hash of the bytes. What is found is imported in the place of what is missing. Answers with what will come back, and what was not found.
   */
  locate: method(z.object({ projectId: ProjectId, path: z.string().min(1) }), z.object({ found: z.array(MissingAsset.extend({ jobId: z.string() })), lacking: z.array(MissingAsset) })),
  diskUse: method(z.object({ projectId: ProjectId }), DiskUse),
};
