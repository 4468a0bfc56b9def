import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const withNode = path.join(root, 'scripts', 'with-node.mjs');

let folder: string;
let script: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'motif-with-node-')));
  script = path.join(folder, 'script.ts');
  writeFileSync(
    script,
    `const [what = ''] = process.argv.slice(2) as string[];
if (what === 'fail') process.exit(7);
if (what === 'wait') {
  process.on('SIGTERM', () => process.exit(21));
  setInterval(() => {}, 1000);
  console.log('waiting');
} else console.log(JSON.stringify({ major: Number(process.versions.node.split('.')[0]), cwd: process.cwd(), args: process.argv.slice(2) }));
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: string[], options: { cwd: string; INIT_CWD?: string }) => {
  const { INIT_CWD: _mine, ...environment } = process.env;
  const env = options.INIT_CWD === undefined ? environment : { ...environment, INIT_CWD: options.INIT_CWD };
  return spawnSync(process.execPath, [withNode, ...args], { cwd: options.cwd, env, encoding: 'utf8' });
};

describe('with-node', () => {
  test('runs TypeScript under Node 24 or later and adds nothing to stdout', () => {
    const { stdout, status } = run([script, 'a b', '--json'], { cwd: folder });
    expect(status).toBe(0);
    const seen = JSON.parse(stdout) as { major: number; cwd: string; args: string[] };
    expect(seen.major).toBeGreaterThanOrEqual(24);
    expect(seen).toMatchObject({ cwd: folder, args: ['a b', '--json'] });
  });

  test('takes relative paths from where the user typed an npm command, and only then', () => {
    const cwdOf = (args: string[], options: { cwd: string; INIT_CWD?: string }) => (JSON.parse(run(args, options).stdout) as { cwd: string }).cwd;
    expect(cwdOf(['--user-cwd', script], { cwd: root, INIT_CWD: folder })).toBe(folder);
    expect(cwdOf([script], { cwd: root, INIT_CWD: folder })).toBe(root);
    // Below an npm script INIT_CWD is inherited and no longer says where anybody is.
    expect(cwdOf(['--user-cwd', script], { cwd: folder, INIT_CWD: os.tmpdir() })).toBe(folder);
  });

  test('ends as the script ends', async () => {
    expect(run([script, 'fail'], { cwd: folder }).status).toBe(7);
    const child = spawn(process.execPath, [withNode, script, 'wait'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([21, null]);
  });
});

describe('finding a browser', () => {
  const find = (environment: Record<string, string>) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', `import { findBrowser } from ${JSON.stringify(path.join(root, 'scripts', 'browser.mjs'))}; try { console.log(JSON.stringify(findBrowser())); } catch (error) { console.log(error.message); }`], {
      env: environment,
      encoding: 'utf8',
    }).stdout.trim();

  test('takes the one that was named, and says so when it is not there', () => {
    expect(find({ STUDIO_CHROMIUM: script, PATH: '' })).toBe(JSON.stringify(script));
    expect(find({ STUDIO_CHROMIUM: '/nowhere/chromium', PATH: '' })).toBe('STUDIO_CHROMIUM names /nowhere/chromium, which is not there.');
  });

  test.runIf(process.platform === 'linux')('looks through PATH for something it may execute', () => {
    const chromium = path.join(folder, 'chromium');
    writeFileSync(chromium, '#!/bin/sh\n', { mode: 0o644 });
    expect(find({ PATH: folder })).toBe('null');
    rmSync(chromium);
    writeFileSync(chromium, '#!/bin/sh\n', { mode: 0o755 });
    expect(find({ PATH: `/nowhere:${folder}` })).toBe(JSON.stringify(chromium));
  });
});
