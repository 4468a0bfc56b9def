import Box from '@mui/material/Box';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { previewUrl, thumbnailUrl } from '../../api/media-address.ts';
import { useAsset } from '../../api/asset-queries.ts';
import { useTakes } from '../../api/queries.ts';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { FrameLoop } from '../../components/FrameLoop.tsx';
import { Poster } from '../../components/Poster.tsx';
import { UNFINISHED } from '../../editor/editor.ts';
import { activeTake } from '../../../src-shared/takes/take-of-event.ts';
import { eventById } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';

/** What a job makes: its result, else the frames it works on now, else what its event shows so far. */
export function JobPicture({ job }: { job: Job }) {
  const { info, project } = useEditor();
  const takes = useTakes();
  const made = useAsset(job.resultAssetId);
  const event = useDocument((state) => eventById(state.records, job.promptEventId));
  if (job.previewVersion > 0 && UNFINISHED.has(job.state)) {
    return <Box sx={{ alignSelf: 'start', aspectRatio: '16 / 10', borderRadius: 1, overflow: 'hidden' }}><FrameLoop url={previewUrl(info.mediaBase, project.id, job.id, job.previewVersion)} label={t('viewer.preview')} isPlaying={job.state === 'running'} /></Box>;
  }
  const result = made ?? (event ? activeTake(takes, event)?.asset : undefined) ?? null;
  return <Poster src={result ? thumbnailUrl(info.mediaBase, project.id, result) : null} />;
}
