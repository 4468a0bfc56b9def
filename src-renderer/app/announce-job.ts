import type { Job } from '../../src-shared/contract/jobs.ts';
import { projectKeys, type Editor } from '../editor/editor.ts';
import { showMotion } from '../editor/motion-commands.ts';
import { notify } from '../editor/notices.ts';
import { tellIfAway } from '../editor/system-notice.ts';
import { eventById } from '../editor/timeline-edits.ts';
import { t } from '../i18n/text.ts';

/** Tells about a job that has just ended. */
export function announceJob(editor: Editor, job: Job): void {
  const projectId = editor.project.id;
  if (job.state === 'completed') tellIfAway(t('job.takeReady', { title: job.title }));
  else if (job.state === 'discarded') tellIfAway(t('job.failedWith', { title: job.title, reason: job.error?.message ?? '' }));
  // Whoever brings a clip in to learn from, or watches a motion being learned, is told in that dialog.
  const isToldThere = editor.session.getState().dialog?.kind === 'learn' && (job.kind === 'import' || job.kind === 'learn');
  if (job.state === 'completed') {
    void editor.queryClient.invalidateQueries({ queryKey: projectKeys.takes(projectId) });
    void editor.queryClient.invalidateQueries({ queryKey: projectKeys.assets(projectId) });
    void editor.queryClient.invalidateQueries({ queryKey: [projectId, 'plan'] });
    const { resultAssetId } = job;
    if (job.kind === 'generate' || job.kind === 'scene') notify('success', t('job.takeReady', { title: job.title }), { label: t('job.openTake'), run: () => showResult(editor, job) });
    else if (job.kind === 'restyle' || job.kind === 'reimagine' || job.kind === 'upscale') notify('success', t('job.clipReady', { title: job.title }), resultAssetId === null ? null : { label: t('action.open'), run: () => editor.session.setState({ viewerSource: { kind: 'asset', assetId: resultAssetId }, playhead: 0, selectedIds: [resultAssetId] }) });
    // A stand-in is seen in the viewer that waited for it.
    else if (job.kind === 'proxy') return;
    else if (job.kind === 'import') {
      if (!isToldThere) notify('success', t('job.imported', { title: job.title }), resultAssetId === null ? null : { label: t('action.open'), run: () => editor.session.setState({ viewerSource: { kind: 'asset', assetId: resultAssetId }, playhead: 0, selectedIds: [resultAssetId] }) });
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
