import { z } from 'zod';
import { method } from '../rpc/contract-types.ts';
import { TimelineDiff } from '../timeline/diff.ts';
import { TimelineDocument } from '../timeline/document.ts';
import { ProjectId } from './projects.ts';

const Revised = z.object({
  document: TimelineDocument,
  /** Labels of the next undo and redo, null when there is none. */
  undoLabel: z.string().nullable(),
  redoLabel: z.string().nullable(),
});

export const timelineContract = {
  get: method(z.object({ projectId: ProjectId }), Revised),
  /** One transaction, one undoable step. CONFLICT when `baseRevision` is no longer the newest. */
  apply: method(z.object({ projectId: ProjectId, baseRevision: z.number().int(), label: z.string().max(120), diff: TimelineDiff }), Revised),
  undo: method(z.object({ projectId: ProjectId }), Revised),
  redo: method(z.object({ projectId: ProjectId }), Revised),
};
