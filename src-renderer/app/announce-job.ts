import type { Job } from '../../src-shared/contract/jobs.ts';
import { projectKeys, type Editor } from '../editor/editor.ts';
import { isAwaited } from '../editor/import-files.ts';
import { carriesRecipe, openRecipe } from '../editor/recipe-commands.ts';
import { showMotion } from '../editor/motion-commands.ts';
import { notify, notifyEach } from '../editor/notices.ts';
import { tellIfAway } from '../editor/system-notice.ts';
import { eventById } from '../editor/timeline-edits.ts';
import { t } from '../i18n/text.ts';

/** Tells about a job that has just ended. */
export function announceJob(editor: Editor, job: Job): void {
  const projectId = editor.project.id;
  if (job.state === 'completed') tellIfAway(t('job.takeReady', { title: job.title }));
  else if (job.state === 'discarded') tellIfAway(t('job.failedWith', { title: job.title, reason: job.error?.message ?? '' }));
  // Whoever brings a clip in to learn from, watches a motion being learned, or waits for an export, is told in that dialog.
  const dialog = editor.session.getState().dialog?.kind;
  const isToldThere = dialog === 'learn' ? job.kind === 'import' || job.kind === 'learn' : (dialog === 'export' || dialog === 'exportTimeline') && job.kind === 'export' && job.state === 'discarded';
  if (job.state === 'completed') {
    void editor.queryClient.invalidateQueries({ queryKey: projectKeys.takes(projectId) });
    void editor.queryClient.invalidateQueries({ queryKey: projectKeys.assets(projectId) });
    void editor.queryClient.invalidateQueries({ queryKey: [projectId, 'plan'] });
    const { resultAssetId } = job;
    if (job.kind === 'generate' || job.kind === 'scene') notify('success', t('job.takeReady', { title: job.title }), { label: t('job.openTake'), run: () => showResult(editor, job) });
    else if (job.kind === 'restyle' || job.kind === 'reimagine' || job.kind === 'upscale') notify('success', t('job.clipReady', { title: job.title }), resultAssetId === null ? null : { label: t('action.open'), run: () => editor.session.setState({ viewerSource: { kind: 'asset', assetId: resultAssetId }, playhead: 0, selectedIds: [resultAssetId] }) });
    else if (job.kind === 'verify') void tellVerdict(editor, job);
    // A stand-in is seen in the viewer that waited for it.
    else if (job.kind === 'proxy') return;
    else if (job.kind === 'import') {
      if (!isToldThere) void tellImport(editor, job);
    }
    else if (job.kind === 'learn') {
      void editor.queryClient.invalidateQueries({ queryKey: projectKeys.motions(projectId) });
      if (!isToldThere) notify('success', t('motions.ready', { name: job.title }), resultAssetId === null ? null : { label: t('motions.show'), run: () => showMotion(editor, resultAssetId) });
    } else notify('success', t('job.exported', { path: job.resultPath ?? job.title }), editor.info.capabilities.includes('revealInFolder') && job.resultPath !== null ? { label: t('action.reveal'), run: () => void editor.client.system.revealInFolder({ path: job.resultPath ?? '' }) } : null);
  } else if (job.state === 'discarded' && !isToldThere) {
    notify('error', t('job.failedWith', { title: job.title, reason: job.error?.message ?? '' }), { label: t('action.queueShow'), run: () => editor.session.setState({ queueOpen: true }) });
  }
}

function showResult(editor: Editor, job: Job): void {
  const event = eventById(editor.document.getState().records, job.promptEventId);
  if (event) editor.session.setState({ viewerSource: { kind: 'timeline' }, playhead: event.startFrame, selectedIds: [event.id], shuttle: 1 });
  else if (job.resultAssetId !== null) editor.session.setState({ viewerSource: { kind: 'asset', assetId: job.resultAssetId }, playhead: 0, shuttle: 1 });
}

/** An import, and the recipe that came with it. */
async function tellImport(editor: Editor, job: Job): Promise<void> {
  const { resultAssetId } = job;
  const isRecipe = resultAssetId !== null && (await carriesRecipe(editor, resultAssetId).catch(() => false));
  const many = (count: number) => t('job.importedMany', { count });
  if (resultAssetId === null) notifyEach('import', t('job.imported', { title: job.title }), many, null);
  else if (isRecipe && isAwaited(job.id)) return;
  else if (isRecipe) notify('success', t('recipe.carried', { name: job.title }), { label: t('recipe.open'), run: () => openRecipe(editor, { assetId: resultAssetId }, job.title) });
  else notifyEach('import', t('job.imported', { title: job.title }), many, { label: t('action.open'), run: () => editor.session.setState({ viewerSource: { kind: 'asset', assetId: resultAssetId }, playhead: 0, selectedIds: [resultAssetId] }) });
}

/** What came of running a recipe again, for whoever has left its dialog. */
async function tellVerdict(editor: Editor, job: Job): Promise<void> {
  const { resultAssetId } = job;
  if (resultAssetId === null || editor.session.getState().dialog?.kind === 'recipe') return;
  const { verdict } = await editor.client.recipes.verdict({ projectId: editor.project.id, assetId: resultAssetId }).catch(() => ({ verdict: null }));
  if (verdict !== null) notify(verdict.outcome === 'different' ? 'info' : 'success', t(`recipe.verified.${verdict.outcome}`, { name: job.title }), { label: t('recipe.open'), run: () => openRecipe(editor, { assetId: resultAssetId }, job.title) });
}
