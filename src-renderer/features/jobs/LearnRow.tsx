import Box from '@mui/material/Box';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { previewUrl } from '../../api/media-address.ts';
import { useMotions } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { useLearning } from '../../api/use-learning.ts';
import { FrameLoop } from '../../components/FrameLoop.tsx';
import { LossCurve, LossLegend } from '../../components/LossCurve.tsx';
import { MotionPicture } from '../../components/MotionPicture.tsx';
import { PartClock } from '../../components/PartClock.tsx';
import { Poster } from '../../components/Poster.tsx';
import { UNFINISHED } from '../../editor/editor.ts';
import { t } from '../../i18n/text.ts';

/** What a learning shows in its row: the newest sample while it works, the motion once it is there. */
export function LearnPicture({ job }: { job: Job }) {
  const { info, project } = useEditor();
  const motion = useMotions().motions.find(({ id }) => id === job.resultAssetId) ?? null;
  if (motion) return <Box><MotionPicture motion={motion} isPlaying={false} /></Box>;
  if (job.previewVersion === 0 || !UNFINISHED.has(job.state)) return <Poster src={null} />;
  return <Box sx={{ alignSelf: 'start', aspectRatio: '16 / 10', borderRadius: 1, overflow: 'hidden' }}><FrameLoop url={previewUrl(info.mediaBase, project.id, job.id, job.previewVersion)} label={t('motions.learning.sampleNow')} isPlaying={job.state === 'running'} /></Box>;
}

/** The loss so far, small. */
export function LearnCurve({ job }: { job: Job }) {
  const progress = useLearning(job.id);
  if (progress === null || progress.points.length < 2) return null;
  return (
    <>
      <Box sx={{ mt: 1.5, pt: 1, borderRadius: 1, bgcolor: 'studio.well', px: 1, pb: 1 }}>
        <LossCurve points={progress.points} steps={progress.steps} bestStep={progress.bestStep} dense />
        <LossLegend points={progress.points} bestStep={progress.bestStep} />
      </Box>
      <PartClock job={job} />
    </>
  );
}
