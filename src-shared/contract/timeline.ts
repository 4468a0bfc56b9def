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

/** The document at a moment that the creator named. */
export const TimelineVersion = z.object({ id: z.string().regex(/^version:[0-9a-f-]{36}$/), name: z.string().min(1).max(120), createdAt: z.string() });
export type TimelineVersion = z.infer<typeof TimelineVersion>;

/** Another time of the document: after so many edits of the history (0: before all of them), or a named version. */
export const TimelineMoment = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('position'), position: z.number().int().min(0) }),
  z.object({ kind: z.literal('version'), versionId: z.string() }),
]);
export type TimelineMoment = z.infer<typeof TimelineMoment>;

export const timelineContract = {
  get: method(z.object({ projectId: ProjectId }), Revised),
  /** Grows with every edit: tells whether there is anything to read. */
  revision: method(z.object({ projectId: ProjectId }), z.object({ revision: z.number().int() })),
  /** One transaction, one undoable step. CONFLICT when `baseRevision` is no longer the newest, INVALID_INPUT when the document would be unsound. */
  apply: method(z.object({ projectId: ProjectId, baseRevision: z.number().int(), label: z.string().max(120), diff: TimelineDiff }), Applied),
  undo: method(z.object({ projectId: ProjectId }), Travelled),
  redo: method(z.object({ projectId: ProjectId }), Travelled),
  /** Edits, newest first, below position `before`; those above `position` were undone and can be redone. */
  history: method(
    z.object({ projectId: ProjectId, before: z.number().int().min(0).nullable().default(null), limit: z.number().int().min(1).max(500).default(100) }),
    z.object({ entries: z.array(z.object({ position: z.number().int(), label: z.string(), createdAt: z.string() })), position: z.number().int() }),
  ),
  /** The records of another moment. Going back there is an edit like any other: nothing of the history is lost by it. */
  at: method(z.object({ projectId: ProjectId, moment: TimelineMoment }), z.object({ records: TimelineDocument.shape.records })),
  versions: method(z.object({ projectId: ProjectId }), z.object({ versions: z.array(TimelineVersion) })),
  saveVersion: method(z.object({ projectId: ProjectId, name: TimelineVersion.shape.name }), TimelineVersion),
  removeVersion: method(z.object({ projectId: ProjectId, versionId: z.string() }), z.object({})),
};
