import { z } from 'zod';
import { method } from '../rpc/contract-types.ts';
import { TimelineDiff } from '../timeline/diff.ts';
import { TimelineDocument } from '../timeline/document.ts';
import { ProjectId } from './projects.ts';

/** Labels of the next undo and redo, null when there is none. */
const labels = { undoLabel: z.string().nullable(), redoLabel: z.string().nullable() };

const Revised = z.object({ document: TimelineDocument, ...labels });

/** The new revision. The document of a long film is large: whoever edits has it already, but for what the edit changed. */
const Applied = z.object({ revision: z.number().int(), ...labels });

/** What an undo or redo changed on the way to `revision`, counted from the revision right before it. */
const Travelled = z.object({ revision: z.number().int(), diff: TimelineDiff, ...labels });

export const timelineContract = {
  get: method(z.object({ projectId: ProjectId }), Revised),
  /** Grows with every edit: tells whether there is anything to read. */
  revision: method(z.object({ projectId: ProjectId }), z.object({ revision: z.number().int() })),
  /** One transaction, one undoable step. CONFLICT when `baseRevision` is no longer the newest, INVALID_INPUT when the document would be unsound. */
  apply: method(z.object({ projectId: ProjectId, baseRevision: z.number().int(), label: z.string().max(120), diff: TimelineDiff }), Applied),
  undo: method(z.object({ projectId: ProjectId }), Travelled),
  redo: method(z.object({ projectId: ProjectId }), Travelled),
};
