import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Filmstrip, type Asset, type AssetKind } from '../../src-shared/contract/assets.ts';
import type { MotionFacts } from '../../src-shared/contract/motions.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { Recipe } from '../../src-shared/recipe/recipe.ts';
import type { StageName } from '../../src-shared/recipe/stage-name.ts';
import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';
import type { BlobRepository, BlobRow } from './blob-repository.ts';
import type { StoreDatabase } from './database.ts';
import { createLibraryIndex } from './library-index.ts';
import { parseStored } from './stored-json.ts';

/** A finished asset as clients see it, with the keys that the queue looks it up by. */
export type AssetRow = Asset & {
  readonly stageKey: string | null;
  readonly recipeHash: string | null;
  /** Tensor shape of a `stage` asset, [batch, channels, frames, height, width]; its bytes are little-endian float32. */
  readonly shape: readonly number[] | null;
};

/** What is known before the first byte. */
export interface AssetDraft {
  readonly kind: AssetKind;
  readonly name: string;
  readonly mimeType: string;
  readonly origin: Asset['origin'];
  readonly stage?: StageName;
  readonly stageKey?: string;
  readonly recipe?: Recipe;
  readonly recipeHash?: string;
  /** The id of a removed asset whose bytes come back; CONFLICT at `finish` when they are others. */
  readonly instead?: string;
}

