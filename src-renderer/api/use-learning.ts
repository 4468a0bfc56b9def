import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { LearningProgress } from '../../src-shared/contract/motions.ts';
import { useEditor, useStudio } from './studio-context.tsx';

async function forEach<T>(items: AsyncIterable<T>, use: (item: T) => void): Promise<void> {
  for await (const item of items) use(item);
}

/** A paused job tells no sample: the picture of its last one is still there. */
const keepSample = (before: LearningProgress | null, now: LearningProgress): LearningProgress =>
  before?.jobId === now.jobId && now.sampleStep === null ? { ...now, sampleStep: before.sampleStep } : now;

/** The loss curve of a `learn` job as it grows, and what it left once it rests; null until the first word of it. */
export function useLearning(jobId: string): LearningProgress | null {
  const { client, project } = useEditor();
  const generation = useStore(useStudio().state, (connection) => connection.generation);
  const [progress, setProgress] = useState<LearningProgress | null>(null);

  useEffect(() => {
    const stop = new AbortController();
    const watched = client.motions.watchLearning({ projectId: project.id, jobId }, { signal: stop.signal });
    // A line that breaks is tied again with the next connection; the job itself tells of its failure.
    void forEach(watched, (now) => setProgress((before) => keepSample(before, now))).catch(() => undefined);
    return () => stop.abort();
    // Each connection has a stream of its own.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies, react-hooks/exhaustive-deps
  }, [client, project.id, jobId, generation]);

  return progress?.jobId === jobId ? progress : null;
}
