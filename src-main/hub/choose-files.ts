import type { WeightPrecision } from '../../src-shared/contract/hub.ts';
import type { HubFile } from '../../src-shared/hub/download-record.ts';

/** Files of a repository that the studio reads, and the rest. */
export interface FileChoice {
  readonly wanted: readonly HubFile[];
  readonly skipped: readonly HubFile[];
  /** Folders of networks whose weights come in no form that the studio reads. */
  readonly withoutWeights: readonly string[];
}

interface Stems {
  readonly safetensors: string;
  readonly bin: string;
}

const DIFFUSERS: Stems = { safetensors: 'diffusion_pytorch_model', bin: 'diffusion_pytorch_model' };
const TRANSFORMERS: Stems = { safetensors: 'model', bin: 'pytorch_model' };

/** Folders with weights, and the stems of their files; the empty name is the root of a repository that is one network alone. */
const NETWORKS: Readonly<Record<string, readonly Stems[]>> = { unet: [DIFFUSERS], vae: [DIFFUSERS], text_encoder: [TRANSFORMERS], '': [TRANSFORMERS, DIFFUSERS] };

const inside = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

const SMALL: readonly RegExp[] = [
  /^model_index\.json$/, /^LICEN[CS]E([._-][^/]*)?$/i,
  /^((unet|vae|text_encoder)\/)?config\.json$/, /^(scheduler|image_noising_scheduler)\/scheduler_config\.json$/,
  /^(tokenizer\/)?(tokenizer\.json|spiece\.model|vocab\.json|merges\.txt|tokenizer_config\.json|special_tokens_map\.json|added_tokens\.json)$/,
];

/** Licence file at the root of a repository, which is shown before anything else is asked for. */
export const licenceFileOf = (files: readonly HubFile[]): HubFile | null => files.filter(({ path }) => SMALL[1]!.test(path)).sort((a, b) => (a.path < b.path ? -1 : 1))[0] ?? null;

const escaped = (text: string): string => text.replaceAll('.', '\\.');

/** One form of a network's weights: a single file, or an index with its shards. Null where the repository lacks it. */
function formOf(files: readonly HubFile[], folder: string, stem: string, extension: string, variant: string): HubFile[] | null {
  const at = (name: string) => files.find(({ path }) => path === inside(folder, name));
  const single = at(`${stem}${variant}.${extension}`);
  if (single !== undefined) return [single];
  const index = at(`${stem}.${extension}.index${variant}.json`) ?? at(`${stem}${variant}.${extension}.index.json`);
  if (index === undefined) return null;
  const shard = new RegExp(`^${inside(folder, escaped(stem))}(${escaped(variant)}-\\d{5}-of-\\d{5}|-\\d{5}-of-\\d{5}${escaped(variant)})\\.${extension}$`);
  const shards = files.filter(({ path }) => shard.test(path));
  return shards.length === 0 ? null : [index, ...shards];
}

function weightsOf(files: readonly HubFile[], folder: string, precision: WeightPrecision): HubFile[] | null {
  for (const variant of precision === 'fp16' ? ['.fp16', ''] : ['', '.fp16']) {
    for (const extension of ['safetensors', 'bin'] as const) {
      for (const stems of NETWORKS[folder]!) {
        const form = formOf(files, folder, stems[extension], extension, variant);
        if (form !== null) return form;
      }
    }
  }
  return null;
}

/**
 * Chooses one form of every network's weights, safetensors before pickles, and the small files beside them. With
 * `withoutText` the text encoder and its tokenizer are left out, because another repository brings the same.
 */
export function chooseFiles(files: readonly HubFile[], precision: WeightPrecision, withoutText: boolean): FileChoice {
  const wanted = new Set(files.filter(({ path }) => SMALL.some((pattern) => pattern.test(path))));
  const withoutWeights: string[] = [];
  const isPipeline = files.some(({ path }) => /^(unet|vae|text_encoder)\/config\.json$/.test(path));
  for (const folder of Object.keys(NETWORKS)) {
    if (folder === '' && isPipeline) continue;
    if (!files.some(({ path }) => path === inside(folder, 'config.json'))) continue;
    const weights = weightsOf(files, folder, precision);
    if (weights === null) withoutWeights.push(folder);
    for (const file of weights ?? []) wanted.add(file);
  }
  const isChosen = (file: HubFile) => wanted.has(file) && !(withoutText && /^(text_encoder|tokenizer)\//.test(file.path));
  return { wanted: files.filter(isChosen), skipped: files.filter((file) => !isChosen(file)), withoutWeights: withoutText ? withoutWeights.filter((folder) => folder !== 'text_encoder') : withoutWeights };
}
