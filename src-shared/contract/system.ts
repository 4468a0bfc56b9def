import { z } from 'zod';
import { ExecutionReport, ProviderWish } from '../execution/provider.ts';
import { method } from '../rpc/contract-types.ts';

export const Capability = z.enum(['nativeDialogs', 'revealInFolder', 'uploadOverHttp', 'taskbarProgress', 'dragOut']);

export const SystemInfo = z.object({
  appVersion: z.string(),
  host: z.enum(['electron', 'node', 'cli']),
  capabilities: z.array(Capability),
  cpu: z.object({ model: z.string(), cores: z.number().int() }),
  memory: z.object({ totalBytes: z.number(), freeBytes: z.number() }),
  disk: z.object({ path: z.string(), freeBytes: z.number() }),
  ffmpegVersion: z.string().nullable(),
  /** Where new projects go unless the creator says otherwise. */
  projectsFolder: z.string(),
  /** Base of media addresses: `${mediaBase}/asset/PROJECT/ASSET` and friends; a host secret is already in it where one is needed. */
  mediaBase: z.string(),
});
export type SystemInfo = z.infer<typeof SystemInfo>;

export const systemContract = {
  info: method(z.object({}), SystemInfo),
  /** What runs the models, why, and what speaks against the rest. */
  execution: method(z.object({}), ExecutionReport),
  /** Keeps the wish and tries it at once; work that runs ends where it began. */
  setExecutionProvider: method(z.object({ provider: ProviderWish }), ExecutionReport),
  /** Native dialogs; CAPABILITY_UNAVAILABLE on hosts without. */
  chooseProjectToOpen: method(z.object({}), z.object({ path: z.string().nullable() })),
  chooseSavePath: method(z.object({ defaultName: z.string().max(200) }), z.object({ path: z.string().nullable() })),
  chooseMedia: method(z.object({}), z.object({ paths: z.array(z.string()) })),
  chooseFolder: method(z.object({}), z.object({ path: z.string().nullable() })),
  revealInFolder: method(z.object({ path: z.string() }), z.object({})),
};
