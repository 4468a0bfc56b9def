/** Finds the Chromium that end-to-end tests drive, and installs Debian's where there is none and it may. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from './setup.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable', 'microsoft-edge'];

const fixedPlaces = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LOCALAPPDATA]
    .filter((base) => base !== undefined)
    .flatMap((base) => [path.join(base, 'Google/Chrome/Application/chrome.exe'), path.join(base, 'Microsoft/Edge/Application/msedge.exe')]),
};

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Path of an installed browser with Chromium's engine, or null. `STUDIO_CHROMIUM` goes before everything found. */
export function findBrowser() {
  const chosen = process.env.STUDIO_CHROMIUM;
  if (chosen !== undefined && chosen !== '') {
    if (!existsSync(chosen)) throw new SetupError(`STUDIO_CHROMIUM names ${chosen}, which is not there.`);
    return chosen;
  }
  const onPath = (process.env.PATH ?? '').split(path.delimiter).flatMap((folder) => names.map((name) => path.join(folder, name)));
  const candidates = [...(fixedPlaces[process.platform] ?? []), ...(process.platform === 'win32' ? [] : onPath)];
  return candidates.find(isExecutable) ?? null;
}

/** As findBrowser, installing Debian's chromium as root where apt-get exists; throws with the mend where neither works. */
export function ensureBrowser() {
  const found = findBrowser();
  if (found !== null) return found;
  const mend = 'Install Chromium (Debian: apt-get install chromium) or set STUDIO_CHROMIUM to a browser binary.';
  const mayInstall = process.platform === 'linux' && process.getuid?.() === 0;
  if (!mayInstall) throw new SetupError(`No Chromium, Chrome or Edge was found for the end-to-end tests. ${mend}`);
  process.stderr.write('No browser found: installing Debian\'s chromium ...\n');
  for (const args of [['update', '-qq'], ['install', '-y', '-qq', '--no-install-recommends', 'chromium']]) {
    const result = spawnSync('apt-get', args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    // A stale mirror among several fails `update` and still leaves enough to install from.
    if (result.status !== 0 && args[0] === 'install') {
      throw new SetupError(`apt-get ${args.join(' ')} failed: ${(result.stderr ?? result.error?.message ?? '').trim()}\n${mend}`);
    }
  }
  const installed = findBrowser();
  if (installed === null) throw new SetupError(`chromium was installed and still cannot be found on PATH. ${mend}`);
  return installed;
}
