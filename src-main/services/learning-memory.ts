import type { LearningSettings } from '../../src-shared/contract/motions.ts';
import type { EngineFork } from '../jobs/engine-process.ts';
import type { OpenedPack } from '../models/model-registry.ts';

/** Tells what learning will need. */
export interface LearningMemory {
  /** Resident bytes; found once per model and form. Null where the model cannot be read, or the answer takes too long. */
  expectedBytes(pack: Pick<OpenedPack, 'dir' | 'keyframesSha256'>, settings: LearningSettings): Promise<number | null>;
}

/** Nobody waits longer for a number that is only shown. */
const PATIENCE_MS = 30_000;

/**
 * Asks an engine process of its own, which ends behind the answer: the gradient graph has to be made for it, seconds of work for a
 * large model, and this thread serves the window. The engine that does the work may be busy for minutes.
 */
export function createLearningMemory(fork: EngineFork): LearningMemory {
  const known = new Map<string, Promise<number | null>>();
  const ask = (packDir: string, settings: LearningSettings): Promise<number | null> =>
    new Promise((resolve) => {
      const child = fork();
      const end = (bytes: number | null): void => {
        clearTimeout(timer);
        resolve(bytes);
        child.kill();
      };
      const timer = setTimeout(end, PATIENCE_MS, null);
      child.onEvent((event) => {
        if (event.type === 'ready') child.send({ type: 'estimateLearning', runId: 'estimate', packDir, settings });
        else if (event.type === 'estimated') end(event.bytes);
      });
      child.onExit(() => {
        clearTimeout(timer);
        resolve(null);
      });
    });
  return {
    expectedBytes({ dir, keyframesSha256 }, settings) {
      const key = `${keyframesSha256}/${settings.loss}/${settings.rank}`;
      let found = known.get(key);
      if (found === undefined) {
        found = ask(dir, settings).then((bytes) => {
          // What was not found is looked for again next time.
          if (bytes === null) known.delete(key);
          return bytes;
        });
        known.set(key, found);
      }
      return found;
    },
  };
}
