import { z } from 'zod';
import { method } from '../rpc/contract-types.ts';

/** What a window remembers, e.g. `keymap` or `layout:PROJECT`. */
const Key = z.string().regex(/^[a-z][A-Za-z0-9:._-]{0,199}$/);

/** A window's own text, mostly JSON: only the window knows what it means. */
const Value = z.string().max(200_000);

/** The memory that the models may take, in GB; forgotten: all that is free. The one choice that the host itself reads. */
export const MEMORY_BUDGET = 'memoryBudget';

/** How the studio looks and behaves for this person: kept by the host, so that it holds for every window and every port. */
export const settingsContract = {
  all: method(z.object({}), z.object({ values: z.record(z.string(), Value) })),
  /** null forgets it. */
  set: method(z.object({ key: Key, value: Value.nullable() }), z.object({})),
};
