import { mkdir } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { _electron, chromium, type BrowserContext, type Page } from 'playwright';
import { ensureBrowser } from '../../../scripts/browser.mjs';
import { axeFindings } from './axe.ts';
import { startNodeHostProcess, type NodeHostProcess } from './node-host-process.ts';
import { watchForProblems } from './page-problems.ts';
import { createTemporaryHome, type TemporaryHome } from './temporary-home.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const screens = path.join(root, 'test-results', 'screens');

export interface LaunchOptions {
  /** A folder of model packs (a folder each) in place of the embedded ones. */
  readonly packsDir?: string;
  /** Fills the temporary home before the studio starts, e.g. with project files. */
  readonly prepare?: (home: TemporaryHome) => Promise<void>;
  /** Problems that are part of the spec. */
  readonly ignore?: readonly RegExp[];
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A studio with a window, in Chromium over the Node host or in Electron. */
export interface StudioUnderTest {
  readonly page: Page;
  readonly kind: 'node' | 'electron';
  /** The window's own origin, without a trailing slash. */
  readonly baseUrl: string;
  readonly home: TemporaryHome;
  /** The Node host's process; null under Electron. */
  host(): NodeHostProcess | null;
  /** Kills the Node host, starts it again on the same folders and opens its new address. */
  restartHost(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Saves `test-results/screens/NAME.png`. With `STUDIO_AXE=1`, what axe finds serious there counts as a problem. */
  screenshot(name: string): Promise<string>;
  /** Problems the page has shown so far, forgotten once taken. */
  takeProblems(): readonly string[];
  /** Ends everything; rejects when the page had shown problems that nobody took. */
  close(): Promise<void>;
}

/** Headless, quiet, and without calls home, which a closed network would turn into noise. */
const BROWSER_FLAGS = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** Electron's binary where `STUDIO_E2E_HOST=electron` asks for it. */
function electronBinary(): string | null {
  if (process.env['STUDIO_E2E_HOST'] !== 'electron') return null;
  const folder = path.join(root, 'node_modules', 'electron');
  const pointer = path.join(folder, 'path.txt');
  const binary = existsSync(pointer) ? path.join(folder, 'dist', readFileSync(pointer, 'utf8').trim()) : '';
  if (!existsSync(binary)) throw new Error('STUDIO_E2E_HOST=electron needs Electron\'s binary: node node_modules/electron/install.js');
  return binary;
}

/** Starts a studio on empty folders and opens its window. Close it in the test's own `finally` or `afterEach`. */
export async function launchStudio(options: LaunchOptions = {}): Promise<StudioUnderTest> {
  const home = await createTemporaryHome();
  try {
    await options.prepare?.(home);
    const binary = electronBinary();
    return binary === null ? await launchInChromium(home, options) : await launchInElectron(binary, home, options);
  } catch (error) {
    await home.remove();
    throw error;
  }
}

async function launchInChromium(home: TemporaryHome, options: LaunchOptions): Promise<StudioUnderTest> {
  let host = await startNodeHostProcess(home, options.packsDir ?? null);
  let context: BrowserContext;
  try {
    context = await chromium.launchPersistentContext(home.profile, {
      executablePath: ensureBrowser(),
      args: BROWSER_FLAGS,
      viewport: options.viewport ?? { width: 1440, height: 900 },
      acceptDownloads: true,
    });
  } catch (error) {
    await host.stop('SIGKILL');
    throw error;
  }
  const page = context.pages()[0] ?? (await context.newPage());
  const originOf = (address: string) => new URL(address).origin;
  let origin = originOf(host.address);
  let problems = await watchForProblems(page, origin, options.ignore ?? []);
  await page.goto(host.address);
  return {
    page,
    kind: 'node',
    home,
    get baseUrl() {
      return origin;
    },
    host: () => host,
    async restartHost(signal) {
      await host.stop(signal);
      // The page loses its host on purpose here; what it says about that is no problem of the next one.
      await page.goto('about:blank');
      problems.take();
      page.removeAllListeners('console').removeAllListeners('pageerror').removeAllListeners('request').removeAllListeners('crash');
      host = await startNodeHostProcess(home, options.packsDir ?? null);
      origin = originOf(host.address);
      problems = await watchForProblems(page, origin, options.ignore ?? []);
      await page.goto(host.address);
    },
    screenshot: (name) => screenshot(page, name, (problem) => problems.report(problem)),
    takeProblems: () => problems.take(),
    async close() {
      const left = problems.take();
      await context.close();
      await host.stop('SIGTERM');
      await home.remove();
      failOnProblems(left, host.log());
    },
  };
}

async function launchInElectron(binary: string, home: TemporaryHome, options: LaunchOptions): Promise<StudioUnderTest> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[0] !== 'ELECTRON_RUN_AS_NODE');
  const folders = { MOTIF_DATA_DIR: home.dataDir, MOTIF_PROJECTS_DIR: home.projectsFolder, ...(options.packsDir === undefined ? {} : { MOTIF_EMBEDDED_PACKS_DIR: options.packsDir }) };
  const env = { ...Object.fromEntries(inherited), ...folders };
  const application = await _electron.launch({ executablePath: binary, args: [root], env });
  const page = await application.firstWindow();
  const problems = await watchForProblems(page, 'studio://app', options.ignore ?? []);
  return {
    page,
    kind: 'electron',
    baseUrl: 'studio://app',
    home,
    host: () => null,
    restartHost: () => Promise.reject(new Error('only the Node host can be restarted beneath its page')),
    screenshot: (name) => screenshot(page, name, (problem) => problems.report(problem)),
    takeProblems: () => problems.take(),
    async close() {
      const left = problems.take();
      await application.close();
      await home.remove();
      failOnProblems(left, '');
    },
  };
}

async function screenshot(page: Page, name: string, report: (problem: string) => void): Promise<string> {
  await mkdir(screens, { recursive: true });
  const file = path.join(screens, `${name}.png`);
  // What fades in is shown whole: half-way, nothing has its own colour.
  await page.screenshot({ path: file, animations: 'disabled' });
  if (process.env['STUDIO_AXE'] === '1') for (const line of await axeFindings(page)) report(`axe, ${name}: ${line}`);
  return file;
}

function failOnProblems(problems: readonly string[], hostLog: string): void {
  if (problems.length === 0) return;
  throw new Error(`The window showed ${problems.length} problem(s):\n${problems.join('\n')}${hostLog === '' ? '' : `\nThe host said:\n${hostLog}`}`);
}
