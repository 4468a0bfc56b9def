import { execFile } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const fromBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const asar = createRequire(fromBuilder.resolve('app-builder-lib'))('@electron/asar') as { listPackage(archive: string, options: object): string[] };

/** The byte string by which @electron/fuses finds the switches in Electron's binary, and nine switches behind it. */
const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

// Needs the build, and packages of this checkout: electron-builder does not follow a linked node_modules.
const possible = process.platform === 'linux' && existsSync(path.join(root, 'out', '.built')) && !lstatSync(path.join(root, 'node_modules')).isSymbolicLink();

/**
 * electron-builder packages the app around a stand-in for Electron's binary that carries nothing but the fuse switches:
 * everything but Electron itself is what `npm run dist` ships.
 */
describe.skipIf(!possible)('the packaged app', () => {
  let folder: string;
  let resources: string;
  let archive: string[];
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'motif-dist-'));
    const electron = path.join(folder, 'electron');
    mkdirSync(path.join(electron, 'resources'), { recursive: true });
    for (const name of ['LICENSE', 'LICENSES.chromium.html', 'version']) writeFileSync(path.join(electron, name), '');
    writeFileSync(path.join(electron, 'electron'), Buffer.concat([Buffer.from(FUSE_SENTINEL, 'latin1'), Buffer.from([1, 9]), Buffer.from('101010011', 'latin1')]));
    chmodSync(path.join(electron, 'electron'), 0o755);
    const cli = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
    const overrides = [`-c.electronDist=${electron}`, `-c.directories.output=${path.join(folder, 'dist')}`];
    await promisify(execFile)(process.execPath, [cli, '--config', 'electron-builder.yml', '--dir', '--linux', '--x64', '--publish', 'never', ...overrides], { cwd: root });
    resources = path.join(folder, 'dist', 'linux-unpacked', 'resources');
    archive = asar.listPackage(path.join(resources, 'app.asar'), {});
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('carries the build and no source, map or test', () => {
    expect(archive).toEqual(expect.arrayContaining(['/package.json', '/out/main/main.js', '/out/main/engine-process.js', '/out/preload/preload.cjs', '/out/renderer/index.html']));
    const own = archive.filter((name) => !name.startsWith('/node_modules'));
    expect(own.filter((name) => /\.map$|\.tsx?$|^\/(?:src-|tests|scripts|docs|models)/.test(name))).toEqual([]);
  });

  test('carries the packages it runs on and none that only build it', () => {
    for (const name of ['better-sqlite3', 'onnxruntime-node', 'onnxruntime-common', 'zod', 'ws', '@huggingface/tokenizers']) expect(archive, name).toContain(path.posix.join('/node_modules', name, 'package.json'));
    for (const name of ['electron', 'vite', 'typescript', 'react', 'node', 'playwright']) expect(archive, name).not.toContain(`/node_modules/${name}/package.json`);
  });

  test('has its native libraries, programs and models as plain files, for this system only', () => {
    const unpacked = readdirSync(path.join(resources, 'app.asar.unpacked', 'node_modules'), { recursive: true, encoding: 'utf8' });
    expect(unpacked).toEqual(expect.arrayContaining(['better-sqlite3/prebuilds/linux-x64.node', 'onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node', `@ffmpeg-installer/linux-${process.arch}/ffmpeg`]));
    expect(unpacked.filter((name) => /napi-v6\/(?:win32|darwin)|prebuilds\/(?:win32|darwin)/.test(name))).toEqual([]);
    expect(existsSync(path.join(resources, 'models', 'motif-mini', 'model_index.json'))).toBe(true);
  });

  test('has its fuses flipped in the binary', async () => {
    const wire = await getCurrentFuseWire(path.join(folder, 'dist', 'linux-unpacked', 'motif-studio'));
    const states = Object.fromEntries(Object.entries(FuseV1Options).filter(([, index]) => typeof index === 'number').map(([name, index]) => [name, wire[index as FuseV1Options]]));
    expect(states).toMatchObject({
      RunAsNode: FuseState.DISABLE,
      EnableCookieEncryption: FuseState.ENABLE,
      EnableNodeOptionsEnvironmentVariable: FuseState.DISABLE,
      EnableNodeCliInspectArguments: FuseState.DISABLE,
      EnableEmbeddedAsarIntegrityValidation: FuseState.ENABLE,
      OnlyLoadAppFromAsar: FuseState.ENABLE,
      LoadBrowserProcessSpecificV8Snapshot: FuseState.DISABLE,
      GrantFileProtocolExtraPrivileges: FuseState.DISABLE,
    });
  });
});
