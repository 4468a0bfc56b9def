import { useQuery } from '@tanstack/react-query';
import type { Job } from '../../src-shared/contract/jobs.ts';
import type { Motion, MotionDetail } from '../../src-shared/contract/motions.ts';
import type { ModelPack } from '../../src-shared/contract/models.ts';
import type { Project, RecentProject } from '../../src-shared/contract/projects.ts';
import type { GenerationPlan, GenerationInput } from '../../src-shared/contract/generation.ts';
import type { UsedPrompt } from '../../src-shared/contract/prompts.ts';
import type { Take } from '../../src-shared/contract/takes.ts';
import { projectKeys } from '../editor/editor.ts';
import { useEditor, useStudio } from './studio-context.tsx';

const NONE: readonly never[] = [];

export function useRecentProjects(): { projects: readonly RecentProject[]; isLoading: boolean } {
  const { client } = useStudio();
  const { data, isLoading } = useQuery({ queryKey: ['recent'], queryFn: async () => (await client.projects.recent({})).projects });
  return { projects: data ?? NONE, isLoading };
}

/** An imported pack that is being read through for its hash. */
const isBeingRead = (pack: ModelPack): boolean => pack.imported !== undefined && pack.problem === null && pack.sha256 === '';

/** All packs; looked at again while one of them is read through. */
export function usePacks(): readonly ModelPack[] {
  const { client } = useStudio();
  return useQuery({ queryKey: ['models'], queryFn: async () => (await client.models.list({})).packs, refetchInterval: ({ state }) => (state.data?.some(isBeingRead) ? 1_000 : false) }).data ?? NONE;
}

export function useProject(): Project {
  const { client, project } = useEditor();
  return useQuery({ queryKey: projectKeys.project(project.id), queryFn: () => client.projects.get({ projectId: project.id }), initialData: project }).data;
}

export function useTakes(): readonly Take[] {
  const { client, project, removedTakes } = useEditor();
  const queryFn = async () => (await client.takes.list({ projectId: project.id })).takes.filter((take) => !removedTakes.has(take.id));
  return useQuery({ queryKey: projectKeys.takes(project.id), queryFn }).data ?? NONE;
}

/** Words that were generated from before, newest first; the last answer stays while another search is under way. */
export function usePrompts(search = '', starred = false): { prompts: readonly UsedPrompt[]; total: number; isLoading: boolean } {
  const { client, project } = useEditor();
  const { data, isLoading } = useQuery({ queryKey: [...projectKeys.prompts(project.id), search, starred], queryFn: () => client.prompts.list({ projectId: project.id, search, starred }), placeholderData: (previous) => previous });
  return { prompts: data?.prompts ?? NONE, total: data?.total ?? 0, isLoading };
}

/** Learned and imported motions, newest first, without those that are about to be deleted. */
export function useMotions(): { motions: readonly Motion[]; isLoading: boolean } {
  const { client, project, removedMotions } = useEditor();
  const queryFn = async () => (await client.motions.list({ projectId: project.id })).motions.filter(({ id }) => !removedMotions.has(id)).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  const { data, isLoading } = useQuery({ queryKey: projectKeys.motions(project.id), queryFn });
  return { motions: data ?? NONE, isLoading };
}

/** One motion with its loss curve; null while it is read. */
export function useMotionDetail(motionId: string): MotionDetail | null {
  const { client, project } = useEditor();
  return useQuery({ queryKey: [...projectKeys.motions(project.id), motionId], queryFn: () => client.motions.get({ projectId: project.id, motionId }), retry: false }).data ?? null;
}

/** Jobs in queue order, unfinished ones first; kept fresh by the event stream. */
export function useJobs(): readonly Job[] {
  const { client, project } = useEditor();
  return useQuery({ queryKey: projectKeys.jobs(project.id), queryFn: async () => (await client.jobs.list({ projectId: project.id })).jobs }).data ?? NONE;
}

/** What a generation would cost on this machine; null while there is nothing to plan. */
export function usePlan(request: GenerationInput | null): GenerationPlan | null {
  const { client, project } = useEditor();
  const { data } = useQuery({
    queryKey: [project.id, 'plan', request],
    queryFn: () => (request ? client.generation.plan(request) : null),
    enabled: request !== null,
    retry: false,
    placeholderData: (previous) => previous,
  });
  return request ? (data ?? null) : null;
}
