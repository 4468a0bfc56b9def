import type { NetworkEntry } from '../../src-shared/contract/network.ts';
import type { StoreDatabase } from './database.ts';

/** The newest requests of this machine; older ones go. */
export interface NetworkLogRepository {
  add(entry: Omit<NetworkEntry, 'at'>): void;
  /** Newest first, and how many are kept. */
  list(limit: number): { readonly entries: readonly NetworkEntry[]; readonly total: number };
}

/** A large download takes some hundred requests. */
const KEPT = 5_000;

export function createNetworkLogRepository(db: StoreDatabase): NetworkLogRepository {
  const insert = db.prepare('INSERT INTO networkLog (at, host, what, status, sent) VALUES (?, ?, ?, ?, ?)');
  const trim = db.prepare('DELETE FROM networkLog WHERE id <= (SELECT max(id) FROM networkLog) - ?');
  const newest = db.prepare<Omit<NetworkEntry, 'sent'> & { sent: number }>('SELECT at, host, what, status, sent FROM networkLog ORDER BY id DESC LIMIT ?');
  const count = db.prepare<{ total: number }>('SELECT count(*) AS total FROM networkLog');
  return {
    add: ({ host, what, status, sent }) =>
      db.transaction(() => {
        insert.run([db.timestamp(), host, what, status, sent ? 1 : 0]);
        trim.run([KEPT]);
      }),
    list: (limit) => ({ entries: newest.all([limit]).map((entry) => ({ ...entry, sent: entry.sent === 1 })), total: count.get()?.total ?? 0 }),
  };
}
