#!/usr/bin/env node
/**
 * Makes `node_modules` complete and hands back Node 24.
 *
 * Runs under whatever Node the machine has (20 or later) and imports nothing from `node_modules`: it is what
 * puts it there. Everything it says goes to stderr, so that `npm run -s motif -- ... --json` keeps stdout clean.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, absolute. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const modules = path.join(root, 'node_modules');
const marker = path.join(modules, '.motif-setup');
const lockFile = path.join(root, 'package-lock.json');
const node24 = path.join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const say = (line) => process.stderr.write(`${line}\n`);
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** A set-up failure that a person can mend; printed without a stack. */
export class SetupError extends Error {}

/** What this set-up was made for. Another lock file, platform or place means: look again. */
function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(lockFile));
  return `${hash.digest('hex')} ${process.platform}-${process.arch}\n`;
}

function markedComplete() {
  try {
    return readFileSync(marker, 'utf8') === fingerprint() && existsSync(node24);
  } catch {
    return false;
  }
}

/** True when what npm says it installed agrees with the lock file: then nothing needs to be fetched. */
function installedAsLocked() {
  try {
    const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
    const present = JSON.parse(readFileSync(path.join(modules, '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(
      ([where, entry]) => where === '' || (present[where] ? present[where].version === entry.version : entry.optional || entry.peer || entry.devOptional),
    );
  } catch {
    return false;
  }
}

/** The environment for every child: our own Node and tools first, and no CUDA download. */
export function childEnvironment(extra = {}) {
  const binaries = path.join(modules, '.bin');
  const rest = (process.env.PATH ?? '').split(path.delimiter).filter((entry) => entry !== binaries);
  return { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', PATH: [binaries, ...rest].join(path.delimiter), ...extra };
}

function npm(args) {
  const cli = process.env.npm_execpath;
  const viaNode = cli !== undefined && path.basename(cli).startsWith('npm-cli');
  const [command, first] = viaNode ? [process.execPath, [cli]] : ['npm', []];
  const result = spawnSync(command, [...first, ...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: childEnvironment({ NODE_ENV: 'development', npm_config_loglevel: 'error' }),
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    shell: !viaNode && process.platform === 'win32',
    maxBuffer: 64 * 1024 * 1024,
  });
  return { ok: result.status === 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`.trim() };
}

/** Puts the locked packages in place, without their install scripts. */
function placePackages(command) {
  const lock = readFileSync(lockFile);
  // What an outer `npm --omit=dev` or NODE_ENV=production asked for must not leave the set-up half done.
  const result = npm([command, '--ignore-scripts', '--include=dev', '--include=optional']);
  // `npm install` rewrites the lock file in small ways that differ from npm to npm.
  if (!lock.equals(readFileSync(lockFile))) writeFileSync(lockFile, lock);
  return result;
}

/** The few install scripts that are needed, where their work is not done: fetching Node's binary, making ffmpeg executable. */
function runInstallScripts() {
  const here = `${process.platform}-${process.arch}`;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const results = [
    ['node', node24],
    ...['ffmpeg', 'ffprobe'].map((name) => [`@${name}-installer/${here}`, path.join(modules, `@${name}-installer`, here, `${name}${suffix}`)]),
  ];
  const undone = results.filter(([name, file]) => existsSync(path.join(modules, name)) && !isExecutable(file)).map(([name]) => name);
  return undone.length === 0 ? { ok: true, output: '' } : npm(['rebuild', '--ignore-scripts=false', ...undone]);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const probe = `
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 24) throw new Error('Node ' + process.versions.node + ' is older than 24');
  const Database = require('better-sqlite3');
  const db = new Database(':memory:');
  if (db.prepare('SELECT 1 AS one').get().one !== 1) throw new Error('SQLite does not answer');
  db.close();
  require('onnxruntime-node');
`;

/** Null when this Node runs everything the studio needs; otherwise why not. */
function failureUnder(node) {
  const result = spawnSync(node, ['-e', probe], { cwd: root, env: childEnvironment(), encoding: 'utf8' });
  if (result.status === 0) return null;
  const lines = `${result.stderr ?? ''}`.split('\n');
  return lines.find((line) => line.includes('Error')) ?? result.error?.message ?? `it ended with ${result.signal ?? result.status}`;
}

/** The Node to run with: the packaged one, or the machine's own where that is as new. */
function workingNode() {
  const reasons = [];
  for (const candidate of [node24, process.execPath]) {
    if (!existsSync(candidate)) {
      reasons.push(`${candidate} is not there`);
      continue;
    }
    const reason = failureUnder(candidate);
    if (reason === null) return candidate;
    reasons.push(`${candidate}: ${reason}`);
  }
  throw new SetupError(
    `The packages are installed but do not run:\n  ${reasons.join('\n  ')}\nDelete the folder node_modules and run the command again.`,
  );
}

function mustWork(result) {
  if (result.ok) return;
  const tail = result.output.split('\n').slice(-15).join('\n');
  throw new SetupError(`npm could not install the packages:\n${tail}\nCheck the connection to the package registry (npm ping) and run the command again.`);
}

function install() {
  const started = Date.now();
  if (!installedAsLocked()) {
    const fresh = !existsSync(path.join(modules, '.package-lock.json'));
    say(fresh ? 'Setting up: installing packages (once, about a minute) ...' : 'Setting up: package-lock.json changed, updating packages ...');
    const [first, second] = fresh ? ['ci', 'install'] : ['install', 'ci'];
    const result = placePackages(first);
    if (!result.ok) mustWork(placePackages(second));
  }
  mustWork(runInstallScripts());
  say(`Setting up: packages installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** Two commands started at once in a fresh clone: the second waits for the first. */
function withLock(work) {
  const lock = path.join(root, '.cache', 'setup.lock');
  mkdirSync(path.dirname(lock), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      let age = Infinity;
      try {
        age = Date.now() - statSync(lock).mtimeMs;
      } catch {
        // The other command has just finished.
      }
      // An install takes about a minute; a lock this old was left by a killed one.
      if (age > 10 * 60_000) rmSync(lock, { recursive: true, force: true });
      else sleep(250);
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/**
 * Installs what is missing and returns the path of a Node that runs the studio.
 *
 * A set-up that is already complete costs one hash of the lock file.
 */
export function ensureSetup() {
  if (markedComplete()) return node24;
  // Another checkout's packages: that one keeps them up to date, and nothing here may change them.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return workingNode();
  return withLock(() => {
    if (markedComplete()) return node24;
    if (!installedAsLocked() || !existsSync(node24)) install();
    const node = workingNode();
    writeFileSync(marker, fingerprint());
    return node;
  });
}

/** Runs `main` and turns a SetupError into one readable message and exit code 1. */
export async function runScript(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await runScript(async () => {
    const node = ensureSetup();
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
    say(`Set up: Node ${version.replace(/^v/, '')}, packages as locked.`);
  });
}
