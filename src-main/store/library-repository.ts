import type { DiskUse, LibraryEntry, LibraryFilter, LibraryOrder } from '../../src-shared/contract/library.ts';
import type { AssetRepository, AssetRow } from './asset-repository.ts';
import type { StoreDatabase } from './database.ts';

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

interface EntryRecord {
  readonly assetId: string;
  readonly starred: number;
  readonly tags: string;
  readonly trashedAt: string | null;
}

const ORDERS: Readonly<Record<LibraryOrder, string>> = {
  newest: 'createdAt DESC, id DESC', oldest: 'createdAt, id', name: 'lowerName, id', longest: 'durationMs DESC, id DESC', largest: 'sizeBytes DESC, id DESC',
};

const linesOf = (tags: string): string[] => tags.split('\n').filter((tag) => tag !== '');
const escaped = (word: string): string => `%${word.replace(/[\\%_]/gu, '\\$&')}%`;

export function createLibraryRepository(db: StoreDatabase, assets: AssetRepository): LibraryRepository {
  // Prepared late: the table comes with a later migration than the file's first.
  let statements: ReturnType<typeof prepare> | null = null;
  const prepare = () => ({
    entry: db.prepare<EntryRecord>('SELECT assetId, starred, tags, trashedAt FROM libraryEntries WHERE assetId = ?'),
    entries: db.prepare<EntryRecord>('SELECT assetId, starred, tags, trashedAt FROM json_each(?) AS wanted CROSS JOIN libraryEntries ON libraryEntries.id = wanted.value ORDER BY wanted.key'),
    tags: db.prepare('UPDATE libraryEntries SET tags = ? WHERE assetId = ?'),
    trashed: db.prepare('UPDATE libraryEntries SET trashedAt = ? WHERE assetId = ?'),
    allTags: db.prepare<{ tags: string }>("SELECT tags FROM libraryEntries WHERE tags <> '' AND trashedAt IS NULL"),
    ofTakes: db.prepare<{ assetId: string }>('SELECT DISTINCT assetId FROM takes'),
    onTimeline: db.prepare<{ record: string }>("SELECT record FROM timelineRecords WHERE instr(record, 'asset:') > 0"),
    inTrash: db.prepare<{ id: string }>('SELECT assetId AS id FROM libraryEntries WHERE trashedAt IS NOT NULL'),
    previews: db.prepare<{ bytes: number }>('SELECT coalesce((SELECT sum(sizeBytes) FROM assetPreviews WHERE ready = 1), 0) + coalesce((SELECT sum(length(data)) FROM thumbnails), 0) AS bytes'),
    // Bytes that several assets share count once, for the first of them.
    use: db.prepare<{ purpose: keyof DiskUse; bytes: number }>(`
      WITH first AS (SELECT blobId, kind, origin, id AS firstId, min(rowid) FROM assets WHERE state = 'ready' GROUP BY blobId)
      SELECT CASE WHEN firstId IN (SELECT assetId FROM libraryEntries WHERE trashedAt IS NOT NULL) THEN 'trash' WHEN kind = 'stage' THEN 'intermediates' WHEN kind = 'motion' THEN 'motions' ELSE origin END AS purpose,
        sum(sizeBytes) AS bytes FROM first JOIN blobs ON blobs.id = first.blobId GROUP BY purpose`),
  });
  const sql = () => (statements ??= prepare());

  const change = (assetIds: readonly string[], apply: (id: string) => void): void => {
    db.transaction(() => {
      for (const id of assetIds) {
        assets.get(id);
        apply(id);
      }
      db.touch('assets');
    });
  };

  const toEntry = (asset: AssetRow, record: EntryRecord | undefined): LibraryEntry => ({ asset, starred: record?.starred === 1, tags: linesOf(record?.tags ?? ''), trashedAt: record?.trashedAt ?? null });

  /** What takes and the timeline name anywhere in their records: the rule by which nothing of it can be thrown away. */
  const usedIds = (): ReadonlySet<string> => {
    const used = new Set(sql().ofTakes.all().map(({ assetId }) => assetId));
    for (const { record } of sql().onTimeline.all()) for (const [id] of record.matchAll(/asset:[0-9a-f-]{36}/gu)) used.add(id);
    return used;
  };

  /** Rows that a filter leaves, as numbers in the file, in order. */
  const found = (filter: LibraryFilter, offset: number, limit: number): { readonly ids: readonly number[]; readonly total: number } => {
    const conditions = [`kind IN (${filter.kinds.map(() => '?').join(', ')})`, `trashedAt IS ${filter.trashed ? 'NOT ' : ''}NULL`];
    const values: (string | number)[] = [...filter.kinds];
    const demand = (condition: string, ...more: string[]): void => {
      conditions.push(condition);
      values.push(...more);
    };
    if (filter.starred) demand('starred = 1');
    if (filter.origin !== null) demand('origin = ?', filter.origin);
    if (filter.unused) demand('assetId NOT IN (SELECT value FROM json_each(?))', JSON.stringify([...usedIds()]));
    if (filter.tag !== null) demand(`char(10) || tags || char(10) LIKE ? ESCAPE '\\'`, escaped(`\n${filter.tag}\n`));
    const words = filter.search.toLowerCase().split(/\s+/u).filter(Boolean);
    for (const word of words) demand(`(instr(lowerName, ?) > 0 OR instr(words, ?) > 0 OR tags LIKE ? ESCAPE '\\')`, word, word, escaped(word));
    const rest = `FROM libraryEntries WHERE ${conditions.join(' AND ')}`;
    if (words.length > 0 || filter.tag !== null || filter.unused) {
      // Every row is read to be searched: what is found then costs less to keep than to search for again.
      const all = db.prepare<{ id: number }>(`SELECT id ${rest} ORDER BY ${ORDERS[filter.order]}`).all(values);
      return { ids: all.slice(offset, offset + limit).map(({ id }) => id), total: all.length };
    }
    const total = db.prepare<{ total: number }>(`SELECT count(*) AS total ${rest}`).get(values)!.total;
    return { ids: db.prepare<{ id: number }>(`SELECT id ${rest} ORDER BY ${ORDERS[filter.order]} LIMIT ? OFFSET ?`).all([...values, limit, offset]).map(({ id }) => id), total };
  };

  return {
    page: (filter, offset, limit) => {
      const { ids, total } = found(filter, offset, limit);
      const records = sql().entries.all([JSON.stringify(ids)]);
      const byId = new Map(assets.findAll(records.map(({ assetId }) => assetId)).map((asset) => [asset.id, asset]));
      return {
        entries: records.flatMap((record) => {
          const asset = byId.get(record.assetId);
          return asset === undefined ? [] : toEntry(asset, record);
        }),
        total,
      };
    },
    // Outputs of stages have no entry, and no marks.
    get: (assetId) => toEntry(assets.get(assetId), sql().entry.get([assetId])),
    tags: () => {
      const counts = new Map<string, number>();
      for (const { tags } of sql().allTags.all()) for (const tag of linesOf(tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
      return [...counts].map(([tag, count]) => ({ tag, count })).sort((a, b) => a.tag.localeCompare(b.tag));
    },
    star: (assetIds, starred) => change(assetIds, (id) => assets.star(id, starred)),
    tag: (assetIds, add, remove) => change(assetIds, (id) => {
      const kept = linesOf(sql().entry.get([id])?.tags ?? '').filter((tag) => !remove.includes(tag));
      sql().tags.run([[...new Set([...kept, ...add])].sort((a, b) => a.localeCompare(b)).join('\n'), id]);
    }),
    trash: (assetIds) => change(assetIds, (id) => {
      assets.assertUnused(id);
      sql().trashed.run([db.timestamp(), id]);
    }),
    restore: (assetIds) => change(assetIds, (id) => sql().trashed.run([null, id])),
    emptyTrash: () => {
      const rows = assets.findAll(sql().inTrash.all().map(({ id }) => id));
      for (const { id } of rows) assets.remove(id);
      return { removed: rows.length, freedBytes: rows.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
    },
    diskUse: (fileBytes) => {
      const use = { imported: 0, generated: 0, intermediates: 0, motions: 0, previews: sql().previews.get()?.bytes ?? 0, trash: 0, other: 0 };
      for (const { purpose, bytes } of sql().use.all()) use[purpose] += bytes;
      const known = Object.values(use).reduce((sum, bytes) => sum + bytes, 0);
      return { ...use, other: Math.max(0, fileBytes - known) };
    },
  };
}
