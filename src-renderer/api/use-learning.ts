import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { LearningProgress } from '../../src-shared/contract/motions.ts';
import { useEditor, useStudio } from './studio-context.tsx';

/** The loss curve of a `learn` job as it grows, and what it left once it rests; null until the first word of it. */
export function useLearning(jobId: string): LearningProgress | null {
  const { client, project } = useEditor();
  const generation = useStore(useStudio().state, (connection) => connection.generation);
  const [progress, setProgress] = useState<LearningProgress | null>(null);

  useEffect(() => {
    const stop = new AbortController();
    const follow = async () => {
      for await (const now of client.motions.watchLearning({ projectId: project.id, jobId }, { signal: stop.signal })) {
        // A paused job tells no sample: the picture of its last one is still there.
        setProgress((before) => (before?.jobId === jobId && now.sampleStep === null ? { ...now, sampleStep: before.sampleStep } : now));
      }
    };
    // A line that breaks is tied again with the next connection; the job itself tells of its failure.
    void follow().catch(() => undefined);
    return () => stop.abort();
  }, [client, project.id, jobId, generation]);

  return progress?.jobId === jobId ? progress : null;
}
