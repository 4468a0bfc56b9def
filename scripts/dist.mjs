#!/usr/bin/env node
/** `npm run dist [-- --linux --win --mac --dir]`: builds and packages the desktop app with electron-builder into `dist/`. */
import path from 'node:path';
import { build } from './build.mjs';
import { runVisibly } from './child.mjs';
import { SetupError, childEnvironment, ensureSetup, root, runScript } from './setup.mjs';

await runScript(async () => {
  const node = ensureSetup();
  if ((await build(node)) !== 0) throw new SetupError('The build failed; the lines above say where.');
  const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
  process.exitCode = await runVisibly(node, [builder, '--config', 'electron-builder.yml', '--publish', 'never', ...process.argv.slice(2)], {
    cwd: root,
    env: childEnvironment(),
  });
  if (process.exitCode !== 0) process.stderr.write('Packaging needs the Electron binary for each target; electron-builder downloads it from GitHub or ELECTRON_MIRROR.\n');
});
