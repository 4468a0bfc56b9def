#!/usr/bin/env node
/**
 * `node scripts/with-node.mjs [--user-cwd] SCRIPT ARGS...` runs a script of this repository under Node 24, setting up first.
 *
 * Standard streams, signals and the exit code pass straight through. With `--user-cwd` the script runs in the folder the
 * user typed the command in (npm changes to the package root and keeps theirs in INIT_CWD), so relative paths mean theirs.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { becomeChild } from './child.mjs';
import { childEnvironment, ensureSetup, root, runScript } from './setup.mjs';

await runScript(async () => {
  const args = process.argv.slice(2);
  const inUserFolder = args[0] === '--user-cwd';
  if (inUserFolder) args.shift();
  const script = args.shift();
  if (script === undefined) {
    process.stderr.write('usage: node scripts/with-node.mjs [--user-cwd] SCRIPT ARGS...\n');
    process.exitCode = 1;
    return;
  }
  // INIT_CWD is inherited by everything below an npm script; only npm itself starts us in the root.
  const startedByNpm = process.env.INIT_CWD !== undefined && process.cwd() === root;
  const cwd = inUserFolder && startedByNpm ? process.env.INIT_CWD : process.cwd();
  const node = ensureSetup();
  const environment = childEnvironment({ INIT_CWD: cwd });
  await becomeChild(spawn(node, [path.resolve(root, script), ...args], { stdio: 'inherit', cwd, env: environment }));
});
