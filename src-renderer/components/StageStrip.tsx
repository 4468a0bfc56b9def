import Check from '@mui/icons-material/Check';
import Box from '@mui/material/Box';
import type { JobPart } from '../../src-shared/contract/jobs.ts';
import { t } from '../i18n/text.ts';

/** Share of a part that is done, in [0, 1]. */
export const partShare = (part: JobPart): number => (part.state === 'done' || part.state === 'cached' ? 1 : part.total > 0 ? Math.min(1, part.step / part.total) : 0);

/** The parts of a job side by side, each with its own bar; finished ones carry a check mark. */
export function StageStrip({ parts, dense = false }: { parts: readonly JobPart[]; dense?: boolean }) {
  return (
    <Box component="ol" aria-label={t('job.stages')} sx={{ display: 'flex', gap: dense ? 1 : 2, m: 0, p: 0, listStyle: 'none' }}>
      {parts.map((part) => {
        const isDone = part.state === 'done' || part.state === 'cached';
        const name = t(`stage.${part.name}`);
        const state = isDone ? t(part.state === 'cached' ? 'stage.cached' : 'stage.done') : part.state === 'running' ? t('stage.step', { step: part.step, total: part.total }) : t('stage.waiting');
        return (
          <Box key={part.name} component="li" aria-label={`${name}: ${state}`} title={`${name}: ${state}`} data-part={part.name} data-state={part.state} sx={{ flex: part.name === 'encode' ? 0.7 : 1, minWidth: 0 }}>
            <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.75, mb: 1, fontSize: dense ? 10 : 11, color: part.state === 'running' ? 'text.primary' : 'text.secondary', fontWeight: part.state === 'running' ? 600 : 450 }}>
              <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{dense ? t(`stage.short.${part.name}`) : name}</Box>
              {isDone ? <Check sx={{ fontSize: 12, color: 'success.main' }} /> : null}
              {part.state === 'running' && !dense && part.total > 0 ? <Box component="span" sx={{ ml: 'auto', fontVariantNumeric: 'tabular-nums', fontWeight: 450, color: 'text.secondary' }}>{part.step}/{part.total}</Box> : null}
            </Box>
            <Box sx={{ height: 3, borderRadius: 2, bgcolor: 'studio.raised', overflow: 'hidden' }}>
              <Box sx={{ height: 1, width: 1, transformOrigin: 'left', transform: `scaleX(${partShare(part)})`, bgcolor: isDone ? 'success.main' : 'primary.main', transition: 'transform 240ms linear' }} />
            </Box>
          </Box>
        );
      })}
    </Box>
  );
}
