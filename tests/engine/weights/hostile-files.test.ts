import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { GraphBuilder } from '../../../src-main/engine/onnx/graph-builder.ts';
import { add } from '../../../src-main/engine/onnx/tensor-ops.ts';
import { openSession } from '../../../src-main/engine/session/engine-session.ts';
import { openWeights } from '../../../src-main/engine/weights/open-weights.ts';
import { writeSafetensors } from '../../../src-main/engine/weights/safetensors-writer.ts';
import { leavingNames, writeHostileFile } from './hostile-files.ts';

/** `MOTIF_HOSTILE_FILES=1000` for the long run. */
const COUNT = Number(process.env['MOTIF_HOSTILE_FILES'] ?? 150);
/** In the file outside; no tensor that is read may hold it. */
const SECRET = 1234.5;

let root: string;
let secret: string;
let canary: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'hostile-'));
  secret = join(root, 'secret.safetensors');
  canary = join(root, 'canary');
  writeFileSync(secret, writeSafetensors(new Map([['a.weight', { data: new Float32Array(6).fill(SECRET), shape: [2, 3] }]])));
});
afterAll(() => rmSync(root, { recursive: true }));

/** Opens the model and reads every tensor. The error, or null when all could be read. */
function readThrough(path: string): unknown {
  try {
    const weights = openWeights(path);
    try {
      for (const [name, { file }] of weights.entries) {
        expect(file.startsWith(join(root, 'model-')), file).toBe(true);
        expect(weights.readFloat32(name)).not.toContain(SECRET);
      }
    } finally {
      weights.close();
    }
    return null;
  } catch (error) {
    return error;
  }
}

it(`refuses ${COUNT} mutated models with one clear error each`, () => {
  const refused: Record<string, number> = {};
  for (let index = 0; index < COUNT; index += 1) {
    const { kind, path, fatal } = writeHostileFile(root, index, secret, canary);
    const error = readThrough(path);
    const label = `${kind}, number ${index}`;
    if (error === null) {
      expect(fatal, `${label} was accepted`).toBe(false);
      continue;
    }
    expect(error, `${label}: ${String(error)}`).toBeInstanceOf(StudioError);
    const { code, message } = error as StudioError;
    expect(['WEIGHTS_INVALID', 'MODEL_MISSING', 'MODEL_INCOMPATIBLE'], `${label}: ${message}`).toContain(code);
    expect(message, label).toContain(join(root, `model-${index}`) + (message.includes(`model-${index}${sep}`) ? sep : ''));
    expect(message).toMatch(/\. [A-Z].*\.$/s);
    refused[kind] = (refused[kind] ?? 0) + 1;
  }
  expect(existsSync(canary)).toBe(false);
  if (COUNT >= 1000) process.stdout.write(`${JSON.stringify(refused)}\n`);
  expect(Object.keys(refused).length).toBeGreaterThanOrEqual(8);
}, 600_000);

it('opens no external data outside the weights folder', async () => {
  for (const location of leavingNames(secret)) {
    if (typeof location !== 'string') continue;
    const b = new GraphBuilder('hostile', 'ort-cpu');
    const x = b.input('x', 'float32', [6]);
    const build = (): Promise<unknown> => {
      const weight = b.initializer('w', 'float32', [6], { kind: 'external', location, offset: 64, length: 24 });
      b.output('y', add(b, x, weight));
      return openSession(b.finish(), { weightsDir: join(root, 'model-0') });
    };
    const error = await (async () => build())().then(() => null, (reason: unknown) => reason);
    expect(error, location).toBeInstanceOf(StudioError);
  }
});
