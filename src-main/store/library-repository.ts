import type { DiskUse, LibraryEntry, LibraryFilter, LibraryOrder } from '../../src-shared/contract/library.ts';
import { MotionFacts } from '../../src-shared/contract/motions.ts';
import type { AssetRepository, AssetRow } from './asset-repository.ts';
import type { StoreDatabase } from './database.ts';
import { parseStored } from './stored-json.ts';

/** The library as it is looked through: found, starred, tagged, thrown away and brought back. */
export interface LibraryRepository {
  /** Entries `offset` to `offset + limit` of what the filter leaves, and how many it leaves. */
  page(filter: LibraryFilter, offset: number, limit: number): { readonly entries: readonly LibraryEntry[]; readonly total: number };
  /** NOT_FOUND when there is no such asset. */
  get(assetId: string): LibraryEntry;
  /** Tags of everything outside the trash, by name. */
  tags(): readonly { readonly tag: string; readonly count: number }[];
  star(assetIds: readonly string[], starred: boolean): void;
  tag(assetIds: readonly string[], add: readonly string[], remove: readonly string[]): void;
  /** CONFLICT while a take or a clip on the timeline uses one of them; then none is moved. */
  trash(assetIds: readonly string[]): void;
  restore(assetIds: readonly string[]): void;
  emptyTrash(): { readonly removed: number; readonly freedBytes: number };
  diskUse(fileBytes: number): DiskUse;
}

interface MarkRecord {
  readonly assetId: string;
  readonly starred: number | null;
  readonly tags: string | null;
  readonly trashedAt: string | null;
}

const ORDERS: Readonly<Record<LibraryOrder, string>> = {
  newest: 'assets.createdAt DESC, assets.rowid DESC', oldest: 'assets.createdAt, assets.rowid',
  name: 'assets.name COLLATE NOCASE, assets.rowid', largest: 'blobs.sizeBytes DESC, assets.rowid',
};

const linesOf = (tags: string | null): string[] => (tags ?? '').split('\n').filter((tag) => tag !== '');
const escaped = (word: string): string => `%${word.replace(/[\\%_]/gu, '\\$&')}%`;

/** Words of an asset that never change: what it was asked for, what made it, what it was learned from. */
function wordsOf(asset: AssetRow, facts: MotionFacts | null, motionNames: readonly string[]): string {
  const { recipe } = asset;
  return [recipe?.prompt, recipe?.pack.id, recipe?.preset, ...(recipe?.scene?.events.map(({ prompt }) => prompt) ?? []), ...motionNames, facts?.caption, facts?.source.name].filter((text) => text !== undefined).join(' ').toLowerCase();
}

