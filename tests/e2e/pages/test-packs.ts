import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { writeRunnablePack } from '../../engine/process/make-runnable-pack.ts';

const embedded = path.resolve(import.meta.dirname, '../../../models');

/** Whether to use the pack that ships inside: where it is in this checkout, unless `STUDIO_E2E_PACK=tiny` asks for a quick run. */
export const hasEmbeddedPack = process.env['STUDIO_E2E_PACK'] !== 'tiny' && existsSync(path.join(embedded, 'motif-mini', 'model_index.json'));

/** A folder with one small pack. */
export interface TestPacks {
  readonly dir: string;
  remove(): Promise<void>;
}

/** Words of the specs and of the window's examples. The tiny vocabulary is stretched over them: which id one gets is of no matter. */
const WORDS = 'a red fish swims right in the sea blue bird flies left sky yellow star moves up at night green boat sails white rocket pink heart down'.split(' ');

interface StageSettings {
  readonly stage: string;
  readonly numInferenceSteps: number;
}

/**
 * A pack of random weights whose stages run in milliseconds. `keyframeSteps` makes its first stage as long as a spec needs
 * to act while it runs.
 */
export async function makeTestPacks(options: { keyframeSteps?: number } = {}): Promise<TestPacks> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'motif-packs-'));
  writeRunnablePack(path.join(dir, 'tiny'));
  const tokenizerFile = path.join(dir, 'tiny', 'tokenizer', 'tokenizer.json');
  const tokenizer = JSON.parse(await readFile(tokenizerFile, 'utf8')) as { model: { vocab: Record<string, number> } };
  tokenizer.model.vocab = { ...Object.fromEntries(WORDS.map((word, index) => [word, 3 + (index % 5)])), ...tokenizer.model.vocab };
  await writeFile(tokenizerFile, JSON.stringify(tokenizer));
  const { keyframeSteps } = options;
  if (keyframeSteps !== undefined) {
    const file = path.join(dir, 'tiny', 'model_index.json');
    const index = JSON.parse(await readFile(file, 'utf8')) as { presets: Record<string, StageSettings[]> };
    index.presets = Object.fromEntries(Object.entries(index.presets).map(([name, stages]) => [name, stages.map((stage) => (stage.stage === 'keyframes' ? { ...stage, numInferenceSteps: keyframeSteps } : stage))]));
    await writeFile(file, JSON.stringify(index));
  }
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
