import { randomUUID } from 'node:crypto';
import { StoreDatabase } from './database.ts';
import { migrate } from './migration.ts';
import { PROJECT_MIGRATIONS } from './migrations/project-migrations.ts';

/** Makes a copied project file a project of its own: another identity, another name, born now. Nothing else of it may be open. */
export function becomeOwnProject(path: string, name: string): void {
  const db = new StoreDatabase(path);
  try {
    // It was shipped in the form of its day. The shipped file is the backup: none is left beside the copy.
    migrate(db, PROJECT_MIGRATIONS, { backup: false });
    db.prepare('UPDATE project SET id = ?, name = ?, createdAt = ?').run([`project:${randomUUID()}`, name, db.timestamp()]);
  } finally {
    db.close();
  }
}

/** Brings a closed project file into one piece of the least size, as it is shipped. */
export function packProject(path: string): void {
  const db = new StoreDatabase(path);
  try {
    db.exec('DELETE FROM jobs');
    db.exec('DELETE FROM previewChunks');
    db.exec('DELETE FROM assetPreviews');
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.exec('PRAGMA journal_mode = DELETE');
    db.exec('VACUUM');
  } finally {
    db.close();
  }
}
