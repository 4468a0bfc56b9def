import Dialog from '@mui/material/Dialog';
import DialogTitle from '@mui/material/DialogTitle';
import { useState } from 'react';
import { useAsset } from '../../api/asset-queries.ts';
import { useJobs } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { useArrivingClip, type ClipArrival } from '../../api/use-arriving-clip.ts';
import type { LearnStart } from '../../editor/session-store.ts';
import { t } from '../../i18n/text.ts';
import { ClipChoice } from './ClipChoice.tsx';
import { ClipForm } from './ClipForm.tsx';
import { LearningView } from './LearningView.tsx';

/** From a clip to a motion: choose, trim and describe, watch it being learned. */
export function LearnDialog({ start }: { start: LearnStart }) {
  const { session, project, queryClient } = useEditor();
  const [chosenId, setChosenId] = useState(start !== null && 'assetId' in start ? start.assetId : null);
  const [arrival, setArrival] = useState<ClipArrival | null>(start !== null && 'file' in start ? { file: start.file } : null);
  const [jobId, setJobId] = useState(start !== null && 'jobId' in start ? start.jobId : null);
  const arriving = useArrivingClip(arrival);
  const jobs = useJobs();
  const assetId = chosenId ?? arriving.assetId;
  const asset = useAsset(assetId);
  const job = jobs.find(({ id }) => id === jobId) ?? null;
  const close = () => session.setState({ dialog: null });
  const title = t(job === null ? 'motions.learn.title' : job.state === 'completed' ? 'motions.learning.doneTitle' : 'motions.learning.title');

  return (
    <Dialog open onClose={close} fullWidth maxWidth={job === null && asset === null ? 'sm' : 'md'}>
      <DialogTitle>{title}</DialogTitle>
      {job !== null ? (
        <LearningView job={job} onClose={close} />
      ) : asset !== null ? (
        <ClipForm
          key={asset.id} asset={asset} onClose={close} onBack={() => { setChosenId(null); setArrival(null); }}
          onStarted={(id) => {
            setJobId(id);
            void queryClient.invalidateQueries({ queryKey: [project.id, 'jobs'] });
          }}
        />
      ) : (
        <ClipChoice arriving={arrival === null && assetId === null ? null : arriving} onAsset={setChosenId} onArrival={setArrival} onClose={close} />
      )}
    </Dialog>
  );
}
