import DragIndicator from '@mui/icons-material/DragIndicator';
import ButtonBase from '@mui/material/ButtonBase';
import type { KeyboardEvent, PointerEvent } from 'react';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { t } from '../../i18n/text.ts';

export interface ReorderHandleProps {
  readonly job: Job;
  readonly onKey: (direction: -1 | 1) => void;
  readonly onDown: (down: PointerEvent<HTMLElement>) => void;
}

/** What a waiting job is held by: dragged with the pointer, or moved with Up and Down. */
export function ReorderHandle({ job, onKey, onDown }: ReorderHandleProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    event.stopPropagation();
    onKey(event.key === 'ArrowUp' ? -1 : 1);
  };
  return (
    <ButtonBase data-handle aria-label={t('queue.reorder', { title: job.title })} aria-keyshortcuts="ArrowUp ArrowDown" title={t('queue.reorderHelp')} onKeyDown={onKeyDown} onPointerDown={onDown} sx={{ alignSelf: 'stretch', borderRadius: 1, color: 'text.secondary', cursor: 'grab', touchAction: 'none', '&:hover': { bgcolor: 'studio.raised' }, '& svg': { fontSize: 16 } }}>
      <DragIndicator />
    </ButtonBase>
  );
}
