import type { QueryClient } from '@tanstack/react-query';
import type { Job } from '../../src-shared/contract/jobs.ts';
import type { StoreApi } from 'zustand';
import { projectKeys, UNFINISHED, type Editor } from '../editor/editor.ts';
import type { ConnectionState } from './reconnecting-client.ts';

/** The list with one row replaced or added; rows keep their place. */
export function mergeJob(jobs: readonly Job[], job: Job): Job[] {
  return jobs.some((other) => other.id === job.id) ? jobs.map((other) => (other.id === job.id ? job : other)) : [...jobs, job];
}

const RETRY_MS = 1000;

/** Runs `listen` again and again until `signal` says stop; a broken line is waited out. */
async function listenUntil(signal: AbortSignal, connection: StoreApi<ConnectionState>, listen: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await listen().catch(() => undefined);
    if (signal.aborted) return;
    await new Promise((resolve) => setTimeout(resolve, connection.getState().status === 'lost' ? RETRY_MS : RETRY_MS / 4));
  }
}

/**
 * Keeps the cached answers of one project true: changed topics are read again, job rows are put in place as they arrive.
 * `onEnd` is told once of each job that ends. Returns the way to stop.
 */
export function followProject(editor: Editor, connection: StoreApi<ConnectionState>, onEnd: (job: Job) => void): () => void {
  const { client, project, queryClient } = editor;
  const projectId = project.id;
  const stop = new AbortController();
  // A short job may have ended before its first row arrives here; what ended before this window looked is old news.
  const sinceMs = Date.now();
  const unfinished = new Set<string>();
  const told = new Set<string>();

  const refetch = (topic: 'project' | 'assets' | 'takes' | 'jobs' | 'motions' | 'prompts') => queryClient.invalidateQueries({ queryKey: projectKeys[topic](projectId) });

  void listenUntil(stop.signal, connection, async () => {
    const changes = client.projects.changes({ projectId }, { signal: stop.signal })[Symbol.asyncIterator]();
    let next = changes.next();
    // Asked for after the stream was: what changed before it began is in these answers.
    for (const topic of ['project', 'assets', 'takes', 'jobs', 'motions', 'prompts'] as const) void refetch(topic);
    void editor.document.refresh().catch(() => undefined);
    for (;;) {
      const { done, value: change } = await next;
      if (done === true) return;
      next = changes.next();
      if (change.topic === 'timeline') await editor.document.refresh().catch(() => undefined);
      else void refetch(change.topic);
    }
  });

  void listenUntil(stop.signal, connection, async () => {
    for await (const job of client.jobs.watch({ projectId }, { signal: stop.signal })) {
      queryClient.setQueryData<Job[]>(projectKeys.jobs(projectId), (jobs) => mergeJob(jobs ?? [], job));
      if (UNFINISHED.has(job.state)) {
        unfinished.add(job.id);
        told.delete(job.id);
      } else if (!told.has(job.id) && (unfinished.has(job.id) || Date.parse(job.finishedAt ?? '') >= sinceMs)) {
        told.add(job.id);
        onEnd(job);
      }
    }
  });

  const stopConnection = connection.subscribe((state, before) => {
    if (state.generation !== before.generation) void rejoin(editor, queryClient);
  });

  return () => {
    stop.abort();
    stopConnection();
  };
}

/** After a restart of the host the project has to be opened there again; everything may have changed meanwhile. */
async function rejoin(editor: Editor, queryClient: QueryClient): Promise<void> {
  await editor.client.projects.open({ path: editor.project.path }).catch(() => undefined);
  await queryClient.invalidateQueries();
  await editor.document.refresh().catch(() => undefined);
}
