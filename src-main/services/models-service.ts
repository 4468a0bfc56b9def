import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { ModelRegistry } from '../models/model-registry.ts';

export function createModelsService({ models }: { readonly models: ModelRegistry }): StudioHandlers['models'] {
  return { list: async () => ({ packs: await models.list() }) };
}
