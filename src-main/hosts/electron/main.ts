import path from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session } from 'electron';
import { createStudio } from '../../app/create-studio.ts';
import { defaultStudioConfig, type Studio, type StudioConfig } from '../../app/studio.ts';
import { listStaticFiles } from '../node/static-files.ts';
import { createElectronEngineFork } from './engine-fork.ts';
import { menuTemplate } from './menu.ts';
import { projectFilesIn } from './open-file.ts';
import { servePages } from './page-connections.ts';
import { createElectronPlatform } from './platform.ts';
import { createStudioProtocol, STUDIO_SCHEME_PRIVILEGES } from './protocol.ts';
import { mayQuit, QUIT_CHOICES, type UnfinishedJob } from './quit-guard.ts';
import { denyPermissions, guardContents, STUDIO_ORIGIN, STUDIO_SCHEME } from './security.ts';
import { windowOptions } from './window.ts';

/** `out/main` while developing, the same inside the packaged archive. */
const here = import.meta.dirname;

/** The desktop app's folders: the embedded packs of a packaged app lie beside its archive. */
function desktopConfig(): StudioConfig {
  return {
    ...defaultStudioConfig(),
    embeddedPacksDir: process.env['MOTIF_EMBEDDED_PACKS_DIR'] ?? (app.isPackaged ? path.join(process.resourcesPath, 'models') : path.join(here, '../../models')),
    goesOnDownloading: true,
    forkEngine: createElectronEngineFork(path.join(here, 'engine-process.js')),
  };
}

async function askBeforeQuit(window: BrowserWindow, jobs: readonly UnfinishedJob[]) {
  const titles = jobs.slice(0, 3).map(({ title }) => `"${title}"`).join(', ');
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    title: 'Motif Studio',
    message: jobs.length === 1 ? 'Work is still running.' : `${jobs.length} pieces of work are still running.`,
    detail: `${titles}${jobs.length > 3 ? ' and more' : ''}. Paused work goes on from its last step when the project is opened again.`,
    buttons: QUIT_CHOICES.map(({ label }) => label),
    defaultId: 0,
    cancelId: QUIT_CHOICES.length - 1,
  });
  return QUIT_CHOICES[response]?.choice ?? 'keepWorking';
}

/** The window with the project that the desktop asked for, if any; the page reads it from the address's fragment. */
function openWindow(studio: Studio, projectFile: string | undefined): BrowserWindow {
  const window = new BrowserWindow(windowOptions(path.join(here, '../preload/preload.cjs')));
  let closing = false;
  window.once('ready-to-show', () => window.show());
  window.on('close', (event) => {
    event.preventDefault();
    if (closing) return;
    closing = true;
    const guard = {
      unfinished: async () => studio.unfinishedJobs(),
      ask: (jobs: readonly UnfinishedJob[]) => askBeforeQuit(window, jobs),
      cancel: async ({ projectId, jobId }: UnfinishedJob) => {
        await studio.handlers.jobs.cancel({ projectId, jobId }, { signal: AbortSignal.timeout(5_000) });
      },
    };
    const close = async () => {
      if (!(await mayQuit(guard))) return;
      await studio.close();
      app.exit(0);
    };
    close()
      .catch((error: unknown) => dialog.showErrorBox('Motif Studio could not close cleanly', String(error)))
      .finally(() => (closing = false));
  });
  void window.loadURL(addressFor(projectFile));
  return window;
}

const addressFor = (projectFile: string | undefined): string => `${STUDIO_ORIGIN}/${projectFile === undefined ? '' : `#open=${encodeURIComponent(projectFile)}`}`;

async function start(): Promise<void> {
  // macOS tells about a double-clicked project by an event, possibly before the app is ready.
  let fromFinder: string | undefined;
  let window: BrowserWindow | null = null;
  const show = (file: string | undefined) => {
    if (window === null) return;
    if (window.isMinimized()) window.restore();
    window.focus();
    if (file !== undefined) void window.loadURL(addressFor(file)).then(() => window?.webContents.reload());
  };
  app.on('open-file', (event, file) => {
    event.preventDefault();
    fromFinder = file;
    show(file);
  });
  app.on('second-instance', (_event, args, folder) => {
    const file = projectFilesIn(args.slice(1))[0];
    show(file === undefined ? undefined : path.resolve(folder, file));
  });
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
  app.on('window-all-closed', () => app.quit());

  await app.whenReady();
  denyPermissions(session.defaultSession);
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, app.isPackaged)));
  const studio = await createStudio(desktopConfig(), createElectronPlatform());
  protocol.handle(STUDIO_SCHEME, createStudioProtocol(studio, listStaticFiles(path.join(here, '../renderer'))));
  servePages(studio, ipcMain);
  const given = projectFilesIn(process.argv.slice(1))[0];
  window = openWindow(studio, fromFinder ?? (given === undefined ? undefined : path.resolve(given)));
}

protocol.registerSchemesAsPrivileged([STUDIO_SCHEME_PRIVILEGES]);
app.enableSandbox();
// A studio of its own data folder is an instance of its own; tests start several side by side.
const dataDir = process.env['MOTIF_DATA_DIR'];
if (dataDir !== undefined) app.setPath('userData', path.join(dataDir, 'electron'));
if (app.requestSingleInstanceLock()) {
  start().catch((error: unknown) => {
    dialog.showErrorBox('Motif Studio could not start', error instanceof Error ? error.message : String(error));
    app.exit(1);
  });
} else {
  app.quit();
}
