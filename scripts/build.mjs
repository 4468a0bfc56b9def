#!/usr/bin/env node
/** Builds the window, the shell and the engine process into `out/`; skips the work when nothing they are made of changed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runVisibly } from './child.mjs';
import { SetupError, childEnvironment, ensureSetup, root, runScript } from './setup.mjs';

const stamp = path.join(root, 'out', '.built');
const sources = ['src-renderer', 'src-shared', 'src-main', 'assets', 'electron.vite.config.ts', 'package.json', 'package-lock.json'];

function* filesUnder(place) {
  if (!existsSync(place)) return;
  if (!statSync(place).isDirectory()) {
    yield place;
    return;
  }
  for (const name of readdirSync(place).sort()) yield* filesUnder(path.join(place, name));
}

/** Sizes and times of every source file: enough to notice an edit, a few milliseconds to compute. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesUnder(path.join(root, source))) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${path.relative(root, file)} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

/** True when `out/` was built from the sources as they are now. */
export function isBuilt() {
  try {
    return readFileSync(stamp, 'utf8') === fingerprint() && existsSync(path.join(root, 'out', 'renderer', 'index.html'));
  } catch {
    return false;
  }
}

/** Builds everything; resolves to the exit code of electron-vite. */
export async function build(node) {
  const before = fingerprint();
  const vite = path.join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const code = await runVisibly(node, [vite, 'build', '--logLevel', 'warn'], { cwd: root, env: childEnvironment({ NODE_ENV: 'production' }) });
  if (code === 0) {
    mkdirSync(path.dirname(stamp), { recursive: true });
    writeFileSync(stamp, before);
  }
  return code;
}

/** Builds when stale; throws when the build fails. */
export async function ensureBuilt(node) {
  if (isBuilt()) return;
  process.stderr.write('Building the window ...\n');
  if ((await build(node)) !== 0) throw new SetupError('The build failed; the lines above say where.');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runScript(async () => {
    process.exitCode = await build(ensureSetup());
  });
}
