import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { networkKind } from '../../src-shared/pack/network-kind.ts';
import type { NetworkKind } from '../../src-shared/pack/network-kind.ts';
import { readConfig } from '../../src-main/engine/pipelines/open-pack.ts';
import { tensorOf } from '../../src-main/engine/tensor/tensor.ts';
import type { Tensor } from '../../src-main/engine/tensor/tensor.ts';
import type { WeightsIndex } from '../../src-main/engine/weights/weights-index.ts';
import { withStoredWeights } from './hashed-weights.ts';

/** A recorded case: a network and the arrays that the official code made with it. */
export interface CaseFolder {
  readonly folder: string;
  readonly kind: NetworkKind;
  /** Folder of `config.json` and the weights. */
  readonly networkDir: string;
  readonly config: unknown;
  readonly configPath: string;
}

const PLACES = ['unet', 'vae', 'text_encoder', '.'] as const;

/** Finds the network of a case and gives it to `work`; weights that follow from a hash exist as a file for that time. */
export async function withCaseFolder<T>(folder: string, work: (found: CaseFolder) => Promise<T>): Promise<T> {
  const place = PLACES.find((candidate) => existsSync(join(folder, candidate, 'config.json')));
  if (place === undefined) {
    throw new StudioError('INVALID_INPUT', `${folder} has no unet/config.json, vae/config.json, text_encoder/config.json or config.json. Give a folder with one of them and case.safetensors.`);
  }
  const configPath = join(folder, place, 'config.json');
  const config = readConfig(configPath);
  const kind = networkKind(config);
  if (kind === null) throw new StudioError('MODEL_INCOMPATIBLE', `${configPath} describes none of the known networks: a UNet, AutoencoderKL, T5 or CLIP text encoder.`);
  return withStoredWeights(join(folder, place), kind, config, (networkDir) => work({ folder, kind, networkDir, config, configPath }));
}

/** One recorded array. */
export function read(arrays: WeightsIndex, name: string): Tensor {
  const entry = arrays.entries.get(name);
  if (entry === undefined) throw new StudioError('INVALID_INPUT', `The case has no "${name}". Use a folder made like the reference cases.`);
  return tensorOf(arrays.readFloat32(name), entry.shape);
}

/** Whole numbers as sessions take them. */
export const integers = (values: Float32Array): BigInt64Array => BigInt64Array.from(values, (value) => BigInt(Math.round(value)));
