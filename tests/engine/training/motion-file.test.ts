import { describe, expect, it } from 'vitest';
import { addChange } from '../../../src-main/engine/training/change.ts';
import { decodeMotionFile, encodeMotionFile, requireModel, type MotionFile } from '../../../src-main/engine/training/motion-file.ts';
import { openMemoryTensors } from '../../../src-main/engine/weights/memory-tensors.ts';
import { writeSafetensors, type TensorToWrite } from '../../../src-main/engine/weights/safetensors-writer.ts';
import { MODEL_SHA256, MOVING_SQUARE, learningRequest } from './learn-on-tiny-pack.ts';

const WEIGHT = 'mid_block.temp_attentions.0.transformer_blocks.0.attn1.to_q.weight';
const OTHER = 'mid_block.temp_attentions.0.transformer_blocks.0.attn2.to_v.weight';

function motion(): MotionFile {
  const { caption, settings, facts } = learningRequest();
  return {
    facts: { ...facts, caption, settings, steps: 2, bestStep: 1, firstLoss: 0.5, bestLoss: 0.25, lossCurve: [{ step: 1, loss: 0.4, heldOut: null }, { step: 2, loss: 0.3, heldOut: 0.25 }] },
    changes: new Map([
      [WEIGHT, { shape: [2, 3] as const, change: { kind: 'full' as const, values: Float32Array.of(1, -0.5, 0.25, 0, 2, -4) } }],
      [OTHER, { shape: [2, 3] as const, change: { kind: 'lowRank' as const, rank: 1, up: Float32Array.of(1, 2), down: Float32Array.of(0.5, 0, -1) } }],
    ]),
    frames: MOVING_SQUARE,
    noise: { data: new Float32Array(18).fill(0.5), shape: [1, 3, 1, 2, 3] },
  };
}

/** The file again with other tensors or another description. */
function rewritten(change: (tensors: Map<string, TensorToWrite>, metadata: Record<string, string>) => void): Uint8Array {
  const file = openMemoryTensors(encodeMotionFile(motion()), 'motion');
  const tensors = new Map<string, TensorToWrite>([...file.entries].map(([name, { dtype, shape }]) => (dtype === 'U8'
    ? [name, { data: file.bytes(name)!, shape }] : [name, { data: file.float32(name)!.data, shape, dtype: 'F16' as const }])));
  const metadata = { ...file.metadata };
  change(tensors, metadata);
  return writeSafetensors(tensors, metadata);
}

describe('a motion file', () => {
  it('comes back as it was written', () => {
    expect(decodeMotionFile(encodeMotionFile(motion()), 'motion')).toEqual(motion());
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['cut off', encodeMotionFile(motion()).subarray(0, 900), /truncated|claims bytes|needs/],
    ['nothing', new Uint8Array(0), /truncated/],
    ['another kind of file', writeSafetensors(new Map([['a', { data: Float32Array.of(1), shape: [1] }]])), /another kind of safetensors file/],
    ['from a later version', rewritten((_, metadata) => { metadata['format'] = 'motif-motion-2'; }), /newer Motif Studio/],
    ['a weight that carries no motion', rewritten((tensors) => { tensors.set('conv_in.weight', { data: Float32Array.of(1), shape: [1, 1] }); }), /conv_in\.weight, which is no temporal attention weight/],
    ['a value that is no number', rewritten((tensors) => { tensors.set(WEIGHT, { data: Float32Array.of(1, Number.NaN), shape: [1, 2] }); }), /holds values that are not numbers/],
    ['half of a pair', rewritten((tensors) => { tensors.delete(`${OTHER}.up`); }), /is missing/],
    ['factors that do not fit', rewritten((tensors) => { tensors.set(`${OTHER}.up`, { data: new Float32Array(4), shape: [2, 2] }); }), /do not fit each other/],
    ['no changes', rewritten((tensors) => { for (const name of [WEIGHT, `${OTHER}.up`, `${OTHER}.down`]) tensors.delete(name); }), /changes nothing/],
    ['no frames', rewritten((tensors) => { tensors.delete('source.frames'); }), /source frames are missing/],
    ['a description that is no JSON', rewritten((_, metadata) => { metadata['motion'] = '{'; }), /not JSON/],
    ['a description without a caption', rewritten((_, metadata) => { metadata['motion'] = JSON.stringify({ ...motion().facts, caption: '' }); }), /incomplete \(caption\)/],
  ])('is refused when it is %s', (_what, bytes, message) => {
    expect(() => decodeMotionFile(bytes, 'wave.motion.safetensors')).toThrow(expect.objectContaining({ code: 'WEIGHTS_INVALID', message: expect.stringMatching(message) }));
    expect(() => decodeMotionFile(bytes, 'wave.motion.safetensors')).toThrow(/wave\.motion\.safetensors/);
  });

  it('belongs to one model', () => {
    const { facts } = motion();
    expect(() => requireModel(facts, { sha256: MODEL_SHA256, name: 'Tiny' })).not.toThrow();
    expect(() => requireModel(facts, { sha256: 'b'.repeat(64), name: 'Other' })).toThrow(expect.objectContaining({
      code: 'MODEL_INCOMPATIBLE', message: 'The motion "square" was learned on "Tiny" and does not work with "Other", whose weights are others. Choose that model, or learn the motion again with this one.',
    }));
  });
});

describe('a change', () => {
  it('adds itself by its strength, in either form', () => {
    const target = Float32Array.of(10, 10, 10, 10, 10, 10);
    const { changes } = motion();
    addChange(target, [2, 3], changes.get(WEIGHT)!.change, 2);
    expect(target).toEqual(Float32Array.of(12, 9, 10.5, 10, 14, 2));
    addChange(target, [2, 3], changes.get(OTHER)!.change, 0.5);
    expect(target).toEqual(Float32Array.of(12.25, 9, 10, 10.5, 14, 1));
  });
});
