import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Licence, PartRole } from '../../src-shared/contract/models.ts';
import { PIPELINE_FOLDERS } from './find-parts.ts';

/** Largest licence file that is shown, in bytes. */
const MAX_TEXT_BYTES = 200_000;

interface Terms {
  readonly name: string;
  readonly text: string;
}

const SHOW1: Terms = {
  name: 'Show-1 weights: CC BY-NC 4.0',
  text: 'The Show-1 weights are published by Show Lab under Creative Commons Attribution-NonCommercial 4.0 International. You may use, share and adapt them with attribution, for non-commercial purposes only. For commercial use, ask the authors.\n\nFull text: https://creativecommons.org/licenses/by-nc/4.0/legalcode',
};
const DEEPFLOYD: Terms = {
  name: 'DeepFloyd IF licence (research, non-commercial)',
  text: 'The DeepFloyd IF weights are published by Stability AI under the DeepFloyd IF licence agreement: for non-commercial and research purposes only, with rules on use that travel with every copy.\n\nFull text: https://huggingface.co/DeepFloyd/IF-II-L-v1.0',
};
const TEXT_TO_VIDEO: Terms = {
  name: 'Text-to-video weights: CC BY-NC 4.0',
  text: 'The ModelScope and ZeroScope text-to-video weights are published under Creative Commons Attribution-NonCommercial 4.0 International. You may use, share and adapt them with attribution, for non-commercial purposes only.\n\nFull text: https://creativecommons.org/licenses/by-nc/4.0/legalcode',
};
const TEXT_ENCODER: Terms = {
  name: 'Text encoder: licence of its publisher',
  text: 'This folder holds a text encoder without a licence file. T5 v1.1 is published by Google under Apache-2.0, CLIP and OpenCLIP under MIT. Use it as its publisher allows.',
};
const AUTOENCODER: Terms = {
  name: 'Autoencoder: licence of its publisher',
  text: 'This folder holds an autoencoder without a licence file. The Stable Diffusion autoencoders are published under MIT or CreativeML OpenRAIL-M. Use it as its publisher allows.',
};

const TERMS: Readonly<Record<PartRole, Terms>> = {
  keyframes: SHOW1, interpolation: SHOW1, superResolution1: SHOW1, superResolution2: SHOW1, firstFrame: DEEPFLOYD, textToVideo: TEXT_TO_VIDEO, text: TEXT_ENCODER, clipText: TEXT_ENCODER, autoencoder: AUTOENCODER,
};

/** The terms of weights of this role; `own` is the text of a licence file beside them. The id is the SHA-256 of what is shown. */
export function termsOf(role: PartRole, own: string | null): Pick<Licence, 'id' | 'name' | 'text'> {
  const known = TERMS[role];
  const text = own ?? known.text;
  return { id: createHash('sha256').update(`${known.name}\n${text}`).digest('hex'), name: known.name, text };
}

/** The licence file in a folder, if there is one that can be shown. */
async function ownLicence(folder: string): Promise<string | null> {
  const names = await readdir(folder).catch(() => []);
  const name = names.sort().find((candidate) => /^LICEN[CS]E([._-].*)?$/i.test(candidate));
  if (name === undefined) return null;
  const file = path.join(folder, name);
  const facts = await stat(file);
  if (!facts.isFile() || facts.size > MAX_TEXT_BYTES) return null;
  const text = (await readFile(file, 'utf8')).trim();
  return text === '' ? null : text;
}

/** The terms of every part, each set of terms once: the folder's own licence file, or what is known of such weights. */
export async function licencesOf(parts: readonly { readonly role: PartRole; readonly path: string }[], accepted: ReadonlySet<string>): Promise<Licence[]> {
  const found = new Map<string, Licence>();
  for (const part of parts) {
    const own = (await ownLicence(part.path)) ?? (PIPELINE_FOLDERS.includes(path.basename(part.path)) ? await ownLicence(path.dirname(part.path)) : null);
    const { id, name, text } = termsOf(part.role, own);
    const earlier = found.get(id);
    found.set(id, { id, name, text, paths: [...(earlier?.paths ?? []), part.path], accepted: accepted.has(id) });
  }
  return [...found.values()];
}
