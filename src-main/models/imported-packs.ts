import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { PartRole } from '../../src-shared/contract/models.ts';
import { MODEL_INDEX_FILE } from '../../src-shared/pack/model-index.ts';
import { REFERENCES_FILE, TextPlace } from '../../src-shared/pack/references.ts';
import { composePack } from './compose-pack.ts';

/** Name of the studio's own record of an import. */
const RECORD_FILE = 'import.json';
const ACCEPTED_FILE = 'accepted-licences.json';

/** Absolute paths. */
const Files = z.array(z.string());

const ImportRecord = z.object({
  format: z.literal(2),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  name: z.string(),
  parts: z.array(z.object({
    role: PartRole, path: z.string(), sampleSize: z.number().nullable(), files: Files,
    text: TextPlace.extend({ files: Files }).nullable(),
    autoencoder: z.object({ folder: z.string(), files: Files }).nullable(),
    tokenizer: z.object({ folder: z.string(), files: Files }).nullable(),
  })),
});
/** What the studio remembers of an imported pack. */
export type ImportRecord = z.infer<typeof ImportRecord>;

const Accepted = z.object({ format: z.literal(1), licences: z.array(z.object({ id: z.string(), name: z.string(), acceptedAt: z.string() })) });

/** The studio's records of imported packs: a few kilobytes each beside weights that stay where they are. */
export interface ImportedPacks {
  records(): Promise<ImportRecord[]>;
  /** Folder of a record, which the engine opens like any pack. */
  folder(id: string): string;
  /** Adds a record's parts to an earlier one of the same id; a part of the same role is replaced. */
  put(record: ImportRecord): Promise<void>;
  remove(id: string): Promise<boolean>;
  accepted(): Promise<ReadonlySet<string>>;
  accept(licences: readonly { readonly id: string; readonly name: string }[]): Promise<void>;
}

async function writeWhole(file: string, value: unknown): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  try {
    await writeFile(temporary, JSON.stringify(value, null, 2));
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function readRecord<T>(schema: z.ZodType<T>, file: string): Promise<T | null> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

export function openImportedPacks(root: string): ImportedPacks {
  const folder = (id: string): string => path.join(root, id);
  const acceptedFile = path.join(root, ACCEPTED_FILE);
  const readAccepted = async () => (await readRecord(Accepted, acceptedFile))?.licences ?? [];
  return {
    folder,
    async records() {
      const names = await readdir(root).catch(() => []);
      const records = await Promise.all(names.sort().map((name) => readRecord(ImportRecord, path.join(root, name, RECORD_FILE))));
      return records.filter((record) => record !== null);
    },
    async put(record) {
      const earlier = await readRecord(ImportRecord, path.join(folder(record.id), RECORD_FILE));
      const kept = earlier?.parts.filter(({ role }) => !record.parts.some((part) => part.role === role)) ?? [];
      const merged: ImportRecord = { ...record, parts: [...kept, ...record.parts] };
      const { pack } = composePack(merged);
      await mkdir(folder(record.id), { recursive: true });
      if (pack !== null) {
        await writeWhole(path.join(folder(record.id), MODEL_INDEX_FILE), pack.index);
        await writeWhole(path.join(folder(record.id), REFERENCES_FILE), pack.references);
      }
      await writeWhole(path.join(folder(record.id), RECORD_FILE), merged);
    },
    async remove(id) {
      const known = (await readRecord(ImportRecord, path.join(folder(id), RECORD_FILE)))?.id === id;
      if (known) await rm(folder(id), { recursive: true });
      return known;
    },
    accepted: async () => new Set((await readAccepted()).map(({ id }) => id)),
    async accept(licences) {
      const earlier = await readAccepted();
      const added = licences.filter(({ id }) => !earlier.some((other) => other.id === id)).map(({ id, name }) => ({ id, name, acceptedAt: new Date().toISOString() }));
      if (added.length === 0) return;
      await mkdir(root, { recursive: true });
      await writeWhole(acceptedFile, { format: 1, licences: [...earlier, ...added] });
    },
  };
}
