import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { openProjectStore, type ProjectStore } from '../store/project-store.ts';

/** A project file in use, with the queue that works on it. */
export interface OpenProject {
  readonly id: string;
  readonly store: ProjectStore;
  readonly queue: JobQueue;
}

/** The projects of this studio that are open, each once however many pages look at it. */
export interface OpenProjects {
  /** Opens the file, or returns what is open already. */
  open(path: string, options?: { readonly create?: { readonly name: string } }): OpenProject;
  /** NOT_FOUND when the project is not open. */
  get(id: string): OpenProject;
  findByPath(path: string): OpenProject | null;
  list(): readonly OpenProject[];
  /** Stops its jobs behind their last checkpoint and closes the file. Does nothing when it is not open. */
  close(id: string): Promise<void>;
  closeAll(): Promise<void>;
}

/** `startQueue` is called once per opened file; `onOpen` may watch the project and returns how to stop. */
export function createOpenProjects(options: {
  readonly startQueue: (store: ProjectStore) => JobQueue;
  readonly onOpen: (project: OpenProject) => () => void;
}): OpenProjects {
  const open = new Map<string, { readonly project: OpenProject; readonly stop: () => void }>();
  const closing = new Map<string, Promise<void>>();
  const findByPath = (path: string) => {
    const real = realPath(path);
    return [...open.values()].find(({ project }) => realPath(project.store.path) === real)?.project ?? null;
  };

  const closeProject = async (id: string): Promise<void> => {
    const entry = open.get(id);
    if (entry === undefined) return closing.get(id);
    open.delete(id);
    const closed = (async () => {
      try {
        await entry.project.queue.close();
      } finally {
        entry.stop();
        entry.project.store.close();
      }
    })();
    closing.set(id, closed);
    await closed.finally(() => closing.delete(id));
  };

  return {
    open(path, { create } = {}) {
      const known = create === undefined ? findByPath(path) : null;
      if (known !== null) return known;
      const store = openProjectStore(path, create === undefined ? {} : { create });
      try {
        const { id } = store.project();
        if (open.has(id)) {
          throw new StudioError('CONFLICT', `${path} is a copy of ${open.get(id)?.project.store.path}, which is open. Close that project first.`, { details: { path } });
        }
        const project: OpenProject = { id, store, queue: options.startQueue(store) };
        open.set(id, { project, stop: options.onOpen(project) });
        return project;
      } catch (error) {
        store.close();
        throw error;
      }
    },
    get(id) {
      const entry = open.get(id);
      if (entry === undefined) throw new StudioError('NOT_FOUND', 'This project is not open. Open it again from its file.', { details: { projectId: id } });
      return entry.project;
    },
    findByPath,
    list: () => [...open.values()].map(({ project }) => project),
    close: closeProject,
    async closeAll() {
      await Promise.all([...open.keys()].map(closeProject));
      await Promise.all(closing.values());
    },
  };
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}
