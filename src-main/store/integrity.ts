import type { BlobRepository } from './blob-repository.ts';
import type { StoreDatabase } from './database.ts';

/**
 * Everything that could be wrong with a project file, in words; empty when it is sound. Reads every stored byte.
 * Half-written assets are no problem: the next writer reclaims them.
 */
export function checkIntegrity(db: StoreDatabase, blobs: BlobRepository): string[] {
  const problems: string[] = [];
  for (const row of db.pragmaRows('integrity_check(20)') as { integrity_check: string }[]) {
    if (row.integrity_check !== 'ok') problems.push(`database structure: ${row.integrity_check}`);
  }
  for (const row of db.pragmaRows('foreign_key_check') as { table: string; rowid: number; parent: string }[]) {
    problems.push(`${row.table} row ${row.rowid} points at a missing row of ${row.parent}`);
  }
  for (const blob of blobs.list()) problems.push(...blobs.verify(blob));
  const unsealed = db.prepare<{ id: string; name: string }>("SELECT assets.id, assets.name FROM assets JOIN blobs ON blobs.id = blobs.id AND blobs.id = assets.blobId WHERE assets.state = 'ready' AND blobs.sha256 IS NULL").all();
  for (const asset of unsealed) problems.push(`asset ${asset.id} (${asset.name}) is marked stored but its bytes are not complete`);
  const orphans = db.prepare<{ id: number }>('SELECT id FROM blobs WHERE sha256 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM assets WHERE assets.blobId = blobs.id)').all();
  for (const blob of orphans) problems.push(`blob ${blob.id} belongs to no asset`);
  const lost = db.prepare<{ id: string; title: string }>("SELECT id, title FROM jobs WHERE state = 'completed' AND kind IN ('generate', 'import') AND resultAssetId IS NULL").all();
  for (const job of lost) problems.push(`job ${job.id} (${job.title}) is completed without a result`);
  return problems;
}
