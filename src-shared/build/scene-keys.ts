import { assert } from '../errors/studio-error.ts';
import { canonicalJson, sha256Hex } from '../recipe/recipe.ts';
import { dependenciesOf } from './scene-graph.ts';
import type { FrameSource, SceneGraph, SceneNode, SceneRecipe } from './scene-graph.ts';

/** A node with the key of everything that determines its frames. */
export type KeyedNode = SceneNode & { readonly key: string };

/**
 * Keys of all nodes. A key covers the model, the stage's settings, the words, the seed and the keys of what the node reads;
 * ids, names and places in time are not in it. So a key that is known means frames that are known, wherever they are used.
 */
export async function keyNodes(graph: SceneGraph, recipe: SceneRecipe): Promise<readonly KeyedNode[]> {
  const keys = new Map<string, string>();
  const keyed: KeyedNode[] = [];
  for (const node of graph.nodes) {
    const settings = recipe.stages.find(({ stage }) => stage === node.stage);
    assert(settings !== undefined, `the recipe has settings for ${node.stage}`);
    const source = (from: FrameSource): unknown => {
      if (from.kind === 'image') return { image: from.sha256 };
      const key = keys.get(from.node);
      assert(key !== undefined, `${node.id} comes behind ${from.node}`);
      return { key, from: from.from, count: from.count };
    };
    const key = await sha256Hex(canonicalJson({
      format: 'scene-node-1', engine: recipe.engine, pack: recipe.pack.sha256, settings, seed: node.seed, motions: node.motions, part: node.part,
      input: node.input.map(source), known: node.known.map(source), looks: node.looks?.map(source),
    }));
    keys.set(node.id, key);
    keyed.push({ ...node, key });
  }
  return keyed;
}

/** Nodes that must run: those whose key nobody holds. `isKnown` asks the store. */
export function staleNodes(nodes: readonly KeyedNode[], isKnown: (key: string) => boolean): readonly KeyedNode[] {
  return nodes.filter(({ key }) => !isKnown(key));
}

/** Nodes of `after` that `before` does not have: what an edit makes stale. */
export function changedNodes(before: readonly KeyedNode[], after: readonly KeyedNode[]): readonly KeyedNode[] {
  const known = new Set(before.map(({ key }) => key));
  return staleNodes(after, (key) => known.has(key));
}

/** Events whose body, or whose seam with a neighbour, is among the nodes. */
export function eventsOf(nodes: readonly SceneNode[]): ReadonlySet<string> {
  return new Set(nodes.flatMap(({ region }) => (region.kind === 'event' ? [region.eventId] : [region.before, region.after])));
}

/**
 * What has to run so that `wanted` can be made: stale nodes that they reach. A stale node whose readers are all known is
 * left alone.
 */
export function neededNodes(nodes: readonly KeyedNode[], wanted: ReadonlySet<string>, isKnown: (key: string) => boolean): readonly KeyedNode[] {
  const needed = new Set<string>();
  for (const node of nodes.toReversed()) {
    if ((wanted.has(node.id) || needed.has(`reads:${node.id}`)) && !isKnown(node.key)) {
      needed.add(node.id);
      for (const dependency of dependenciesOf(node)) needed.add(`reads:${dependency}`);
    }
  }
  return nodes.filter(({ id }) => needed.has(id));
}
