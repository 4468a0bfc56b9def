import { useEffect, useRef, useState, type PointerEvent } from 'react';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { usePointerDrag } from '../../components/use-pointer-drag.ts';
import { projectKeys } from '../../editor/editor.ts';
import { notifyError } from '../../editor/notices.ts';
import { placeBefore } from './place-before.ts';

/** Where a dragged job would land: right before this job; null: behind all that wait. */
export interface Landing {
  readonly jobId: string;
  readonly before: string | null;
}

const THRESHOLD_PIXELS = 4;

const rowOf = (jobId: string): HTMLElement | null => document.querySelector(`[data-pane="queue"] [data-job="${CSS.escape(jobId)}"]`);

/** Puts waiting jobs in another order, by drag or by key. `landing` is where a line is drawn while one drags. */
export function useReorder(waiting: readonly Job[]): { landing: Landing | null; begin(job: Job, down: PointerEvent<HTMLElement>): void; step(job: Job, direction: -1 | 1): void } {
  const { client, project, queryClient } = useEditor();
  const beginDrag = usePointerDrag();
  const [landing, setLanding] = useState<Landing | null>(null);
  const aim = useRef<Landing | null>(null);
  const focusNext = useRef<string | null>(null);

  // A row that moves in the page loses the focus on the way.
  useEffect(() => {
    if (focusNext.current === null) return;
    rowOf(focusNext.current)?.querySelector<HTMLElement>('[data-handle]')?.focus();
    focusNext.current = null;
  }, [waiting]);

  const move = async (jobId: string, before: string | null) => {
    try {
      await client.jobs.move({ projectId: project.id, jobId, before });
    } catch (caught) {
      notifyError(caught);
    }
    focusNext.current = jobId;
    await queryClient.invalidateQueries({ queryKey: projectKeys.jobs(project.id) });
  };

  return {
    landing,
    begin: (job, down) => {
      beginDrag(down, {
        threshold: THRESHOLD_PIXELS,
        onMove: (pointer) => {
          const middles = waiting.map(({ id }) => {
            const box = rowOf(id)?.getBoundingClientRect();
            return { id, middle: box ? box.top + box.height / 2 : Infinity };
          });
          aim.current = { jobId: job.id, before: middles.find(({ middle }) => pointer.clientY < middle)?.id ?? null };
          setLanding(aim.current);
        },
        onDrop: (_, moved) => {
          const to = aim.current;
          if (moved && to !== null && to.before !== job.id && to.before !== placeBefore(waiting, job.id, 0)) void move(job.id, to.before);
        },
        onEnd: () => {
          aim.current = null;
          setLanding(null);
        },
      });
    },
    step: (job, direction) => {
      const before = placeBefore(waiting, job.id, direction);
      if (before !== undefined) void move(job.id, before);
    },
  };
}
