import { MotionFacts } from '../../src-shared/contract/motions.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { AssetRepository, AssetRow } from './asset-repository.ts';
import type { StoreDatabase } from './database.ts';
import { parseStored } from './stored-json.ts';

/** The key frames that a motion was learned from: 8-bit RGB, [count, height, width, 3]. */
export interface LoopFrames {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A learned motion: its asset, whose bytes are the motion file, and what that file says. */
export interface MotionRow {
  readonly asset: AssetRow;
  readonly facts: MotionFacts;
  readonly hasNoise: boolean;
}

/** The project's learned motions. Renaming and removing go through the assets. */
export interface MotionRepository {
  /** For an asset that was just stored, in the same transaction. */
  add(assetId: string, motion: { readonly facts: MotionFacts; readonly hasNoise: boolean; readonly frames: LoopFrames }): MotionRow;
  /** NOT_FOUND when there is no such motion. */
  get(assetId: string): MotionRow;
  /** Newest first. */
  list(): MotionRow[];
  findBySha256(sha256: string): MotionRow | null;
  frames(assetId: string): LoopFrames;
  rename(assetId: string, name: string): MotionRow;
  remove(assetId: string): void;
}

interface MotionRecord {
  readonly assetId: string;
  readonly facts: string;
  readonly hasNoise: number;
}

interface FramesRecord {
  readonly frameCount: number;
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly frames: Uint8Array;
}

export function createMotionRepository(db: StoreDatabase, assets: AssetRepository): MotionRepository {
  const columns = 'SELECT motions.assetId, motions.facts, motions.hasNoise FROM motions JOIN assets ON assets.id = motions.assetId';
  // Prepared late: the table comes with a later migration than the file's first.
  let statements: ReturnType<typeof prepare> | null = null;
  const prepare = () => ({
    insert: db.prepare('INSERT INTO motions (assetId, facts, hasNoise, frameCount, frameWidth, frameHeight, frames) VALUES (@assetId, @facts, @hasNoise, @frameCount, @frameWidth, @frameHeight, @frames)'),
    byId: db.prepare<MotionRecord>(`${columns} WHERE motions.assetId = ?`),
    all: db.prepare<MotionRecord>(`${columns} ORDER BY assets.createdAt DESC, assets.rowid DESC`),
    bySha256: db.prepare<MotionRecord>(`${columns} JOIN blobs ON blobs.id = assets.blobId WHERE assets.state = 'ready' AND blobs.sha256 = ? ORDER BY assets.rowid LIMIT 1`),
    frames: db.prepare<FramesRecord>('SELECT frameCount, frameWidth, frameHeight, frames FROM motions WHERE assetId = ?'),
  });
  const sql = () => (statements ??= prepare());
  const toMotion = (record: MotionRecord): MotionRow => ({ asset: assets.get(record.assetId), facts: parseStored(db.path, 'motion', record.facts, MotionFacts), hasNoise: record.hasNoise === 1 });
  const missing = (assetId: string): StudioError => new StudioError('NOT_FOUND', `The project has no motion ${assetId}; it may have been removed. Reload the motions.`, { details: { motionId: assetId } });
  const get = (assetId: string): MotionRow => {
    const record = sql().byId.get([assetId]);
    if (record === undefined) throw missing(assetId);
    return toMotion(record);
  };
  return {
    get,
    add: (assetId, { facts, hasNoise, frames }) => {
      sql().insert.run({ assetId, facts: JSON.stringify(facts), hasNoise: hasNoise ? 1 : 0, frameCount: frames.count, frameWidth: frames.width, frameHeight: frames.height, frames: frames.data });
      assets.describeMotion(assetId, facts);
      db.touch('motions');
      return get(assetId);
    },
    list: () => sql().all.all().map(toMotion),
    findBySha256: (sha256) => {
      const record = sql().bySha256.get([sha256]);
      return record === undefined ? null : toMotion(record);
    },
    frames: (assetId) => {
      const record = sql().frames.get([assetId]);
      if (record === undefined) throw missing(assetId);
      return { count: record.frameCount, width: record.frameWidth, height: record.frameHeight, data: new Uint8Array(record.frames) };
    },
    rename: (assetId, name) => {
      get(assetId);
      assets.rename(assetId, name);
      db.touch('motions');
      return get(assetId);
    },
    remove: (assetId) => {
      get(assetId);
      assets.remove(assetId);
      db.touch('motions');
    },
  };
}
