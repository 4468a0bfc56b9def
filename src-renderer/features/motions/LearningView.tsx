import CheckCircleOutlined from '@mui/icons-material/CheckCircleOutlined';
import Pause from '@mui/icons-material/Pause';
import PlayArrow from '@mui/icons-material/PlayArrow';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { previewUrl } from '../../api/media-address.ts';
import { useMotions } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { useLearning } from '../../api/use-learning.ts';
import { FrameLoop } from '../../components/FrameLoop.tsx';
import { JobClock } from '../../components/JobClock.tsx';
import { LossCurve, LossLegend } from '../../components/LossCurve.tsx';
import { PartClock } from '../../components/PartClock.tsx';
import { StageStrip } from '../../components/StageStrip.tsx';
import { useJobCommands } from '../../components/use-job-commands.ts';
import { currentEvent, UNFINISHED } from '../../editor/editor.ts';
import { putMotionOn, showMotion } from '../../editor/motion-commands.ts';
import { t } from '../../i18n/text.ts';

/** A motion while it is learned: the curve, the newest sample, the time left; and once it is there, what to do with it. */
export function LearningView({ job, onClose }: { job: Job; onClose: () => void }) {
  const editor = useEditor();
  const { info, project } = editor;
  const progress = useLearning(job.id);
  const { motions } = useMotions();
  const { pending, run } = useJobCommands(editor);
  const motion = motions.find(({ id }) => id === job.resultAssetId) ?? null;
  const points = progress?.points ?? [];
  const bestStep = progress?.bestStep ?? null;
  const steps = progress?.steps ?? job.parts.find(({ name }) => name === 'learn')?.total ?? 1;
  const isUnfinished = UNFINISHED.has(job.state);
  const isLeaving = pending.get(job.id) === 'cancel';
  const event = currentEvent(editor);
  const loopUrl = motion?.loopUrl ?? (job.previewVersion > 0 ? previewUrl(info.mediaBase, project.id, job.id, job.previewVersion) : null);
  const pictureWords =
    motion !== null ? t('motions.learning.source')
    : loopUrl === null ? t('motions.learning.noSample')
    : progress?.sampleStep === null || progress === null ? t('motions.learning.sampleNow')
    : t('motions.learning.sample', { step: progress.sampleStep });

  return (
    <>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 4 }}>
        <Box sx={{ fontSize: 13, fontWeight: 550, overflowWrap: 'anywhere' }}>{t('motions.learning.words', { name: job.title })}</Box>
        <Box sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr', sm: '296px minmax(0, 1fr)' }, gap: 5, alignItems: 'start' }}>
          <Box>
            <Box sx={{ aspectRatio: '1.6', borderRadius: 1.5, overflow: 'hidden', bgcolor: 'studio.stage', display: 'grid', placeItems: 'center' }}>
              {loopUrl === null ? <Box sx={{ px: 6, fontSize: 12, color: 'grey.500', textAlign: 'center', textWrap: 'balance' }}>{t('motions.learning.samplesLater')}</Box> : <FrameLoop url={loopUrl} label={pictureWords} isPlaying />}
            </Box>
            <Box data-testid="sample-caption" sx={{ mt: 1, fontSize: 11, color: 'text.secondary' }}>{pictureWords}</Box>
          </Box>
          <Box sx={{ minWidth: 0 }}>
            <LossCurve points={points} steps={steps} bestStep={bestStep} />
            <LossLegend points={points} bestStep={bestStep} />
          </Box>
        </Box>
        {job.state === 'completed' && motion?.bestStep === 0 ? (
          <Alert severity="warning" variant="outlined">{t('motions.learning.nothing', { name: motion.name })}</Alert>
        ) : job.state === 'completed' ? (
          <Alert severity="success" variant="outlined" icon={<CheckCircleOutlined fontSize="inherit" />}>{t('motions.learning.done', { name: motion?.name ?? job.title, step: motion?.bestStep ?? bestStep ?? steps })}</Alert>
        ) : job.state === 'discarded' || job.state === 'retryable' ? (
          <Alert severity="error" variant="outlined">{job.error?.message ?? t('motions.learning.failed')}</Alert>
        ) : job.state === 'cancelled' ? (
          <Alert severity="info" variant="outlined">{t('motions.learning.cancelled')}</Alert>
        ) : (
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 5 }}>
            <Box sx={{ flex: 1, minWidth: 0 }}><StageStrip parts={job.parts} /><PartClock job={job} /></Box>
            <Box sx={{ flex: 'none', textAlign: 'right', minWidth: 104 }}><JobClock job={job} /></Box>
          </Box>
        )}
      </DialogContent>
      <DialogActions>
        {isUnfinished ? (
          <>
            <Button color="error" disabled={isLeaving} onClick={() => run('cancel', job.id)} sx={{ mr: 'auto' }}>{t(isLeaving ? 'job.cancelling' : 'motions.learning.cancel')}</Button>
            {job.state === 'paused' ? (
              <Button color="inherit" startIcon={<PlayArrow />} disabled={pending.has(job.id)} onClick={() => run('resume', job.id)}>{t('job.resume')}</Button>
            ) : (
              <Button color="inherit" startIcon={<Pause />} disabled={job.state !== 'running' || pending.has(job.id)} onClick={() => run('pause', job.id)}>{t('job.pause')}</Button>
            )}
            <Button variant="contained" onClick={onClose}>{t('motions.learning.background')}</Button>
          </>
        ) : (
          <>
            {job.state === 'completed' ? null : <Button color="inherit" disabled={pending.has(job.id)} onClick={() => run('retry', job.id)} sx={{ mr: 'auto' }}>{t('job.retry')}</Button>}
            {motion ? <Button color="inherit" onClick={() => { onClose(); showMotion(editor, motion.id); }}>{t('motions.showInLibrary')}</Button> : null}
            {motion && event && !project.readOnly ? (
              <>
                <Button color="inherit" onClick={onClose}>{t('action.close')}</Button>
                <Button variant="contained" onClick={() => { onClose(); putMotionOn(editor, event.id, motion.id); }}>{t('motions.useOnEvent')}</Button>
              </>
            ) : <Button variant="contained" onClick={onClose}>{t('action.close')}</Button>}
          </>
        )}
      </DialogActions>
    </>
  );
}
