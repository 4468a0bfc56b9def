import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Project } from '../../src-shared/contract/projects.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { AppStore } from '../store/app-store.ts';
import { becomeOwnProject } from '../store/project-copy.ts';
import { changedTopics } from './changed-topics.ts';
import type { OpenProject, OpenProjects } from './open-projects.ts';
import type { Posters } from './posters.ts';
import { freeProjectPath, typedProjectPath } from './project-file-name.ts';

/** A project as pages see it. */
export function toProject({ store }: OpenProject): Project {
  return { ...store.project(), path: store.path, sizeBytes: store.sizeBytes(), readOnly: store.readOnly };
}

export function createProjectsService(parts: {
  readonly projects: OpenProjects;
  readonly recent: AppStore['recent'];
  readonly posters: Posters;
  readonly projectsFolder: string;
  /** The project that came with the studio. */
  readonly sampleProject: string;
  readonly mediaBase: string;
}): StudioHandlers['projects'] {
  const { projects, recent, posters, projectsFolder, sampleProject, mediaBase } = parts;
  const remember = (project: OpenProject): Project => {
    recent.add({ path: project.store.path, name: project.store.project().name });
    posters.update(project.store);
    return toProject(project);
  };
  return {
    recent: async () => ({
      projects: recent.list().map((row) => {
        const poster = posters.keyOf(row.path);
        return { ...row, exists: existsSync(row.path), posterUrl: poster === null ? null : `${mediaBase}/poster/${poster}` };
      }),
    }),
    create: async ({ name, path }) => {
      const file = path === null ? freeProjectPath(projectsFolder, name) : typedProjectPath(projectsFolder, path);
      return remember(projects.open(file, { create: { name } }));
    },
    open: async ({ path }) => remember(projects.open(typedProjectPath(projectsFolder, path))),
    openSample: async ({ name }) => {
      const path = freeProjectPath(projectsFolder, name);
      mkdirSync(projectsFolder, { recursive: true });
      try {
        // Read and written: the shipped file may lie inside an archive, which only reading looks into.
        writeFileSync(path, readFileSync(sampleProject), { flag: 'wx' });
      } catch (error) {
        throw new StudioError('NOT_FOUND', `The sample project could not be copied to ${path}. Check that the folder can be written to, or install the studio again.`, { details: { path }, cause: error });
      }
      becomeOwnProject(path, basename(path, '.motif'));
      return remember(projects.open(path));
    },
    get: async ({ projectId }) => toProject(projects.get(projectId)),
    rename: async ({ projectId, name }) => {
      const project = projects.get(projectId);
      project.store.rename(name);
      return remember(project);
    },
    close: async ({ projectId }) => {
      await projects.close(projectId);
      return {};
    },
    forget: async ({ path }) => {
      recent.remove(path);
      posters.remove(path);
      return {};
    },
    async *changes({ projectId }, { signal }) {
      const { store } = projects.get(projectId);
      for await (const topic of changedTopics(store.onChange, signal)) yield { projectId, topic };
    },
  };
}
