import { z } from 'zod';
import { method } from '../rpc/contract-types.ts';
import { ProjectId } from './projects.ts';

/** Words that were generated from, without those that hold for every event. */
export const UsedPrompt = z.object({ words: z.string(), usedAt: z.string(), uses: z.number().int(), starred: z.boolean() });
export type UsedPrompt = z.infer<typeof UsedPrompt>;

const One = z.object({ projectId: ProjectId, words: z.string().min(1).max(4000) });

export const promptsContract = {
  /** Newest first; every word of `search` must be found, in any case. */
  list: method(
    z.object({ projectId: ProjectId, search: z.string().max(200).default(''), starred: z.boolean().default(false), limit: z.number().int().min(1).max(1000).default(200) }),
    z.object({ prompts: z.array(UsedPrompt), total: z.number().int() }),
  ),
  star: method(One.extend({ starred: z.boolean() }), z.object({})),
  /** Takes it out of the history; takes and events that say it stay as they are. */
  forget: method(One, z.object({})),
};
