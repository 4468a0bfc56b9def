#!/usr/bin/env node
/**
 * `npm test`: types, lint, layer rules, build, unit and integration tests, end-to-end tests in Chromium.
 *
 * Every section runs even when an earlier one failed, so that one run shows everything there is to mend. The last line is
 * `N passed, N failed`, where each static check counts as one test. `npm test -- types unit` runs the named sections.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { build } from './build.mjs';
import { runVisibly } from './child.mjs';
import { SetupError, childEnvironment, ensureSetup, root, runScript } from './setup.mjs';

const results = path.join(root, 'test-results');
const tool = (...parts) => path.join(root, 'node_modules', ...parts);
const sourceFolders = ['src-shared', 'src-main', 'src-renderer'];

/** Runs one script under Node 24 as a check that either holds or does not. */
const check = (script, args) => async (node) => {
  const code = await runVisibly(node, [script, ...args], { cwd: root, env: childEnvironment() });
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
};

/** Runs one vitest configuration and counts its tests; a file that cannot even load counts as one failure. */
const vitest = (config, report, environment) => async (node) => {
  const output = path.join(results, report);
  rmSync(output, { force: true });
  const args = [tool('vitest', 'vitest.mjs'), 'run', '--config', config, '--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  const code = await runVisibly(node, args, { cwd: root, env: childEnvironment(environment()) });
  if (!existsSync(output)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(output, 'utf8'));
  const brokenFiles = testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')).length;
  const failed = numFailedTests + brokenFiles;
  const unsteady = testResults.flatMap(({ assertionResults }) => assertionResults.filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0));
  return { passed: numPassedTests, failed: code === 0 ? failed : Math.max(failed, 1), unsteady };
};

const sections = {
  types: check(tool('typescript', 'bin', 'tsc'), ['-p', 'tsconfig.json', '--noEmit']),
  lint: check(tool('oxlint', 'bin', 'oxlint'), ['--deny-warnings', ...sourceFolders, 'tests', 'scripts']),
  layers: check(tool('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'), ['--config', '.dependency-cruiser.mjs', ...sourceFolders]),
  build: async (node) => ((await build(node)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
  unit: vitest('vitest.config.ts', 'vitest.json', () => ({})),
  e2e: vitest('vitest.e2e.config.ts', 'e2e.json', () => ({ STUDIO_CHROMIUM: ensureBrowser() })),
};

await runScript(async () => {
  const chosen = process.argv.slice(2);
  const unknown = chosen.find((name) => !(name in sections));
  if (unknown !== undefined) throw new SetupError(`There is no test section "${unknown}"; there are ${Object.keys(sections).join(', ')}.`);
  const node = ensureSetup();
  mkdirSync(results, { recursive: true });
  const table = [];
  for (const [name, run] of Object.entries(sections)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    process.stdout.write(`\n== ${name}\n`);
    const started = performance.now();
    let counts;
    try {
      counts = await run(node);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      process.stderr.write(`${error.message}\n`);
      counts = { passed: 0, failed: 1 };
    }
    table.push({ name, ...counts, seconds: (performance.now() - started) / 1000 });
  }
  process.stdout.write('\n');
  for (const { name, passed, failed, seconds } of table) {
    process.stdout.write(`${name.padEnd(8)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed ${seconds.toFixed(1).padStart(8)} s\n`);
  }
  for (const { fullName, failureMessages } of table.flatMap(({ unsteady = [] }) => unsteady)) process.stdout.write(`passed at the second try only: ${fullName}\n  ${failureMessages[0].split('\n')[0]}\n`);
  const sum = (key) => table.reduce((total, section) => total + section[key], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
});
