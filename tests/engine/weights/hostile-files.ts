import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../../src-main/engine/weights/safetensors-writer.ts';
import { stateDictPickle, writeStoredZip, writeTorchCheckpoint } from './torch-checkpoint-writer.ts';

/** A repeatable source of numbers below `limit`. */
export function createDice(seed: number): (limit: number) => number {
  let state = seed >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** One hostile model in a folder of its own. `fatal`: it must be refused; else it may turn out harmless. */
export interface HostileFile {
  readonly kind: string;
  /** What the studio is asked to open. */
  readonly path: string;
  readonly fatal: boolean;
}

type Dice = (limit: number) => number;
const ascii = (text: string): number[] => [...Buffer.from(text, 'latin1')];
const tensors = [{ name: 'a.weight', shape: [2, 3] }, { name: 'b.bias', shape: [4] }];
const fillZero = ({ shape }: { shape: readonly number[] }, put: (piece: Uint8Array) => void): void => put(new Uint8Array(shape.reduce((a, b) => a * b, 2)));

function goodCheckpoint(path: string): Buffer {
  writeTorchCheckpoint(path, tensors, fillZero);
  return readFileSync(path);
}

function goodSafetensors(): Buffer {
  return Buffer.from(writeSafetensors(new Map([['a.weight', { data: new Float32Array(6), shape: [2, 3] }], ['b.bias', { data: new Float32Array(4), shape: [4] }]])));
}

function flip(bytes: Buffer, dice: Dice, from: number, to: number): Buffer {
  for (let count = 1 + dice(6); count > 0; count -= 1) bytes[from + dice(Math.max(to - from, 1))] = dice(256);
  return bytes;
}

/** Calls that a pickle might smuggle in; each would leave `canary` behind if it ran. */
function payloads(canary: string): number[][] {
  const text = (value: string): number[] => [0x8c, value.length % 256, ...ascii(value)];
  const command = `touch ${canary}`.slice(0, 200);
  const global = (module: string, name: string): number[] => [0x63, ...ascii(`${module}\n${name}\n`)];
  return [
    [...global('os', 'system'), ...text(command), 0x85, 0x52],
    [...global('posix', 'system'), ...text(command), 0x85, 0x52],
    [...text('subprocess'), ...text('call'), 0x93, ...text(command), 0x85, 0x52],
    [...global('builtins', 'eval'), ...text(`open("${canary}","w")`), 0x85, 0x52],
    [...global('torch.hub', 'load'), ...text(command), 0x85, 0x52],
    [0x28, ...text(command), 0x69, ...ascii('os\nsystem\n')], // INST
    [0x28, ...global('os', 'system'), ...text(command), 0x6f], // OBJ
    [...global('os', 'system'), ...text(command), 0x85, 0x81], // NEWOBJ
    [...global('collections', 'OrderedDict'), ...text(command), 0x85, 0x52], // a call with arguments
    [0x82, 1], [0x83, 1, 0], [0x84, 1, 0, 0, 0], // extension registry
    [0x50, ...ascii('../../secret\n')], // PERSID
    [0x8b, 0xff, 0xff, 0xff, 0x7f], // LONG4 of two gigabytes
    [0x8d, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], // BINUNICODE8
    [0x58, 0xff, 0xff, 0xff, 0xff], // BINUNICODE of four gigabytes
    [0x64], [0x92], [0x96, 0, 0, 0, 0, 0, 0, 0, 0x40], [0x97],
  ];
}

function hostilePickle(folder: string, canary: string, dice: Dice): HostileFile {
  const path = join(folder, 'diffusion_pytorch_model.bin');
  const bytes = goodCheckpoint(path);
  const kind = dice(5);
  if (kind === 0) {
    const all = payloads(canary);
    const pickle = stateDictPickle(tensors);
    // Behind the dictionary's start, where a value is expected, or in front of STOP.
    const at = dice(2) === 0 ? 2 : pickle.length - 1;
    const body = Buffer.concat([pickle.subarray(0, at), Buffer.from(all[dice(all.length)]!), pickle.subarray(at)]);
    writeStoredZip(path, [{ name: 'archive/data.pkl', bytes: body }, { name: 'archive/data/0', bytes: new Uint8Array(12) }, { name: 'archive/data/1', bytes: new Uint8Array(8) }]);
    return { kind: 'pickle with a call', path, fatal: true };
  }
  const pickleAt = bytes.indexOf(Buffer.from([0x80, 2, 0x63]));
  const directoryAt = bytes.lastIndexOf(Buffer.from('PK\u0001\u0002'));
  if (kind === 1) writeFileSync(path, flip(bytes, dice, pickleAt, pickleAt + stateDictPickle(tensors).length));
  else if (kind === 2) writeFileSync(path, flip(bytes, dice, directoryAt, bytes.length));
  else if (kind === 3) {
    // Sizes and places of the zip directory that overflow 32, 53 or 64 bits.
    const huge = [0xffffffff, 0x7fffffff, 0x80000000, bytes.length][dice(4)]!;
    bytes.writeUInt32LE(huge, directoryAt + [20, 24, 42][dice(3)]!);
    writeFileSync(path, bytes);
    return { kind: 'zip directory that points outside', path, fatal: true };
  } else {
    writeFileSync(path, bytes.subarray(0, dice(bytes.length)));
    return { kind: 'checkpoint cut short', path, fatal: true };
  }
  return { kind: 'checkpoint with flipped bytes', path, fatal: false };
}

function hostileSafetensors(folder: string, dice: Dice): HostileFile {
  const path = join(folder, 'diffusion_pytorch_model.safetensors');
  const kind = dice(4);
  if (kind === 0) {
    const good = goodSafetensors();
    writeFileSync(path, flip(good, dice, 0, 8 + Number(good.readBigUInt64LE(0))));
    return { kind: 'header with flipped bytes', path, fatal: false };
  }
  if (kind === 1) {
    const good = goodSafetensors();
    good.writeBigUInt64LE([2n ** 64n - 1n, 2n ** 63n, 2n ** 53n, 100_000_001n, 2n ** 32n, BigInt(good.length)][dice(6)]!, 0);
    writeFileSync(path, good);
    return { kind: 'header length beyond the file', path, fatal: true };
  }
  if (kind === 2) {
    writeFileSync(path, goodSafetensors().subarray(0, dice(goodSafetensors().length)));
    return { kind: 'safetensors cut short', path, fatal: true };
  }
  const numbers: unknown[] = [2 ** 53, 2 ** 64, -1, -(2 ** 63), 1e308, 0.5, 'NaN', null, [1], 2 ** 32];
  const odd = (): unknown => numbers[dice(numbers.length)];
  const entry: Record<string, unknown> = { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] };
  const field = dice(3);
  if (field === 0) entry['data_offsets'] = dice(2) === 0 ? [odd(), 16] : [0, odd()];
  else if (field === 1) entry['shape'] = dice(2) === 0 ? [odd(), odd()] : [2 ** 32, 2 ** 32, odd()];
  else entry['dtype'] = ['F4', '__proto__', '', 'constructor', 7][dice(5)];
  const header = Buffer.from(JSON.stringify({ [['w', '__proto__', 'constructor'][dice(3)]!]: entry }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(path, Buffer.concat([length, header, Buffer.alloc(16)]));
  return { kind: 'offsets, shapes and types that overflow', path, fatal: true };
}

/** Names by which an index or external data might reach a file outside; `secret` lies beside the model's folder. */
function leavingNames(secret: string): unknown[] {
  return ['../secret.safetensors', '..\\secret.safetensors', secret, 'sub/../../secret.safetensors', './../secret.safetensors', '..', '.', '', '/etc/passwd', 'C:\\secret', '\\\\host\\share\\x', '../secret.safetensors\u0000.safetensors', 'link.safetensors', 42, null, {}];
}

function hostileIndex(folder: string, secret: string, dice: Dice): HostileFile {
  const path = join(folder, 'diffusion_pytorch_model.safetensors.index.json');
  writeFileSync(join(folder, 'good.safetensors'), goodSafetensors());
  symlinkSync(secret, join(folder, 'link.safetensors'));
  const names = leavingNames(secret);
  const texts = ['{', '[]', '{"weight_map": []}', '{"weight_map": null}', '{"weight_map": "x"}', 'null'];
  const text = dice(6) === 0 ? texts[dice(texts.length)]! : JSON.stringify({ weight_map: { 'b.bias': 'good.safetensors', 'a.weight': names[dice(names.length)] } });
  writeFileSync(path, text);
  return { kind: 'shard index that leaves the folder', path: folder, fatal: true };
}

function hostileLink(folder: string, secret: string): HostileFile {
  const path = join(folder, 'diffusion_pytorch_model.safetensors');
  symlinkSync(secret, path);
  return { kind: 'weights that are a link', path: folder, fatal: true };
}

/** Writes hostile model number `index`; `secret` is a valid model outside every folder, which nothing may read. */
export function writeHostileFile(root: string, index: number, secret: string, canary: string): HostileFile {
  const folder = join(root, `model-${index}`);
  mkdirSync(folder);
  const dice = createDice(index * 2_654_435_761 + 1);
  for (let warm = 0; warm < 8; warm += 1) dice(2);
  const choice = dice(20);
  if (choice < 8) return hostilePickle(folder, canary, dice);
  if (choice < 14) return hostileSafetensors(folder, dice);
  return choice < 19 ? hostileIndex(folder, secret, dice) : hostileLink(folder, secret);
}

export { leavingNames };
