import type { StageName } from '../../src-shared/recipe/stage-name.ts';
import type { StoreDatabase } from './database.ts';

/** One node of a scene's build graph, as a job met it. */
export interface SceneRunRow {
  readonly nodeId: string;
  readonly stage: StageName;
  readonly stageKey: string;
  /** `done`: this job ran it; `cached`: its frames were there. */
  readonly state: 'done' | 'cached';
  readonly wallMs: number | null;
}

/** The log of scene jobs: which nodes ran. */
export interface SceneRunRepository {
  /** Notes a node; a job that goes on after a restart keeps what it noted first. */
  add(jobId: string, row: SceneRunRow): void;
  /** In the order noted. */
  list(jobId: string): SceneRunRow[];
}

export function createSceneRunRepository(db: StoreDatabase): SceneRunRepository {
  const insert = db.prepare('INSERT INTO sceneRuns (jobId, nodeId, stage, stageKey, state, wallMs) VALUES (@jobId, @nodeId, @stage, @stageKey, @state, @wallMs) ON CONFLICT (jobId, nodeId) DO NOTHING');
  const select = db.prepare<SceneRunRow>('SELECT nodeId, stage, stageKey, state, wallMs FROM sceneRuns WHERE jobId = ? ORDER BY id');
  return {
    add: (jobId, row) => {
      insert.run({ jobId, ...row });
    },
    list: (jobId) => select.all([jobId]),
  };
}
