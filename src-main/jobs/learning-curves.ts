import type { LearningProgress, LossPoint } from '../../src-shared/contract/motions.ts';

/** At most four states a second reach a watcher. */
const COALESCE_MS = 250;

/** What running `learn` jobs tell beyond their parts. */
export interface LearningCurves {
  /** A run begins, with what earlier attempts had learned. */
  begin(jobId: string, steps: number, points: readonly LossPoint[], bestStep: number | null): void;
  add(jobId: string, point: LossPoint, bestStep: number | null): void;
  sampled(jobId: string): void;
  /** The run is over, however it ended. */
  end(jobId: string): void;
  find(jobId: string): LearningProgress | null;
  /** States of a running job until it ends or `signal` aborts; nothing when it does not run. */
  watch(jobId: string, signal: AbortSignal): AsyncGenerator<LearningProgress, void, void>;
}

export function createLearningCurves(): LearningCurves {
  const running = new Map<string, LearningProgress>();
  const wakers = new Set<() => void>();
  const set = (jobId: string, change: (before: LearningProgress) => LearningProgress) => {
    const before = running.get(jobId);
    if (before === undefined) return;
    running.set(jobId, change(before));
    for (const wake of wakers) wake();
  };
  return {
    begin: (jobId, steps, points, bestStep) => {
      running.set(jobId, { jobId, points: [...points], step: points.at(-1)?.step ?? 0, steps, bestStep, sampleStep: null });
    },
    add: (jobId, point, bestStep) => set(jobId, (before) => ({ ...before, points: [...before.points, point], step: point.step, bestStep })),
    sampled: (jobId) => set(jobId, (before) => ({ ...before, sampleStep: before.step })),
    end: (jobId) => {
      running.delete(jobId);
      for (const wake of wakers) wake();
    },
    find: (jobId) => running.get(jobId) ?? null,
    watch: async function* (jobId, signal) {
      let shown: LearningProgress | null = null;
      let wake: () => void = () => {};
      const onChange = () => wake();
      wakers.add(onChange);
      signal.addEventListener('abort', onChange);
      try {
        for (;;) {
          const now = running.get(jobId);
          if (now === undefined || signal.aborted) return;
          if (now === shown) {
            await new Promise<void>((resolve) => (wake = resolve));
            continue;
          }
          shown = now;
          yield now;
          await new Promise((resolve) => setTimeout(resolve, COALESCE_MS));
        }
      } finally {
        signal.removeEventListener('abort', onChange);
        wakers.delete(onChange);
      }
    },
  };
}
