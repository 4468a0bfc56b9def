import CasinoOutlined from '@mui/icons-material/CasinoOutlined';
import Close from '@mui/icons-material/Close';
import Pause from '@mui/icons-material/Pause';
import PlayArrow from '@mui/icons-material/PlayArrow';
import Replay from '@mui/icons-material/Replay';
import StopCircleOutlined from '@mui/icons-material/StopCircleOutlined';
import VerticalAlignTop from '@mui/icons-material/VerticalAlignTop';
import Visibility from '@mui/icons-material/Visibility';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import { useState, type ReactNode } from 'react';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { useAsset } from '../../api/asset-queries.ts';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { JobClock } from '../../components/JobClock.tsx';
import { StageStrip } from '../../components/StageStrip.tsx';
import { tilesOfPart } from '../../components/tile-words.ts';
import type { JobCommand } from '../../components/use-job-commands.ts';
import { UNFINISHED } from '../../editor/editor.ts';
import { freshSeed, generateEvent } from '../../editor/generate.ts';
import { openLearning } from '../../editor/motion-commands.ts';
import { eventById } from '../../editor/timeline-edits.ts';
import { formatAgo, formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { JobPicture } from './JobPicture.tsx';
import { JobLog } from './JobLog.tsx';
import { LearnCurve, LearnPicture } from './LearnRow.tsx';
import { SceneLog } from './SceneLog.tsx';

export interface JobRowProps {
  readonly job: Job;
  readonly isFirstWaiting: boolean;
  readonly pending: JobCommand | undefined;
  readonly onCommand: (command: JobCommand, jobId: string) => void;
  /** What it is moved by while it waits; left out where it has no place to move to. */
  readonly handle?: ReactNode;
  /** A line above the row: where a dragged job would land. */
  readonly isLanding?: boolean;
}

const STATE_COLOR = { available: 'text.secondary', running: 'primary.light', paused: 'warning.main', retryable: 'warning.main', completed: 'success.main', cancelled: 'text.secondary', discarded: 'error.main' } as const;

/** What memory made of the job's parts, a line for each. */
function TileLines({ job }: { job: Job }) {
  const lines = job.parts.flatMap((part) => tilesOfPart(part) ?? []);
  return lines.length === 0 ? null : <Box role="status" sx={{ mt: 1, fontSize: 11.5, color: 'text.secondary', userSelect: 'text' }}>{lines.map((line) => <div key={line}>{line}</div>)}</Box>;
}

/** One job: what it is, how far it is, and what can be done about it. */
export function JobRow({ job, isFirstWaiting, pending, onCommand, handle, isLanding = false }: JobRowProps) {
  const editor = useEditor();
  const event = useDocument((state) => eventById(state.records, job.promptEventId));
  const [nowMs] = useState(() => Date.now());
  const result = useAsset(job.resultAssetId);
  const isUnfinished = UNFINISHED.has(job.state);
  const send = (command: JobCommand) => onCommand(command, job.id);
  const isBusy = pending !== undefined;
  const [isLogOpen, setLogOpen] = useState(false);
  const log = job.kind === 'scene' ? 'sceneLog' : 'jobLog';

  return (
    <Box component="li" data-job={job.id} data-state={job.state} sx={{ position: 'relative', display: 'grid', gridTemplateColumns: handle ? '16px 72px 1fr' : '72px 1fr', columnGap: handle ? 1.5 : 2.5, py: 2.5, borderBottom: 1, borderColor: 'studio.line', ...(isLanding ? { '&::before': { content: '""', position: 'absolute', top: -2, left: 0, right: 0, height: 3, borderRadius: 1, bgcolor: 'primary.main' } } : {}) }}>
      {handle}
      {job.kind === 'learn' ? <LearnPicture job={job} /> : <JobPicture job={job} />}
      <Box sx={{ minWidth: 0 }}>
        <Box sx={{ display: 'flex', alignItems: 'flex-start', gap: 1 }}>
          <Box sx={{ minWidth: 0, flex: 1, fontSize: 12.5, fontWeight: 550, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }} title={job.title}>{job.title}</Box>
          <Box sx={{ display: 'flex', flex: 'none', mt: -0.75, mr: -1 }}>
            {job.state === 'running' ? <IconAction label={t('job.pause')} icon={<Pause />} disabled={isBusy} onClick={() => send('pause')} sx={{ p: 1 }} /> : null}
            {job.state === 'paused' ? <IconAction label={t('job.resume')} icon={<PlayArrow />} disabled={isBusy} onClick={() => send('resume')} sx={{ p: 1 }} /> : null}
            {job.state === 'available' && !isFirstWaiting ? <IconAction label={t('job.moveToFront')} icon={<VerticalAlignTop />} disabled={isBusy} onClick={() => send('moveToFront')} sx={{ p: 1 }} /> : null}
            {job.kind === 'generate' && job.preset !== undefined && job.preset !== 'draft' && (job.state === 'running' || job.state === 'paused') ? <IconAction label={t('job.keepDraft')} icon={<StopCircleOutlined />} disabled={isBusy} onClick={() => send('keepDraft')} sx={{ p: 1 }} /> : null}
            {isUnfinished ? <IconAction label={t('job.cancel')} icon={<Close />} disabled={isBusy} onClick={() => send('cancel')} sx={{ p: 1 }} /> : null}
            {job.state === 'cancelled' ? <IconAction label={t('job.retry')} icon={<Replay />} disabled={isBusy} onClick={() => send('retry')} sx={{ p: 1 }} /> : null}
            {event && job.kind === 'generate' && (isUnfinished || job.state === 'completed') ? <IconAction label={t(isUnfinished ? 'job.duplicate' : 'job.again')} icon={<CasinoOutlined />} disabled={editor.project.readOnly} onClick={() => void generateEvent(editor, { ...event, seed: freshSeed() }, { front: false, ...(job.preset === undefined ? {} : { preset: job.preset }) })} sx={{ p: 1 }} /> : null}
            {job.state === 'completed' && result ? <IconAction label={t('job.openTake')} icon={<Visibility />} onClick={() => editor.session.setState({ viewerSource: { kind: 'asset', assetId: result.id }, playhead: 0, shuttle: 0 })} sx={{ p: 1 }} /> : null}
            {job.kind === 'learn' && (isUnfinished || job.state === 'completed') ? <IconAction label={t('motions.open')} icon={<Visibility />} onClick={() => openLearning(editor, { jobId: job.id })} sx={{ p: 1 }} /> : null}
            {isUnfinished ? null : <IconAction label={t('job.dismiss')} icon={<Close />} disabled={isBusy} onClick={() => send('dismiss')} sx={{ p: 1 }} />}
          </Box>
        </Box>
        <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 1, minHeight: 20 }}>
          <Box sx={{ fontSize: 11, color: STATE_COLOR[job.state] }}>
            {t(pending === 'cancel' ? 'job.cancelling' : `job.state.${job.state}`)}
            {job.attempt > 1 && isUnfinished ? <Box component="span" sx={{ color: 'text.secondary' }}> · {t('job.attempt', { attempt: job.attempt })}</Box> : null}
            {job.finishedAt !== null && !isUnfinished ? <Box component="span" sx={{ color: 'text.secondary' }}> · {formatAgo(job.finishedAt, nowMs)} · {formatDuration(job.elapsedMs)}</Box> : null}
          </Box>
          {job.state === 'available' ? null : <ButtonBase aria-expanded={isLogOpen} onClick={() => setLogOpen(!isLogOpen)} sx={{ flex: 'none', px: 1, mr: -1, height: 20, borderRadius: 1, fontSize: 11, color: 'text.secondary', '&:hover': { color: 'text.primary', bgcolor: 'studio.raised' } }}>{t(`${log}.${isLogOpen ? 'hide' : 'show'}`)}</ButtonBase>}
        </Box>
        {job.state === 'running' || job.state === 'paused' ? (
          <Box sx={{ mt: 1 }}>
            <StageStrip parts={job.parts} dense />
            {job.kind === 'learn' ? <LearnCurve job={job} /> : null}
            <Box sx={{ display: 'flex', justifyContent: 'space-between', mt: 1 }}><JobClock job={job} /></Box>
          </Box>
        ) : null}
        {isUnfinished || job.kind === 'scene' ? <TileLines job={job} /> : null}
        {job.error && (job.state === 'discarded' || job.state === 'retryable') ? <Box role="alert" sx={{ mt: 1, fontSize: 11.5, color: 'text.primary', overflowWrap: 'anywhere', userSelect: 'text' }}>{job.error.message}</Box> : null}
        {job.state === 'paused' && job.error ? <Box role="alert" sx={{ mt: 1, fontSize: 11.5, overflowWrap: 'anywhere', userSelect: 'text' }}>{job.error.message}</Box> : null}
        {job.state === 'discarded' ? <Button size="small" variant="outlined" color="inherit" startIcon={<Replay sx={{ fontSize: '14px !important' }} />} disabled={isBusy} onClick={() => send('retry')} sx={{ mt: 1, borderColor: 'divider' }}>{t('job.retry')}</Button> : null}
        {!isLogOpen || job.state === 'available' ? null : job.kind === 'scene' ? <SceneLog job={job} /> : <JobLog job={job} />}
        {job.resultPath !== null && job.state === 'completed' ? <Box sx={{ mt: 0.5, fontSize: 11, color: 'text.secondary', overflowWrap: 'anywhere', userSelect: 'text' }}>{job.resultPath}</Box> : null}
      </Box>
    </Box>
  );
}
