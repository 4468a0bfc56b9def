#!/usr/bin/env node
/**
 * `npm start`: sets up, builds what is stale and opens the studio.
 *
 * In Electron where its binary is here or can be fetched and a window can be shown; otherwise the same studio is served
 * by the Node host on this machine only, its address printed and, with a display, opened. `npm start -- --browser` takes
 * the second way at once. Anything else after `--` goes to the studio (a project file, or options of `motif serve`).
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { becomeChild } from './child.mjs';
import { childEnvironment, ensureSetup, root, runScript } from './setup.mjs';

const electronFolder = path.join(root, 'node_modules', 'electron');

/** Time to find out whether Electron's download address answers at all, in milliseconds. */
const PROBE_MS = 5_000;
/** Time for the download itself (about 120 MB), in milliseconds. */
const DOWNLOAD_MS = 10 * 60_000;

function electronBinary() {
  try {
    const relative = readFileSync(path.join(electronFolder, 'path.txt'), 'utf8').trim();
    const binary = path.join(electronFolder, 'dist', relative);
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

async function answers(address) {
  try {
    const response = await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
    return response.ok;
  } catch {
    return false;
  }
}

async function fetchElectron(node) {
  const { version } = JSON.parse(readFileSync(path.join(electronFolder, 'package.json'), 'utf8'));
  const base = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com/electron/electron/releases/download/';
  const platform = process.platform === 'win32' ? 'win32' : process.platform;
  if (!(await answers(`${base}v${version}/electron-v${version}-${platform}-${process.arch}.zip`))) return null;
  process.stderr.write(`Fetching Electron ${version} (once, about 120 MB) ...\n`);
  spawnSync(node, [path.join(electronFolder, 'install.js')], { cwd: root, env: childEnvironment(), stdio: 'ignore', timeout: DOWNLOAD_MS });
  return electronBinary();
}

/** Null when a desktop window can be shown here, otherwise the reason in a few words. */
function whyNoWindow() {
  if (process.platform !== 'linux') return null;
  if (!hasDisplay()) return 'there is no display';
  if (process.getuid?.() === 0) return 'its sandbox does not run as root';
  return null;
}

function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Runs the Node host until it is stopped; it prints its address itself. */
function serve(node, args) {
  const open = hasDisplay() && process.env.CI === undefined ? ['--open'] : [];
  const motif = path.join(root, 'src-main', 'hosts', 'cli', 'motif.ts');
  return becomeChild(spawn(node, [motif, 'serve', ...open, ...args], { stdio: 'inherit', cwd: root, env: childEnvironment() }));
}

await runScript(async () => {
  const args = process.argv.slice(2);
  const browser = args.includes('--browser');
  const passed = args.filter((argument) => argument !== '--browser');
  const node = ensureSetup();
  await ensureBuilt(node);
  if (browser) return serve(node, passed);
  const reason = whyNoWindow();
  const binary = reason === null ? (electronBinary() ?? (await fetchElectron(node))) : null;
  if (binary === null) {
    process.stderr.write(`Electron cannot open a window here (${reason ?? 'its binary could not be fetched'}); the studio runs in the browser instead.\n`);
    return serve(node, passed);
  }
  const environment = childEnvironment();
  // Set by some editors' terminals; with it Electron would be a plain Node.
  delete environment.ELECTRON_RUN_AS_NODE;
  return becomeChild(spawn(binary, [root, ...passed], { stdio: 'inherit', cwd: root, env: environment }));
});
