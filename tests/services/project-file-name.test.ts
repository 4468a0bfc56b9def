import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { freeProjectPath, typedProjectPath } from '../../src-main/services/project-file-name.ts';

const folder = mkdtempSync(join(tmpdir(), 'motif-names-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

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
