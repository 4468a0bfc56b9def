import Check from '@mui/icons-material/Check';
import Box from '@mui/material/Box';
import type { JobPart } from '../../src-shared/contract/jobs.ts';
import { t } from '../i18n/text.ts';

/** Share of a part that is done, in [0, 1]. */
export const partShare = (part: JobPart): number => (part.state === 'done' || part.state === 'cached' ? 1 : part.total > 0 ? Math.min(1, part.step / part.total) : 0);

const isDone = (part: JobPart): boolean => part.state === 'done' || part.state === 'cached';

const stateOf = (part: JobPart): string => (isDone(part) ? t(part.state === 'cached' ? 'stage.cached' : 'stage.done') : part.state === 'running' ? t('stage.step', { step: part.step, total: part.total }) : t('stage.waiting'));

/** The parts of a job side by side, each with its own bar; finished ones carry a check mark. `dense` has room for the running one's name alone. */
export function StageStrip({ parts, dense = false }: { parts: readonly JobPart[]; dense?: boolean }) {
  const running = parts.find(({ state }) => state === 'running');
  return (
    <>
      <Box component="ol" aria-label={t('job.stages')} sx={{ display: 'flex', gap: dense ? 0.5 : 2, m: 0, p: 0, listStyle: 'none' }}>
        {parts.map((part) => {
          const name = t(`stage.${part.name}`);
          const words = `${name}: ${stateOf(part)}`;
          return (
            <Box key={part.name} component="li" aria-label={words} title={words} data-part={part.name} data-state={part.state} sx={{ flex: part.name === 'encode' ? 0.7 : 1, minWidth: 0 }}>
              {dense ? null : (
                <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.75, mb: 1, fontSize: 11, color: part.state === 'running' ? 'text.primary' : 'text.secondary', fontWeight: part.state === 'running' ? 600 : 450 }}>
                  <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{name}</Box>
                  {isDone(part) ? <Check sx={{ fontSize: 12, color: 'success.main' }} /> : null}
                  {part.state === 'running' && part.total > 0 ? <Box component="span" sx={{ ml: 'auto', fontVariantNumeric: 'tabular-nums', fontWeight: 450, color: 'text.secondary' }}>{part.step}/{part.total}</Box> : null}
                </Box>
              )}
              <Box sx={{ height: 3, borderRadius: 2, bgcolor: 'studio.raised', overflow: 'hidden' }}>
                <Box sx={{ height: 1, width: 1, transformOrigin: 'left', transform: `scaleX(${partShare(part)})`, bgcolor: isDone(part) ? 'success.main' : 'primary.main', transition: 'transform 240ms linear' }} />
              </Box>
            </Box>
          );
        })}
      </Box>
      {dense ? <Box aria-hidden sx={{ mt: 1, minHeight: 15, fontSize: 11, color: 'text.secondary', fontVariantNumeric: 'tabular-nums' }}>{running === undefined ? '' : t('queue.partNow', { stage: t(`stage.${running.name}`), state: stateOf(running) })}</Box> : null}
    </>
  );
}
