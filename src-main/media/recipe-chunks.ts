/**
 * Recipes in formats whose ffmpeg muxer keeps no metadata: a comment in a GIF, a text chunk in a PNG, a chunk of our own in a WAV.
 * What is found is text from outside.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Container } from './sniff-container.ts';

/** Key of the recipe in every format. */
export const RECIPE_KEY = 'motif_recipe';

/** Longest recipe, in bytes of UTF-8: longer ones are neither written nor believed. Windows allows less on a command line. */
export const MAX_RECIPE_BYTES = process.platform === 'win32' ? 24_000 : 65_536;

/** Blocks, chunks and frames looked at before a search is given up: hostile files have millions. */
const MAX_STEPS = 1_000_000;
const COMMENT_HEAD = `${RECIPE_KEY}=`;

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** A GIF comment extension: sub-blocks of at most 255 bytes. */
function gifComment(text: string): Buffer {
  const bytes = Buffer.from(COMMENT_HEAD + text);
  const parts: Buffer[] = [Buffer.from([0x21, 0xfe])];
  for (let at = 0; at < bytes.length; at += 255) parts.push(Buffer.from([Math.min(255, bytes.length - at)]), bytes.subarray(at, at + 255));
  parts.push(Buffer.from([0]));
  return Buffer.concat(parts);
}

/** A PNG iTXt chunk: UTF-8, not compressed. */
function pngText(text: string): Buffer {
  const body = Buffer.concat([Buffer.from('iTXt', 'latin1'), Buffer.from(`${RECIPE_KEY}\0\0\0\0\0`, 'latin1'), Buffer.from(text)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

/** A RIFF chunk with our own name; readers pass over what they do not know. */
function riffChunk(text: string): Buffer {
  const bytes = Buffer.from(text);
  const chunk = Buffer.alloc(8 + bytes.length + (bytes.length % 2));
  chunk.write('mtfR', 0, 'latin1');
  chunk.writeUInt32LE(bytes.length, 4);
  bytes.copy(chunk, 8);
  return chunk;
}

/** Writes `text` into a file that ffmpeg has just finished. False where it has no place: then it goes beside the file. */
export async function insertRecipe(path: string, container: 'gif' | 'png_pipe' | 'wav', text: string): Promise<boolean> {
  if (Buffer.byteLength(text) > MAX_RECIPE_BYTES) return false;
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    if (container === 'gif') {
      // In front of the trailer, the last byte.
      if ((await read(file, size - 1, 1))[0] !== 0x3b) return false;
      await file.write(Buffer.concat([gifComment(text), Buffer.from([0x3b])]), 0, undefined, size - 1);
    } else if (container === 'png_pipe') {
      // In front of IEND, the last twelve bytes.
      const end = await read(file, size - 12, 12);
      if (end.toString('latin1', 4, 8) !== 'IEND') return false;
      await file.write(Buffer.concat([pngText(text), end]), 0, undefined, size - 12);
    } else {
      const chunk = riffChunk(text);
      // RF64 keeps its size elsewhere: such files are over 4 GB.
      if ((await read(file, 0, 4)).toString('latin1') !== 'RIFF' || size % 2 !== 0 || size + chunk.length > 0xffff_ffff) return false;
      await file.write(chunk, 0, undefined, size);
      const riffSize = Buffer.alloc(4);
      riffSize.writeUInt32LE(size + chunk.length - 8);
      await file.write(riffSize, 0, 4, 4);
    }
    await file.sync();
    return true;
  } finally {
    await file.close();
  }
}

async function fromPng(file: FileHandle, size: number): Promise<string | null> {
  for (let at = 8, steps = 0; at + 12 <= size && steps < MAX_STEPS; steps += 1) {
    const head = await read(file, at, 8);
    const length = head.readUInt32BE(0);
    const type = head.toString('latin1', 4, 8);
    if (type === 'IEND') return null;
    if (type === 'iTXt' && length <= MAX_RECIPE_BYTES + 64) {
      const body = await read(file, at + 8, length);
      const start = `${RECIPE_KEY}\0\0\0\0\0`;
      if (body.toString('latin1', 0, start.length) === start) return body.toString('utf8', start.length);
    }
    at += 12 + length;
  }
  return null;
}

async function fromWav(file: FileHandle, size: number): Promise<string | null> {
  for (let at = 12, steps = 0; at + 8 <= size && steps < MAX_STEPS; steps += 1) {
    const head = await read(file, at, 8);
    const length = head.readUInt32LE(4);
    if (head.toString('latin1', 0, 4) === 'mtfR') return length <= MAX_RECIPE_BYTES ? (await read(file, at + 8, length)).toString('utf8') : null;
    at += 8 + length + (length % 2);
  }
  return null;
}

/** Ours stands at the very end: what is in front of it need not be understood. */
async function fromGif(file: FileHandle, size: number): Promise<string | null> {
  const tail = await read(file, Math.max(0, size - MAX_RECIPE_BYTES - 1024), Math.min(size, MAX_RECIPE_BYTES + 1024));
  // The sub-block's length stands between the extension and its words.
  let words = tail.lastIndexOf(COMMENT_HEAD);
  // A prompt may say the very words; only ours follow an extension's head.
  while (words > 0 && (tail[words - 3] !== 0x21 || tail[words - 2] !== 0xfe)) words = tail.lastIndexOf(COMMENT_HEAD, words - 1);
  if (words < 3) return null;
  const parts: Buffer[] = [];
  for (let at = words - 1; at < tail.length; ) {
    const length = tail[at] ?? 0;
    if (length === 0) break;
    parts.push(tail.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return Buffer.concat(parts).toString('utf8').slice(COMMENT_HEAD.length);
}

/** The text that `insertRecipe` wrote, or null. */
export async function findRecipe(path: string, container: Container): Promise<string | null> {
  if (container !== 'gif' && container !== 'png_pipe' && container !== 'wav') return null;
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return container === 'gif' ? await fromGif(file, size) : container === 'wav' ? await fromWav(file, size) : await fromPng(file, size);
  } finally {
    await file.close();
  }
}
