import type { SceneGraph, SceneRecipe } from '../../src-shared/build/scene-graph.ts';
import { keyNodes, neededNodes, type KeyedNode } from '../../src-shared/build/scene-keys.ts';
import { canonicalJson, recipeHash, sha256Hex, withTiles, type Recipe } from '../../src-shared/recipe/recipe.ts';
import type { ProjectStore } from '../store/project-store.ts';

/** A scene's nodes under the recipe that they are made by. */
export interface PlannedNodes {
  readonly recipe: SceneRecipe;
  readonly nodes: readonly KeyedNode[];
  /** Those that must run. */
  readonly needed: readonly KeyedNode[];
}

/** The name of a scene's clip, or of one event's in it. */
export const sceneClipHash = async (recipe: Recipe, focusEventId: string | null): Promise<string> =>
  focusEventId === null ? recipeHash(recipe) : sha256Hex(canonicalJson({ recipe: await recipeHash(recipe), focus: focusEventId }));

/** What of a scene has to run so that `wanted` nodes can be shown. */
export async function planNodes({ assets }: Pick<ProjectStore, 'assets'>, graph: SceneGraph, recipe: SceneRecipe, wanted: ReadonlySet<string>): Promise<PlannedNodes> {
  const nodes = await keyNodes(graph, recipe);
  return { recipe, nodes, needed: neededNodes(nodes, wanted, (key) => assets.findByStageKey(key) !== null) };
}

/** The recipe in the tiles in which the project's newest scene of the same model was made; null where it was made whole. */
function asMadeBefore({ takes }: Pick<ProjectStore, 'takes'>, recipe: SceneRecipe): SceneRecipe | null {
  const before = takes.recipes().find(({ recipe: { scene, pack } }) => scene !== undefined && pack.sha256 === recipe.pack.sha256)?.recipe;
  const tiled = before?.stages.filter(({ tiles = 1 }) => tiles > 1) ?? [];
  return tiled.length === 0 ? null : tiled.reduce((made, { stage, tiles = 1 }) => withTiles(made, stage, tiles), recipe);
}

/**
 * Plans a scene as it was made before, if so less has to run: a scene that once had to be made in tiles goes on in them while any of its
 * frames serve, so that an edit changes no other frame; anew, it is made as large as memory allows.
 */
export async function planScene(store: Pick<ProjectStore, 'assets' | 'takes'>, graph: SceneGraph, recipe: SceneRecipe, wanted: ReadonlySet<string>, focusEventId: string | null = null): Promise<PlannedNodes> {
  const whole = await planNodes(store, graph, recipe, wanted);
  const tiled = asMadeBefore(store, recipe);
  if (tiled === null || whole.needed.length === 0) return whole;
  const before = await planNodes(store, graph, tiled, wanted);
  // The clip itself may be there when its parts are not.
  if (store.assets.findByRecipeHash(await sceneClipHash(tiled, focusEventId)) !== null) return { ...before, needed: [] };
  return before.needed.length < whole.needed.length ? before : whole;
}
