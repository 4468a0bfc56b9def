import Close from '@mui/icons-material/Close';
import PlaylistPlay from '@mui/icons-material/PlaylistPlay';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { useJobs } from '../../api/queries.ts';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import { useKeyOf } from '../../components/ActionKeys.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { useJobCommands } from '../../components/use-job-commands.ts';
import { UNFINISHED } from '../../editor/editor.ts';
import { t } from '../../i18n/text.ts';
import { QueueSummary } from './QueueSummary.tsx';
import { JobRow } from './JobRow.tsx';
import { ReorderHandle } from './ReorderHandle.tsx';
import { useReorder } from './use-reorder.ts';

const SHOWN_FINISHED = 5;
const MIN_WIDTH = 328;

/** Work in the order it happens: what runs, what waits, what failed, and the last things done. */
export function QueueDrawer() {
  const editor = useEditor();
  const isOpen = useSession((state) => state.queueOpen);
  // Over the inspector and nothing else: the picture and the timeline stay in view.
  const inspectorWidth = useSession((state) => state.rightWidth);
  const jobs = useJobs();
  const commands = useJobCommands(editor);
  const queueKey = useKeyOf('queue');
  const unfinished = jobs.filter((job) => UNFINISHED.has(job.state));
  const waiting = unfinished.filter((job) => job.state !== 'running');
  const reorder = useReorder(waiting);
  if (!isOpen) return null;

  const failed = jobs.filter((job) => job.state === 'discarded');
  const ended = jobs.filter((job) => job.state === 'completed' || job.state === 'cancelled');
  const finished = ended.toSorted((a, b) => (b.finishedAt ?? '').localeCompare(a.finishedAt ?? '')).slice(0, SHOWN_FINISHED);
  const group = (title: string, rows: readonly Job[], end: ReactNode = null) =>
    rows.length === 0 ? null : (
      <Box component="section" aria-label={title} sx={{ px: 3, pt: 2.5 }}>
        <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', minHeight: 26 }}>
          <Typography variant="overline" component="h3" sx={{ color: 'text.secondary' }}>{title}</Typography>
          {end}
        </Box>
        <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
          {rows.map((job) => (
            <JobRow
              key={job.id} job={job} isFirstWaiting={job === waiting[0]} pending={commands.pending.get(job.id)} onCommand={commands.run} isLanding={reorder.landing?.before === job.id && reorder.landing.jobId !== job.id}
              handle={waiting.length > 1 && waiting.includes(job) && !editor.project.readOnly ? <ReorderHandle job={job} onKey={(direction) => reorder.step(job, direction)} onDown={(down) => reorder.begin(job, down)} /> : undefined}
            />
          ))}
          {rows === unfinished && reorder.landing?.before === null ? <Box component="li" aria-hidden sx={{ height: 3, mt: -0.5, borderRadius: 1, bgcolor: 'primary.main' }} /> : null}
        </Box>
      </Box>
    );

  return (
    <Box component="aside" aria-label={t('region.queue')} data-pane="queue" tabIndex={-1} sx={{ position: 'fixed', top: 46, right: 0, bottom: 0, width: Math.max(MIN_WIDTH, inspectorWidth), maxWidth: '100vw', display: 'flex', flexDirection: 'column', bgcolor: 'studio.panel', borderLeft: 1, borderColor: 'studio.line', boxShadow: '-12px 0 28px rgb(0 0 0 / 0.28)', clipPath: 'inset(0 0 0 -40px)', zIndex: 'drawer' }}>
      <Box sx={{ flex: 'none', height: 44, display: 'flex', alignItems: 'center', justifyContent: 'space-between', px: 3, borderBottom: 1, borderColor: 'studio.line' }}>
        <Typography variant="h2">{t('region.queue')}</Typography>
        <IconAction label={t('queue.close')} icon={<Close />} shortcut={queueKey} onClick={() => editor.session.setState({ queueOpen: false })} />
      </Box>
      <QueueSummary jobs={jobs} onCommand={commands.run} />
      <Box sx={{ flex: 1, minHeight: 0, overflowY: 'auto', pb: 4 }}>
        {jobs.length === 0 ? <EmptyState icon={<PlaylistPlay />} title={t('queue.empty')} body={t('queue.emptyHelp')} /> : null}
        {group(t('queue.now'), unfinished)}
        {group(t('queue.failed'), failed)}
        {/* Failed ones stay until someone dismisses them. */}
        {group(t('queue.finished'), finished, <Button color="inherit" onClick={() => ended.forEach(({ id }) => commands.run('dismiss', id))} sx={{ minHeight: 24, px: 1.5, mr: -1, fontSize: 11.5, color: 'text.secondary' }}>{t('queue.clearFinished')}</Button>)}
      </Box>
    </Box>
  );
}
