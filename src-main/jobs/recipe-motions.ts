import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { MotionUse } from '../../src-shared/recipe/motion-use.ts';
import type { MotionMessage } from '../engine/process/protocol.ts';
import { requireModel } from '../engine/training/motion-file.ts';
import type { OpenedPack } from '../models/model-registry.ts';
import type { MotionRow } from '../store/motion-repository.ts';
import type { ProjectStore } from '../store/project-store.ts';

/** What motions must fit: an opened pack, as far as it matters here. */
export type MotionModel = Pick<OpenedPack, 'keyframesSha256'> & { readonly pack: Pick<OpenedPack['pack'], 'name'> };

/**
 * The project's motions that a recipe names. NOT_FOUND when the project has one no more, MODEL_INCOMPATIBLE when one belongs
 * to another model.
 */
export function requireMotionsFit(store: ProjectStore, motions: readonly MotionUse[], model: MotionModel): readonly MotionRow[] {
  return motions.map(({ sha256 }) => {
    const motion = store.motions.findBySha256(sha256);
    if (motion === null) throw new StudioError('NOT_FOUND', `A motion of this clip (${sha256.slice(0, 8)}) is no longer in the project. Import its file again, or ask for the clip without it.`, { details: { sha256 } });
    requireModel({ ...motion.facts, name: motion.asset.name }, { sha256: model.keyframesSha256, name: model.pack.name });
    return motion;
  });
}

/** The motion files that a recipe names, for the engine. Fails like `requireMotionsFit`. */
export function motionMessages(store: ProjectStore, motions: readonly MotionUse[], model: MotionModel): MotionMessage[] {
  const rows = requireMotionsFit(store, motions, model);
  return motions.map((use, index) => ({ ...use, bytes: store.assets.readAll(rows[index]!.asset.id) }));
}
