import { describe, expect, it } from 'vitest';
import { assetFileName, toFileName } from '../../src-shared/export/file-name.ts';

describe('toFileName', () => {
  it.each([
    ['A red fish', 'A red fish'],
    ['../../etc/passwd', 'etc passwd'],
    ['C:\\Windows\\x', 'C Windows x'],
    ['what? "this" <is>: *it|', 'what this is it'],
    ['file.txt::$DATA', 'file.txt $DATA'],
    ['  ...hidden. . ', 'hidden'],
    ['con', 'Clip'], ['COM1.mp4', 'Clip'], ['', 'Clip'], ['///', 'Clip'], ['\u0000\n\t', 'Clip'],
    ['Fisch im Ööd', 'Fisch im Ööd'], ['魚', '魚'],
  ])('makes %j into %j', (title, expected) => {
    expect(toFileName(title, 'Clip')).toBe(expected);
  });

  it('keeps names short', () => {
    expect(toFileName('x'.repeat(500), 'Clip')).toHaveLength(80);
  });
});

describe('assetFileName', () => {
  it.each([
    ['a red fish', 'video/mp4', 'a red fish.mp4'], ['holiday.MOV', 'video/mp4', 'holiday.MOV'], ['scan.jpeg', 'image/jpeg', 'scan.jpeg'], ['scan', 'image/jpeg', 'scan.jpg'], ['swing', 'application/x-safetensors', 'swing.motion.safetensors'],
    ['a: b/c.webm', 'video/webm', 'a b c.webm'], ['data', 'application/octet-stream', 'data'],
  ])('calls %j of type %s %j', (name, mimeType, expected) => {
    expect(assetFileName({ name, mimeType })).toBe(expected);
  });
});
