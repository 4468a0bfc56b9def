import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import type { SceneLogEntry } from '../../../src-shared/contract/scenes.ts';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { projectKeys } from '../../editor/editor.ts';
import { eventsInOrder } from '../../editor/timeline-edits.ts';
import { formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

/** `event 3`, `seam 2–3`: where a part lies, told by the events' places on the timeline. */
function placeName(nodeId: string, order: ReadonlyMap<string, number>): string {
  const numbers = (nodeId.match(/promptEvent:[0-9a-f-]{36}/g) ?? []).map((id) => order.get(id) ?? '?');
  return numbers.length === 2 ? t('sceneLog.seam', { before: numbers[0] ?? '?', after: numbers[1] ?? '?' }) : t('sceneLog.event', { number: numbers[0] ?? '?' });
}

/** Which parts of a scene a job made and which it found. */
export function SceneLog({ job }: { job: Job }) {
  const { client, project } = useEditor();
  const records = useDocument((state) => state.records);
  const { data } = useQuery({
    queryKey: [...projectKeys.jobs(project.id), 'log', job.id, job.state, Math.floor(job.elapsedMs / 2000)],
    queryFn: async () => (await client.scenes.log({ projectId: project.id, jobId: job.id })).entries,
    placeholderData: (previous) => previous,
  });
  const entries: readonly SceneLogEntry[] = data ?? [];
  const order = new Map(eventsInOrder(records).map(({ id }, index) => [id as string, index + 1]));
  const made = entries.filter(({ state }) => state === 'done').length;
  return (
    <Box sx={{ mt: 1 }}>
      <Box data-testid="scene-log-sum" sx={{ fontSize: 11, color: 'text.secondary' }}>{t('sceneLog.sum', { made, found: entries.length - made })}</Box>
      <Box component="ol" aria-label={t('sceneLog.list')} sx={{ m: 0, mt: 0.5, p: 0, listStyle: 'none', maxHeight: 160, overflowY: 'auto', fontSize: 11, fontVariantNumeric: 'tabular-nums' }}>
        {entries.map(({ nodeId, stage, state, wallMs }) => (
          <Box key={nodeId} component="li" data-node-state={state} sx={{ display: 'flex', justifyContent: 'space-between', gap: 2, color: state === 'done' ? 'text.primary' : 'text.secondary' }}>
            <span>{t(`stage.${stage}`)}, {placeName(nodeId, order)}</span>
            <span>{state === 'done' ? t('sceneLog.madeIn', { time: formatDuration(wallMs ?? 0) }) : t('sceneLog.found')}</span>
          </Box>
        ))}
      </Box>
    </Box>
  );
}