export function createLibraryRepository(db: StoreDatabase, assets: AssetRepository): LibraryRepository {
  // Prepared late: the table comes with a later migration than the file's first.
  let statements: ReturnType<typeof prepare> | null = null;
  const prepare = () => ({
    unmarked: db.prepare<{ id: string }>("SELECT id FROM assets WHERE state = 'ready' AND kind <> 'stage' AND NOT EXISTS (SELECT 1 FROM assetMarks WHERE assetId = assets.id)"),
    insert: db.prepare('INSERT INTO assetMarks (assetId, words) VALUES (?, ?)'),
    facts: db.prepare<{ facts: string }>('SELECT facts FROM motions WHERE assetId = ?'),
    nameOfMotion: db.prepare<{ name: string }>('SELECT assets.name FROM assets JOIN motions ON motions.assetId = assets.id JOIN blobs ON blobs.id = assets.blobId WHERE blobs.sha256 = ? LIMIT 1'),
    mark: db.prepare<MarkRecord>('SELECT assetId, starred, tags, trashedAt FROM assetMarks WHERE assetId = ?'),
    star: db.prepare('UPDATE assetMarks SET starred = ? WHERE assetId = ?'),
    tags: db.prepare('UPDATE assetMarks SET tags = ? WHERE assetId = ?'),
    trashed: db.prepare('UPDATE assetMarks SET trashedAt = ? WHERE assetId = ?'),
    allTags: db.prepare<{ tags: string }>("SELECT tags FROM assetMarks WHERE tags <> '' AND trashedAt IS NULL"),
    inTrash: db.prepare<{ id: string }>('SELECT assetId AS id FROM assetMarks WHERE trashedAt IS NOT NULL'),
    use: db.prepare<{ purpose: keyof DiskUse; bytes: number }>(`
      SELECT CASE WHEN assetMarks.trashedAt IS NOT NULL THEN 'trash' WHEN kind = 'stage' THEN 'intermediates' WHEN kind = 'motion' THEN 'motions' ELSE origin END AS purpose, sum(sizeBytes) AS bytes
      FROM (SELECT min(rowid) AS first FROM assets WHERE state = 'ready' GROUP BY blobId) JOIN assets ON assets.rowid = first JOIN blobs ON blobs.id = assets.blobId LEFT JOIN assetMarks ON assetId = assets.id GROUP BY purpose`),
  });
  const sql = () => (statements ??= prepare());

  /** Gives every asset that came since the last look its row. Readers of a locked file have what the last writer left. */
  const markNew = (): void => {
    if (db.readOnly) return;
    const fresh = sql().unmarked.all();
    if (fresh.length === 0) return;
    db.transaction(() => {
      for (const { id } of fresh) {
        const asset = assets.get(id);
        const record = asset.kind === 'motion' ? sql().facts.get([id]) : undefined;
        const facts = record === undefined ? null : parseStored(db.path, 'motion', record.facts, MotionFacts);
        const names = (asset.recipe?.motions ?? []).flatMap(({ sha256 }) => sql().nameOfMotion.get([sha256])?.name ?? []);
        sql().insert.run([id, wordsOf(asset, facts, names)]);
      }
    });
  };

  const change = (assetIds: readonly string[], apply: (id: string) => void): void => {
    markNew();
    db.transaction(() => {
      for (const id of assetIds) {
        assets.get(id);
        apply(id);
      }
      db.touch('assets');
    });
  };

  const entryOf = (id: string): LibraryEntry => {
    const mark = sql().mark.get([id]);
    return { asset: assets.get(id), starred: mark?.starred === 1, tags: linesOf(mark?.tags ?? null), trashedAt: mark?.trashedAt ?? null };
  };

  return {
    page: (filter, offset, limit) => {
      markNew();
      const conditions = [`assets.state = 'ready'`, `assets.kind IN (${filter.kinds.map(() => '?').join(', ')})`, `assetMarks.trashedAt IS ${filter.trashed ? 'NOT ' : ''}NULL`];
      const values: (string | number)[] = [...filter.kinds];
      const demand = (condition: string, ...more: string[]): void => {
        conditions.push(condition);
        values.push(...more);
      };
      if (filter.starred) demand('assetMarks.starred = 1');
      if (filter.origin !== null) demand('assets.origin = ?', filter.origin);
      if (filter.tag !== null) demand(`char(10) || assetMarks.tags || char(10) LIKE ? ESCAPE '\\'`, escaped(`\n${filter.tag}\n`));
      for (const word of filter.search.toLowerCase().split(/\s+/u).filter(Boolean)) {
        const found = ['assets.name', 'assetMarks.words', 'assetMarks.tags', 'assets.createdAt'].map((column) => `${column} LIKE ? ESCAPE '\\'`).join(' OR ');
        demand(`(${found})`, ...Array.from({ length: 4 }, () => escaped(word)));
      }
      const from = `FROM assets JOIN blobs ON blobs.id = assets.blobId LEFT JOIN assetMarks ON assetMarks.assetId = assets.id WHERE ${conditions.join(' AND ')}`;
      const total = db.prepare<{ total: number }>(`SELECT count(*) AS total ${from}`).get(values)!.total;
      const ids = db.prepare<{ id: string }>(`SELECT assets.id ${from} ORDER BY ${ORDERS[filter.order]} LIMIT ? OFFSET ?`).all([...values, limit, offset]);
      return { entries: ids.map(({ id }) => entryOf(id)), total };
    },
    get: (assetId) => {
      markNew();
      return entryOf(assetId);
    },
    tags: () => {
      const counts = new Map<string, number>();
      for (const { tags } of sql().allTags.all()) for (const tag of linesOf(tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      return [...counts].map(([tag, count]) => ({ tag, count })).sort((a, b) => a.tag.localeCompare(b.tag));
    },
    star: (assetIds, starred) => change(assetIds, (id) => sql().star.run([starred ? 1 : 0, id])),
    tag: (assetIds, add, remove) => change(assetIds, (id) => {
      const kept = linesOf(sql().mark.get([id])!.tags).filter((tag) => !remove.includes(tag));
      sql().tags.run([[...new Set([...kept, ...add])].sort((a, b) => a.localeCompare(b)).join('\n'), id]);
    }),
    trash: (assetIds) => change(assetIds, (id) => {
      assets.assertUnused(id);
      sql().trashed.run([db.timestamp(), id]);
    }),
    restore: (assetIds) => change(assetIds, (id) => sql().trashed.run([null, id])),
    emptyTrash: () => {
      const rows = sql().inTrash.all().map(({ id }) => assets.get(id));
      for (const { id } of rows) assets.remove(id);
      return { removed: rows.length, freedBytes: rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
    },
    diskUse: (fileBytes) => {
      const use = { imported: 0, generated: 0, intermediates: 0, motions: 0, trash: 0, other: 0 };
      for (const { purpose, bytes } of sql().use.all()) use[purpose] += bytes;
      const known = Object.values(use).reduce((sum, bytes) => sum + bytes, 0);
      return { ...use, other: Math.max(0, fileBytes - known) };
    },
  };
}
