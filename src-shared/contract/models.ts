import { z } from 'zod';
import { MachineMemory, MemoryStep, MemoryVerdict, WeightForm } from '../pack/memory-plan.ts';
import { Preset, StageSettings } from '../recipe/recipe.ts';
import { STAGE_NAMES } from '../recipe/stage-name.ts';
import { FrameRate } from '../timing/frame-rate.ts';
import { method, stream } from '../rpc/contract-types.ts';

/**
 * What a folder of weights is for: a stage of the cascade, its first-frame image model, a generator of its own, or one network alone that
 * completes others: a T5 text encoder, a CLIP text encoder, an autoencoder.
 */
export const PartRole = z.enum([...STAGE_NAMES, 'firstFrame', 'textToVideo', 'text', 'clipText', 'autoencoder']);
export type PartRole = z.infer<typeof PartRole>;

/** Reading every byte of an imported pack once, for its hash. */
export const Hashing = z.object({ packId: z.string(), hashedBytes: z.number(), totalBytes: z.number() });
export type Hashing = z.infer<typeof Hashing>;

/** A pack whose weights stay where the creator keeps them. */
export const ImportedPack = z.object({
  parts: z.array(z.object({ role: PartRole, path: z.string() })),
  /** What the family has and this pack lacks, each with its consequence. */
  missing: z.array(z.string()),
  hashedBytes: z.number(),
  totalBytes: z.number(),
});
export type ImportedPack = z.infer<typeof ImportedPack>;

export const ModelPack = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  licence: z.string(),
  description: z.string(),
  path: z.string(),
  embedded: z.boolean(),
  sizeBytes: z.number(),
  /** Empty until an imported pack has been read through once. */
  sha256: z.string(),
  presets: z.record(Preset, z.array(StageSettings)),
  /** What the pack's maker calls its presets, where that is not the studio's own name. */
  presetNames: z.partialRecord(Preset, z.string()).optional(),
  output: z.object({ frames: z.number().int(), keyframes: z.number().int(), width: z.number().int(), height: z.number().int(), frameRate: FrameRate }),
  /** Null when usable; otherwise what is wrong and how to mend it. */
  problem: z.string().nullable(),
  /** Left out for packs that lie in the studio's own folders. */
  imported: ImportedPack.optional(),
});
export type ModelPack = z.infer<typeof ModelPack>;

/** One part found in a folder that could be imported. */
export const FoundPart = z.object({
  role: PartRole,
  path: z.string(),
  sizeBytes: z.number(),
  /** Of the part's main network. */
  tensors: z.number().int(),
  parameters: z.number().int(),
  format: z.enum(['safetensors', 'pickle']).nullable(),
  /** Null when usable; otherwise what is wrong and how to mend it. */
  problem: z.string().nullable(),
});
export type FoundPart = z.infer<typeof FoundPart>;

/** Terms that cover some of the parts. `id` is the SHA-256 of what is shown, so that other words need another consent. */
export const Licence = z.object({ id: z.string(), name: z.string(), text: z.string(), paths: z.array(z.string()), accepted: z.boolean() });
export type Licence = z.infer<typeof Licence>;

/** What importing a folder would give. Nothing has been changed. */
export const FolderReport = z.object({
  folder: z.string(),
  parts: z.array(FoundPart),
  packs: z.array(z.object({ id: z.string(), name: z.string(), missing: z.array(z.string()) })),
  licences: z.array(Licence),
});
export type FolderReport = z.infer<typeof FolderReport>;

/** What each model of a preset takes on this machine. They are loaded and released in turn. */
export const PackPlan = z.object({
  packId: z.string(),
  preset: Preset,
  machine: MachineMemory,
  steps: z.array(MemoryStep.extend({ form: WeightForm, verdict: MemoryVerdict })),
  /** The worst of the steps. */
  verdict: MemoryVerdict,
});
export type PackPlan = z.infer<typeof PackPlan>;

/** How far a look into a folder is. The last one has the report. */
export const LookProgress = z.object({ lookedAt: z.number().int(), of: z.number().int(), path: z.string(), report: FolderReport.nullable() });
export type LookProgress = z.infer<typeof LookProgress>;

const Folder = z.string().min(1, 'Choose a folder.').max(4096);

export const modelsContract = {
  /** Every pack; the first that works is the one that new clips are made with. */
  list: method(z.object({}), z.object({ packs: z.array(ModelPack) })),
  /** Makes new clips with this pack from now on. */
  prefer: method(z.object({ packId: z.string() }), z.object({})),
  /** Looks into a folder of weights as the hub lays them out; reads headers only. */
  inspectFolder: method(z.object({ folder: Folder }), FolderReport),
  /** The same look, told folder by folder; its last message has the report. */
  lookIntoFolder: stream(z.object({ folder: Folder }), LookProgress),
  /** What will fit where, before anything is started. */
  plan: method(z.object({ packId: z.string(), preset: Preset }), PackPlan),
  /** Refers to what the folder holds; copies nothing. LICENCE_NOT_ACCEPTED until every licence id of the report is given. */
  importFolder: method(z.object({ folder: Folder, acceptedLicences: z.array(z.string()).max(50).default([]) }), z.object({ packIds: z.array(z.string()) })),
  /** Forgets an imported pack. The weights stay where they are. */
  remove: method(z.object({ packId: z.string() }), z.object({})),
  /** How far the hashes of imported packs are; ends when the caller leaves. */
  watchHashing: stream(z.object({}), Hashing),
};
