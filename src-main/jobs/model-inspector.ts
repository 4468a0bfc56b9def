import type { MemoryStep } from '../../src-shared/pack/memory-plan.ts';
import type { StageName } from '../../src-shared/recipe/stage-name.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { MemoryWish } from '../engine/pipelines/plan-memory.ts';
import type { Answer, Question } from '../engine/process/look.ts';
import type { EngineChild, EngineFork } from './engine-process.ts';

/** Looks into models in a process of its own: a hostile file cannot harm this one, and a large folder does not hold it up. */
export interface ModelInspector {
  /** Compares a network's weights with its configuration. Rejects with what is wrong. */
  inspect(folder: string): Promise<Extract<Answer, { about: 'network' }>['facts']>;
  /** What each model of these stages will take. */
  planMemory(packDir: string, stages: readonly StageName[], wish?: MemoryWish): Promise<readonly MemoryStep[]>;
  close(): void;
}

/** The process ends when it has not been asked for so long. */
const IDLE_MS = 20_000;

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export function createModelInspector(fork: EngineFork, idleMs = IDLE_MS): ModelInspector {
  let child: EngineChild | null = null;
  let idle: NodeJS.Timeout | null = null;
  let lastId = 0;
  const waiting = new Map<number, Waiting>();

  const end = (): void => {
    if (idle !== null) clearTimeout(idle);
    idle = null;
    child?.kill();
    child = null;
  };

  const start = (): EngineChild => {
    const started = fork();
    started.onEvent((event) => {
      if (event.type !== 'looked') return;
      const asker = waiting.get(event.id);
      waiting.delete(event.id);
      if (event.answer !== null) asker?.resolve(event.answer);
      else asker?.reject(event.error === null ? new StudioError('INTERNAL', 'The look ended without an answer.') : StudioError.fromWire(event.error));
      if (waiting.size > 0) return;
      idle = setTimeout(end, idleMs);
      idle.unref();
    });
    started.onExit(({ startError }) => {
      if (child === started) child = null;
      const gone = startError === undefined ? 'The process that looks into models ended unexpectedly. Try again.' : `The process that looks into models could not be started (${startError.message}). Reinstall Motif Studio.`;
      for (const { reject } of waiting.values()) reject(new StudioError('ENGINE_CRASHED', gone, { retryable: true }));
      waiting.clear();
    });
    return started;
  };

  const ask = (question: Question): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (idle !== null) clearTimeout(idle);
      idle = null;
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      child ??= start();
      child.send({ type: 'look', id: lastId, question });
    });

  return {
    async inspect(folder) {
      const found = await ask({ about: 'network', folder });
      if (found.about !== 'network') throw new StudioError('INTERNAL', 'The look gave another answer.');
      return found.facts;
    },
    async planMemory(packDir, stages, wish = { tiles: 1, inScene: false }) {
      const found = await ask({ about: 'memory', packDir, stages, wish });
      if (found.about !== 'memory') throw new StudioError('INTERNAL', 'The look gave another answer.');
      return found.steps;
    },
    close: end,
  };
}