/** A file that is no longer in the project, as it was. */
export interface RemovedAsset {
  readonly id: string;
  readonly kind: AssetKind;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** What is known after the last byte. */
export interface AssetMeta {
  readonly width?: number | null;
  readonly height?: number | null;
  readonly frames?: number | null;
  readonly frameRate?: FrameRate | null;
  readonly durationMs?: number | null;
  readonly hasAudio?: boolean;
  readonly shape?: readonly number[];
}

/** Streams bytes into an asset, which stays invisible until `finish`. */
export interface AssetWriter {
  readonly assetId: string;
  write(bytes: Uint8Array): void;
  /** Makes the asset ready in one transaction, or in the caller's when there is one. */
  finish(meta: AssetMeta): AssetRow;
  /** Forgets everything written. Does nothing once the asset is ready. */
  abort(): void;
}

/** The project's media and stage outputs. */
export interface AssetRepository {
  beginWrite(draft: AssetDraft): AssetWriter;
  /** NOT_FOUND when there is no ready asset of that id. */
  get(id: string): AssetRow;
  find(id: string): AssetRow | null;
  /** Those of them that are there, in their order. One statement: each would otherwise take and leave the file's lock, which costs far more than reading. */
  findAll(ids: readonly string[]): AssetRow[];
  /** Newest first, without the trash; with `ids` those of them that are there, in their order. */
  list(filter?: { readonly kinds?: readonly AssetKind[]; readonly ids?: readonly string[] | undefined }): AssetRow[];
  findByStageKey(key: string): AssetRow | null;
  findByRecipeHash(hash: string): AssetRow | null;
  /** An imported asset with exactly these bytes. */
  findBySha256(sha256: string): AssetRow | null;
  rename(id: string, name: string): AssetRow;
  /** The one star of a clip, in the library and on its takes. */
  star(id: string, starred: boolean): void;
  /** Makes a motion's asset findable by what the motion was learned from. */
  describeMotion(id: string, facts: MotionFacts): void;
  /** CONFLICT while a take or a clip on the timeline uses it. */
  assertUnused(id: string): void;
  /** CONFLICT as above. */
  remove(id: string): void;
  /** Those of them that were removed and did not come back. */
  removed(ids: readonly string[]): RemovedAsset[];
  /** Outputs of stages: how many are kept, and their bytes. */
  intermediates(): { readonly count: number; readonly sizeBytes: number };
  /** Deletes them all and gives their room back to the disk. */
  removeIntermediates(): void;
  readRange(id: string, start: number, endExclusive: number): Uint8Array;
  readAll(id: string): Uint8Array;
  /** A small JPEG (or PNG) that stands for the asset. */
  setThumbnail(id: string, bytes: Uint8Array, mimeType?: string): void;
  thumbnail(id: string): { readonly bytes: Uint8Array; readonly mimeType: string } | null;
  /** Deletes what a killed process left half-written. Returns how many. */
  reclaim(): number;
}

interface AssetRecord {
  readonly id: string;
  readonly kind: AssetKind;
  readonly name: string;
  readonly mimeType: string;
  readonly origin: Asset['origin'];
  readonly blobId: number;
  readonly createdAt: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly frames: number | null;
  readonly frameRateNum: number | null;
  readonly frameRateDen: number | null;
  readonly durationMs: number | null;
  readonly hasAudio: number;
  readonly stage: StageName | null;
  readonly stageKey: string | null;
  readonly shape: string | null;
  readonly recipeHash: string | null;
  readonly recipe: string | null;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly hasThumbnail: number;
  /** Facts of what was made of it, by kind, as JSON. */
  readonly previews: string;
}

const StoredPreviews = z.object({ filmstrip: Filmstrip.optional(), waveform: z.object({}).optional(), proxy: z.object({}).optional() });

const NO_PREVIEWS = { filmstrip: null, hasWaveform: false, hasProxy: false } as const;

const previewsOf = ({ filmstrip, waveform, proxy }: z.infer<typeof StoredPreviews>): Pick<Asset, 'filmstrip' | 'hasWaveform' | 'hasProxy'> => ({ filmstrip: filmstrip ?? null, hasWaveform: waveform !== undefined, hasProxy: proxy !== undefined });

const Shape = z.array(z.number().int().positive());

const COLUMNS = `
  SELECT assets.*, blobs.sha256, blobs.sizeBytes, EXISTS (SELECT 1 FROM thumbnails WHERE assetId = assets.id) AS hasThumbnail,
    (SELECT json_group_object(kind, json(facts)) FROM assetPreviews WHERE assetId = assets.id AND ready = 1) AS previews`;
const SELECT = `${COLUMNS} FROM assets JOIN blobs ON blobs.id = assets.blobId WHERE assets.state = 'ready'`;

export function createAssetRepository(db: StoreDatabase, blobs: BlobRepository): AssetRepository {
  const insert = db.prepare(
    `INSERT INTO assets (id, state, kind, name, mimeType, origin, blobId, createdAt, stage, stageKey, recipeHash, recipe)
     VALUES (@id, 'writing', @kind, @name, @mimeType, @origin, @blobId, @createdAt, @stage, @stageKey, @recipeHash, @recipe)`,
  );
  const markReady = db.prepare(
    `UPDATE assets SET state = 'ready', blobId = @blobId, width = @width, height = @height, frames = @frames, frameRateNum = @frameRateNum,
       frameRateDen = @frameRateDen, durationMs = @durationMs, hasAudio = @hasAudio, shape = @shape WHERE id = @id AND state = 'writing'`,
  );
  // Prepared late: previews and the trash come with later migrations than the assets. What lies in the trash is as good as gone.
  let selecting: ReturnType<typeof prepareSelecting> | null = null;
  const prepareSelecting = () => {
    const SEEN = `${SELECT} AND NOT EXISTS (SELECT 1 FROM libraryEntries WHERE assetId = assets.id AND trashedAt IS NOT NULL)`;
    return {
      byId: db.prepare<AssetRecord>(`${SELECT} AND assets.id = ?`),
      byIds: db.prepare<AssetRecord>(`${COLUMNS} FROM json_each(?) AS wanted CROSS JOIN assets ON assets.id = wanted.value JOIN blobs ON blobs.id = assets.blobId WHERE assets.state = 'ready' ORDER BY wanted.key`),
      byStageKey: db.prepare<AssetRecord>(`${SELECT} AND assets.stageKey = ? ORDER BY assets.rowid LIMIT 1`),
      list: db.prepare<AssetRecord>(`${SEEN} ORDER BY assets.createdAt DESC, assets.rowid DESC`),
      byRecipeHash: db.prepare<AssetRecord>(`${SEEN} AND assets.recipeHash = ? AND assets.kind = 'video' ORDER BY assets.rowid LIMIT 1`),
      bySha256: db.prepare<AssetRecord>(`${SEEN} AND blobs.sha256 = ? AND assets.origin = 'imported' ORDER BY assets.rowid LIMIT 1`),
    };
  };
  const select = () => (selecting ??= prepareSelecting());
  let removing: ReturnType<typeof prepareRemoving> | null = null;
  const prepareRemoving = () => ({
    noteRemoved: db.prepare("INSERT OR REPLACE INTO removedAssets (id, kind, name, sha256, sizeBytes, removedAt) SELECT assets.id, kind, name, sha256, sizeBytes, ? FROM assets JOIN blobs ON blobs.id = blobId WHERE assets.id = ? AND kind <> 'stage'"),
    removed: db.prepare<RemovedAsset>('SELECT removedAssets.id, kind, name, sha256, sizeBytes FROM json_each(?) AS wanted JOIN removedAssets ON removedAssets.id = wanted.value ORDER BY wanted.key'),
    isBack: db.prepare('DELETE FROM removedAssets WHERE id = ?'),
  });
  const gone = () => (removing ??= prepareRemoving());
  const updateName = db.prepare('UPDATE assets SET name = ? WHERE id = ?');
  const blobOf = db.prepare<{ blobId: number }>('SELECT blobId FROM assets WHERE id = ?');
  const removeAsset = db.prepare('DELETE FROM assets WHERE id = ?');
  const abandoned = db.prepare<{ id: string; blobId: number }>("SELECT id, blobId FROM assets WHERE state = 'writing'");
  const removeAbandoned = db.prepare("DELETE FROM assets WHERE id = ? AND state = 'writing'");
  const removeLooseBlobs = db.prepare('DELETE FROM blobs WHERE NOT EXISTS (SELECT 1 FROM assets WHERE assets.blobId = blobs.id)');
  const sumStages = db.prepare<{ count: number; sizeBytes: number }>("SELECT count(*) AS count, coalesce(sum(blobs.sizeBytes), 0) AS sizeBytes FROM assets JOIN blobs ON blobs.id = assets.blobId WHERE assets.kind = 'stage' AND assets.state = 'ready'");
  const removeStages = db.prepare("DELETE FROM assets WHERE kind = 'stage' AND state = 'ready'");
  const removeUnusedBlobs = db.prepare('DELETE FROM blobs WHERE sha256 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM assets WHERE assets.blobId = blobs.id)');
  const upsertThumbnail = db.prepare('INSERT INTO thumbnails (assetId, mimeType, data) VALUES (?, ?, ?) ON CONFLICT (assetId) DO UPDATE SET mimeType = excluded.mimeType, data = excluded.data');
  const selectThumbnail = db.prepare<{ mimeType: string; data: Uint8Array }>('SELECT mimeType, data FROM thumbnails WHERE assetId = ?');
  let takeUsing: ReturnType<typeof db.prepare<{ id: string }>> | null = null;
  let clipUsing: ReturnType<typeof db.prepare<{ id: string }>> | null = null;

  const found = (record: AssetRecord | undefined): AssetRow | null => (record === undefined ? null : toAsset(db.path, record));
  const find = (id: string): AssetRow | null => found(select().byId.get([id]));
  const findAll = (ids: readonly string[]): AssetRow[] => select().byIds.all([JSON.stringify(ids)]).map((record) => toAsset(db.path, record));
  const get = (id: string): AssetRow => {
    const asset = find(id);
    if (asset === null) throw new StudioError('NOT_FOUND', `The project has no asset ${id}; it may have been removed. Reload the library.`, { details: { assetId: id } });
    return asset;
  };
  const index = createLibraryIndex(db, (id) => find(id)?.recipe ?? null);
  const blobRow = (id: string): BlobRow => {
    const record = select().byId.get([id]);
    if (record === undefined) {
      get(id);
      throw new StudioError('NOT_FOUND', `The project has no asset ${id}.`);
    }
    return { id: record.blobId, sha256: record.sha256, sizeBytes: record.sizeBytes };
  };

  const assertUnused = (id: string): void => {
    // Prepared late: these tables come with a later migration than the assets themselves.
    takeUsing ??= db.prepare<{ id: string }>('SELECT id FROM takes WHERE assetId = ? LIMIT 1');
    // Clips, sounds, images, takes of clips and motions all name their assets by id.
    clipUsing ??= db.prepare<{ id: string }>('SELECT id FROM timelineRecords WHERE instr(record, ?) > 0 LIMIT 1');
    const asset = get(id);
    if (takeUsing.get([id]) !== undefined) throw new StudioError('CONFLICT', `"${asset.name}" is a take. Remove the take first.`, { details: { assetId: id } });
    if (clipUsing.get([id]) !== undefined) throw new StudioError('CONFLICT', `"${asset.name}" is on the timeline. Remove it there first.`, { details: { assetId: id } });
  };

  const beginWrite = (draft: AssetDraft): AssetWriter => {
    const [instead] = draft.instead === undefined ? [] : gone().removed.all([JSON.stringify([draft.instead])]);
    if (draft.instead !== undefined && instead === undefined) throw new StudioError('CONFLICT', `${draft.name} is not missing. Reload the project.`, { details: { assetId: draft.instead } });
    const assetId = instead?.id ?? `asset:${randomUUID()}`;
    const writer = db.transaction(() => {
      const blob = blobs.beginWrite();
      insert.run({
        id: assetId, kind: draft.kind, name: draft.name, mimeType: draft.mimeType, origin: draft.origin, blobId: blob.blobId, createdAt: db.timestamp(),
        stage: draft.stage ?? null, stageKey: draft.stageKey ?? null, recipeHash: draft.recipeHash ?? null,
        recipe: draft.recipe === undefined ? null : JSON.stringify(draft.recipe),
      });
      return blob;
    });
    const abort = () => {
      try {
        db.transaction(() => {
          if (removeAbandoned.run([assetId]).changes > 0) blobs.removeIfUnused(writer.blobId);
        });
      } catch (error) {
        // Even deleting needs room. The half stays hidden and goes when the project is opened next.
        if (!StudioError.is(error, 'DISK_FULL')) throw error;
      }
    };
    return {
      assetId,
      write: (bytes) => writer.write(bytes),
      finish: (meta) =>
        db.transaction(() => {
          const blob = writer.finish();
          const { changes } = markReady.run({
            id: assetId, blobId: blob.id, width: meta.width ?? null, height: meta.height ?? null, frames: meta.frames ?? null,
            frameRateNum: meta.frameRate?.num ?? null, frameRateDen: meta.frameRate?.den ?? null, durationMs: meta.durationMs ?? null,
            hasAudio: meta.hasAudio === true ? 1 : 0, shape: meta.shape === undefined ? null : JSON.stringify(meta.shape),
          });
          if (changes !== 1) throw new StudioError('CONFLICT', `The asset ${draft.name} was discarded while it was being stored. Store it again.`, { details: { assetId } });
          if (blob.id !== writer.blobId) blobs.removeIfUnused(writer.blobId);
          const asset = get(assetId);
          if (instead !== undefined) {
            if (asset.sha256 !== instead.sha256) throw new StudioError('CONFLICT', `${draft.name} is not the file that is missing: its bytes are others. Choose another file, or put this one in its place.`, { details: { assetId } });
            gone().isBack.run([assetId]);
          }
          index.add(asset);
          db.touch('assets');
          return asset;
        }),
      abort,
    };
  };

  return {
    beginWrite,
    get,
    find,
    findAll,
    list: ({ kinds, ids } = {}) => {
      const assets = ids === undefined ? select().list.all().map((record) => toAsset(db.path, record)) : findAll(ids);
      return kinds === undefined ? assets : assets.filter(({ kind }) => kinds.includes(kind));
    },
    findByStageKey: (key) => found(select().byStageKey.get([key])),
    findByRecipeHash: (hash) => found(select().byRecipeHash.get([hash])),
    findBySha256: (sha256) => found(select().bySha256.get([sha256])),
    rename: (id, name) => {
      get(id);
      return db.transaction(() => {
        updateName.run([name, id]);
        const asset = get(id);
        index.renamed(asset);
        db.touch('assets');
        return asset;
      });
    },
    star: (id, starred) => {
      index.star(id, starred);
      db.touch('assets');
    },
    describeMotion: (id, facts) => index.describe(get(id), facts),
    assertUnused,
    remove: (id) => {
      assertUnused(id);
      db.transaction(() => {
        const blobId = blobOf.get([id])?.blobId;
        gone().noteRemoved.run([db.timestamp(), id]);
        removeAsset.run([id]);
        if (blobId !== undefined) blobs.removeIfUnused(blobId);
        db.touch('assets');
      });
      db.exec('PRAGMA incremental_vacuum(512)');
    },
    removed: (ids) => gone().removed.all([JSON.stringify(ids)]),
    intermediates: () => sumStages.get() ?? { count: 0, sizeBytes: 0 },
    removeIntermediates: () => {
      db.transaction(() => {
        removeStages.run();
        removeUnusedBlobs.run();
        db.touch('assets');
        db.touch('project');
      });
      db.exec('PRAGMA incremental_vacuum');
      // What was freed went through the log, which would keep the room until the project is closed.
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    },
    readRange: (id, start, endExclusive) => blobs.readRange(blobRow(id), start, endExclusive),
    readAll: (id) => {
      const blob = blobRow(id);
      return blobs.readRange(blob, 0, blob.sizeBytes);
    },
    setThumbnail: (id, bytes, mimeType = 'image/jpeg') => {
      upsertThumbnail.run([id, mimeType, bytes]);
      db.touch('assets');
    },
    thumbnail: (id) => {
      const row = selectThumbnail.get([id]);
      return row === undefined ? null : { bytes: row.data, mimeType: row.mimeType };
    },
    reclaim: () =>
      db.transaction(() => {
        const rows = abandoned.all();
        for (const { id } of rows) removeAbandoned.run([id]);
        removeLooseBlobs.run();
        return rows.length;
      }),
  };
}

function toAsset(path: string, record: AssetRecord): AssetRow {
  const { id, kind, name, mimeType, sha256, sizeBytes, createdAt, origin, width, height, frames, durationMs, stage, stageKey, recipeHash } = record;
  return {
    id, kind, name, mimeType, sha256, sizeBytes, createdAt, origin, width, height, frames, durationMs, stage, stageKey, recipeHash,
    frameRate: record.frameRateNum === null || record.frameRateDen === null ? null : { num: record.frameRateNum, den: record.frameRateDen },
    hasAudio: record.hasAudio === 1,
    hasThumbnail: record.hasThumbnail === 1,
    ...(record.previews === '{}' ? NO_PREVIEWS : previewsOf(parseStored(path, 'preview', record.previews, StoredPreviews))),
    recipe: record.recipe === null ? null : parseStored(path, 'recipe', record.recipe, Recipe),
    shape: record.shape === null ? null : parseStored(path, 'shape', record.shape, Shape),
  };
}
