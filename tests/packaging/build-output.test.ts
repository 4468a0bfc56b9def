import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const out = path.join(root, 'out');
const read = (...parts: string[]) => readFileSync(path.join(out, ...parts), 'utf8');

/** Every package that a bundle imports or requires, without Node's own. */
function packagesIn(source: string): string[] {
  const specifiers = [...source.matchAll(/(?:^|[;\n])\s*(?:import|export)\b[^;'"]*?from\s*["']([^"']+)["']|\b(?:import|require)\(\s*["']([^"']+)["']\s*\)|(?:^|\n)import\s*["']([^"']+)["']/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return [...new Set(specifiers.filter((name) => !name.startsWith('.') && !isBuiltin(name)).map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/')))];
}

// `npm test` builds before it gets here; a run of this file alone on a fresh clone has nothing to look at.
describe.skipIf(!existsSync(path.join(out, '.built')))('the build', () => {
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const mainFiles = () => readdirSync(path.join(out, 'main'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));

  test('needs nothing at run time that the package does not carry', () => {
    expect(mainFiles()).toEqual(expect.arrayContaining(['main.js', 'engine-process.js']));
    const carried = new Set(['electron', ...Object.keys(dependencies)]);
    const missing = mainFiles().flatMap((name) => packagesIn(read('main', name)).filter((specifier) => !carried.has(specifier)));
    expect(missing).toEqual([]);
  });

  test('the engine process knows neither Electron nor SQL', () => {
    const seen = new Set<string>();
    const visit = (name: string): string[] => {
      if (seen.has(name)) return [];
      seen.add(name);
      const source = read('main', name);
      const chunks = [...source.matchAll(/from\s*["'](\.[^"']+)["']/g)].map((match) => path.posix.join(path.posix.dirname(name), match[1]!));
      return [...packagesIn(source), ...chunks.flatMap(visit)];
    };
    const packages = visit('engine-process.js');
    expect(packages).toContain('onnxruntime-node');
    expect(packages).not.toContain('electron');
    expect(packages).not.toContain('better-sqlite3');
  });

  test('the preload is one file that needs Electron only, as a sandbox demands', () => {
    expect(readdirSync(path.join(out, 'preload'))).toEqual(['preload.cjs']);
    expect(packagesIn(read('preload', 'preload.cjs'))).toEqual(['electron']);
  });

  test('the page holds no inline script, no inline handler and no address of elsewhere', () => {
    const html = read('renderer', 'index.html');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
    expect(html).not.toMatch(/\son\w+\s*=/);
    expect([...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]).filter((address) => !address!.startsWith('./'))).toEqual([]);
  });

  test('the window\'s styles fetch nothing from elsewhere', () => {
    const styles = readdirSync(path.join(out, 'renderer', 'assets')).filter((name) => name.endsWith('.css'));
    for (const name of styles) expect(read('renderer', 'assets', name), name).not.toMatch(/url\(\s*["']?(?:https?:)?\/\//);
  });
});
