import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { freeProjectPath, toFileName, typedProjectPath } from '../../src-main/services/project-file-name.ts';

const folder = mkdtempSync(join(tmpdir(), 'motif-names-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

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

describe('project paths', () => {
  it('numbers a name that is taken', () => {
    const empty = mkdtempSync(join(tmpdir(), 'motif-names-'));
    expect(freeProjectPath(empty, 'Sea')).toBe(join(empty, 'Sea.motif'));
    writeFileSync(join(empty, 'Sea.motif'), '');
    writeFileSync(join(empty, 'Sea 2.motif'), '');
    expect(freeProjectPath(empty, 'Sea')).toBe(join(empty, 'Sea 3.motif'));
    rmSync(empty, { recursive: true });
  });

  it('takes a typed path from the projects folder and adds the extension', () => {
    expect(typedProjectPath('/projects', 'Sea')).toBe('/projects/Sea.motif');
    expect(typedProjectPath('/projects', '/else/Sea.motif')).toBe('/else/Sea.motif');
  });
});
