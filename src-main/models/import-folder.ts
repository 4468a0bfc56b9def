import type { FolderReport } from '../../src-shared/contract/models.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { composePack, groupParts, type PartGroup } from './compose-pack.ts';
import { findParts, type InspectNetwork, type OnLook } from './find-parts.ts';
import type { ImportedPacks, ImportRecord } from './imported-packs.ts';
import { licencesOf } from './licences.ts';

interface Looked {
  readonly report: FolderReport;
  readonly records: readonly ImportRecord[];
}

/** What a pack lacks once these parts have joined those that were imported before. */
function missingAfter(group: PartGroup, earlier: readonly ImportRecord[]): string[] {
  const kept = earlier.find(({ id }) => id === group.id)?.parts.filter(({ role }) => !group.parts.some((part) => part.role === role)) ?? [];
  return [...composePack({ ...group, parts: [...kept, ...group.parts] }).missing];
}

async function look(folder: string, packs: ImportedPacks, inspect: InspectNetwork, onLook?: OnLook): Promise<Looked> {
  const parts = await findParts(folder, inspect, onLook);
  const usable = parts.filter(({ problem }) => problem === null);
  const earlier = await packs.records();
  const groups = groupParts(usable, earlier);
  const used = [...new Set(groups.flatMap((group) => group.parts))];
  return {
    report: {
      folder,
      parts: parts.map(({ role, path, sizeBytes, tensors, parameters, format, problem }) => ({ role, path, sizeBytes, tensors, parameters, format, problem })),
      packs: groups.map((group) => ({ id: group.id, name: group.name, missing: missingAfter(group, earlier) })),
      licences: await licencesOf(used, await packs.accepted()),
    },
    records: groups.map(({ id, name, parts: places }) => ({
      format: 2, id, name,
      parts: places.map(({ role, path, sampleSize, files, text, autoencoder, tokenizer }) => ({
        role, path, sampleSize, files: [...files],
        text: text && { ...text, files: [...text.files] }, autoencoder: autoencoder && { ...autoencoder, files: [...autoencoder.files] }, tokenizer: tokenizer && { ...tokenizer, files: [...tokenizer.files] },
      })),
    })),
  };
}

/** What a folder holds; changes nothing. */
export async function inspectFolder(folder: string, packs: ImportedPacks, inspect: InspectNetwork, onLook?: OnLook): Promise<FolderReport> {
  return (await look(folder, packs, inspect, onLook)).report;
}

/** Remembers where the parts in a folder lie, once their licences are accepted. Returns the ids of the packs they belong to. */
export async function importFolder(folder: string, acceptedLicences: readonly string[], packs: ImportedPacks, inspect: InspectNetwork): Promise<string[]> {
  const { report, records } = await look(folder, packs, inspect);
  if (records.length === 0) {
    const [first] = report.parts;
    if (first?.problem) throw new StudioError('MODEL_INCOMPATIBLE', first.problem, { details: { path: first.path } });
    throw new StudioError('MODEL_MISSING', `${folder} holds no model of the Show-1 or text-to-video family: no unet, text_encoder, vae or single network with its config.json in it or two levels below. Choose a folder as the hub lays it out.`, { details: { path: folder } });
  }
  const open = report.licences.filter(({ id, accepted }) => !accepted && !acceptedLicences.includes(id));
  if (open.length > 0) {
    throw new StudioError('LICENCE_NOT_ACCEPTED', `Read and accept first: ${open.map(({ name }) => name).join('; ')}.`, { details: { licences: open.map(({ id }) => id) } });
  }
  await packs.accept(report.licences);
  for (const record of records) await packs.put(record);
  return records.map(({ id }) => id);
}
