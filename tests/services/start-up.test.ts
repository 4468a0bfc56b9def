import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const source = (...parts: string[]): string => pathToFileURL(join(import.meta.dirname, '../../src-main', ...parts)).href;

/** Names of the native runtime's files that a process has loaded once it has imported a module. */
async function runtimeFiles(module: string): Promise<string[]> {
  const script = `import { createRequire } from 'node:module'; await import(${JSON.stringify(module)}); process.stdout.write(JSON.stringify(Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('onnxruntime'))));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(stdout) as string[];
}

it('the studio does not load the runtime into its own process; the engine does', { timeout: 60_000 }, async () => {
  expect(await runtimeFiles(source('app', 'create-studio.ts'))).toEqual([]);
  expect((await runtimeFiles(source('engine', 'session', 'engine-session.ts'))).length).toBeGreaterThan(0);
});
