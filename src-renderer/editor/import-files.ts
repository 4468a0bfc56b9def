import type { Asset } from '../../src-shared/contract/assets.ts';
import type { Job } from '../../src-shared/contract/jobs.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { uploadFile } from '../api/upload.ts';
import { projectKeys, UNFINISHED, type Editor } from './editor.ts';
import { notifyError } from './notices.ts';
import { carriesRecipe, isRecipeFile, openRecipe, openRecipeFile } from './recipe-commands.ts';

/** Resolves with a job once it has ended. The event stream brings its rows; a row that was there already counts. */
function jobEnded(editor: Editor, jobId: string): Promise<Job> {
  const find = () => editor.jobs().find(({ id, state }) => id === jobId && !UNFINISHED.has(state));
  return new Promise((resolve) => {
    const found = find();
    if (found !== undefined) {
      resolve(found);
      return;
    }
    const stop = editor.queryClient.getQueryCache().subscribe(() => {
      const job = find();
      if (job === undefined) return;
      stop();
      resolve(job);
    });
  });
}

/** Brings a file into the library and resolves with what it became. */
export async function importFile(editor: Editor, file: File): Promise<Asset> {
  const { jobId } = await uploadFile({ mediaBase: editor.info.mediaBase, projectId: editor.project.id, file });
  const job = await jobEnded(editor, jobId);
  if (job.resultAssetId === null) throw new StudioError('MEDIA_UNREADABLE', job.error?.message ?? file.name);
  const asset = await editor.client.assets.get({ projectId: editor.project.id, assetId: job.resultAssetId });
  await editor.queryClient.invalidateQueries({ queryKey: projectKeys.assets(editor.project.id) });
  return asset;
}

/** Imports whose recipe is shown as soon as they are in. */
const awaited = new Set<string>();

/** Whether somebody waits for an import to show its recipe: then no notice needs to offer it. */
export const isAwaited = (jobId: string): boolean => awaited.has(jobId);

/**
 * Takes in what was dropped beside every lane: recipe files are shown, media go into the library. A single file that carries a recipe
 * shows it; several only say so.
 */
export async function takeDroppedIn(editor: Editor, files: readonly File[]): Promise<void> {
  const [file, more] = files;
  for (const recipe of files.filter(isRecipeFile)) await openRecipeFile(editor, recipe);
  if (file === undefined || more !== undefined || isRecipeFile(file)) {
    await importFiles(editor, files.filter((each) => !isRecipeFile(each)));
    return;
  }
  const job = await uploadFile({ mediaBase: editor.info.mediaBase, projectId: editor.project.id, file }).then(({ jobId }) => {
    awaited.add(jobId);
    return jobEnded(editor, jobId);
  }, notifyError);
  const assetId = job?.resultAssetId ?? null;
  // Whoever has opened something meanwhile is not interrupted.
  if (assetId !== null && (await carriesRecipe(editor, assetId).catch(() => false)) && editor.session.getState().dialog === null) openRecipe(editor, { assetId }, file.name);
}

/** Brings files into the library, one after the other; the queue shows them and tells of those that fail. */
export async function importFiles(editor: Editor, files: readonly File[]): Promise<void> {
  for (const file of files) await uploadFile({ mediaBase: editor.info.mediaBase, projectId: editor.project.id, file }).catch(notifyError);
}
