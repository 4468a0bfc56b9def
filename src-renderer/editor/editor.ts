import type { QueryClient } from '@tanstack/react-query';
import type { Asset } from '../../src-shared/contract/assets.ts';
import type { Job } from '../../src-shared/contract/jobs.ts';
import type { Motion } from '../../src-shared/contract/motions.ts';
import type { Project } from '../../src-shared/contract/projects.ts';
import type { StudioClient } from '../../src-shared/contract/studio-contract.ts';
import type { SystemInfo } from '../../src-shared/contract/system.ts';
import type { Take } from '../../src-shared/contract/takes.ts';
import type { ModelPack } from '../../src-shared/contract/models.ts';
import type { PromptEvent } from '../../src-shared/timeline/document.ts';
import { createDrafts, type Drafts } from './drafts.ts';
import { createDocumentStore, type DocumentStore } from './document-store.ts';
import { notifyError } from './notices.ts';
import { createSoundClock, type SoundClock } from './sound-clock.ts';
import { createSessionStore, type LayoutStorage, type SessionStore } from './session-store.ts';
import { eventAt, eventById, eventsInOrder, sequenceOf, timelineEnd } from './timeline-edits.ts';

/** Names of the cached answers of one project; the event stream invalidates them by topic. */
export const projectKeys = {
  project: (projectId: string) => [projectId, 'project'] as const,
  assets: (projectId: string) => [projectId, 'assets'] as const,
  takes: (projectId: string) => [projectId, 'takes'] as const,
  jobs: (projectId: string) => [projectId, 'jobs'] as const,
  motions: (projectId: string) => [projectId, 'motions'] as const,
  prompts: (projectId: string) => [projectId, 'prompts'] as const,
};

/** One open project in this window: the document, the session and the way to the host. */
export interface Editor {
  readonly project: Project;
  readonly info: SystemInfo;
  readonly client: StudioClient;
  readonly queryClient: QueryClient;
  readonly document: DocumentStore;
  readonly session: SessionStore;
  readonly drafts: Drafts;
  readonly soundClock: SoundClock;
  /** Takes that were deleted here while they can still be taken back: hidden, not yet gone. */
  readonly removedTakes: Set<string>;
  /** The same for motions. */
  readonly removedMotions: Set<string>;
  /** Event, words, seed and preset of every generation asked for in this window, as text. */
  readonly startedWishes: Set<string>;
  /** The newest known server state, for actions; components use the query hooks. */
  takes(): readonly Take[];
  jobs(): readonly Job[];
  /** A file that this window has read, in whatever list; null for others. */
  asset(assetId: string): Asset | null;
  /** Takes note of files that were read. */
  noteAssets(assets: readonly Asset[]): void;
  packs(): readonly ModelPack[];
  motions(): readonly Motion[];
  close(): void;
}

/** Opens the editor on a project that the host has open. */
export async function openEditor(input: { project: Project; info: SystemInfo; client: StudioClient; queryClient: QueryClient; storage: LayoutStorage }): Promise<Editor> {
  const { project, info, client, queryClient } = input;
  const initial = await client.timeline.get({ projectId: project.id });
  const document = createDocumentStore({ timeline: client.timeline, projectId: project.id, readOnly: project.readOnly, initial, onError: notifyError, reopen: () => client.projects.open({ path: project.path }), now: Date.now });
  const session = createSessionStore(project.id, input.storage);
  const followMarks = (): void => {
    const { inFrame: markIn, outFrame } = sequenceOf(document.getState().records);
    const markOut = outFrame === null ? null : outFrame - 1;
    const shown = session.getState();
    if (shown.markIn !== markIn || shown.markOut !== markOut) session.setState({ markIn, markOut });
  };
  followMarks();
  document.subscribe(followMarks);
  // What was selected and is still there; else one begins with the first event.
  const remembered = session.getState().selectedIds.filter((id) => initial.document.records[id] !== undefined);
  const first = eventsInOrder(initial.document.records)[0];
  session.setState({ selectedIds: remembered.length > 0 ? remembered : first ? [first.id] : [], playhead: Math.max(0, Math.min(session.getState().playhead, timelineEnd(initial.document.records) - 1)) });
  const known = new Map<string, Asset>();
  const takes = (): readonly Take[] => queryClient.getQueryData<Take[]>(projectKeys.takes(project.id)) ?? [];
  return {
    project, info, client, queryClient, document, session, drafts: createDrafts(), soundClock: createSoundClock(), removedTakes: new Set(), removedMotions: new Set(), startedWishes: new Set(),
    takes,
    jobs: () => queryClient.getQueryData<Job[]>(projectKeys.jobs(project.id)) ?? [],
    asset: (assetId) => known.get(assetId) ?? takes().find(({ asset }) => asset.id === assetId)?.asset ?? null,
    noteAssets: (assets) => {
      for (const asset of assets) known.set(asset.id, asset);
    },
    packs: () => queryClient.getQueryData<ModelPack[]>(['models']) ?? [],
    motions: () => queryClient.getQueryData<Motion[]>(projectKeys.motions(project.id)) ?? [],
    close: () => document.close(),
  };
}

/** The event that the inspector edits: selected directly or through one of its takes. */
export function selectedEvent(editor: Pick<Editor, 'document' | 'session'>): PromptEvent | null {
  return eventById(editor.document.getState().records, editor.session.getState().selectedIds.find((id) => id.startsWith('promptEvent:')));
}

/** What Generate works on: the selected event, else the one under the playhead. */
export function currentEvent(editor: Pick<Editor, 'document' | 'session'>): PromptEvent | null {
  const { viewerSource, playhead } = editor.session.getState();
  const { records } = editor.document.getState();
  return selectedEvent(editor) ?? (viewerSource.kind === 'timeline' ? eventAt(records, playhead) : null);
}

export const UNFINISHED: ReadonlySet<Job['state']> = new Set(['available', 'running', 'paused', 'retryable']);

/** The job that works now, else the one that was paused. */
export const activeJob = (jobs: readonly Job[]): Job | null => jobs.find((job) => job.state === 'running') ?? jobs.find((job) => job.state === 'paused') ?? null;
