import path from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, Tray } from 'electron';
import { createStudio } from '../../app/create-studio.ts';
import { defaultStudioConfig, type Studio, type StudioConfig } from '../../app/studio.ts';
import { listStaticFiles } from '../node/static-files.ts';
import { createBackground } from './background.ts';
import { createElectronEngineFork } from './engine-fork.ts';
import { menuTemplate } from './menu.ts';
import { projectFilesIn } from './open-file.ts';
import { servePages } from './page-connections.ts';
import { createElectronPlatform } from './platform.ts';
import { createStudioProtocol, STUDIO_SCHEME_PRIVILEGES } from './protocol.ts';
import { decideQuit, QUIT_CHOICES, type UnfinishedJob } from './quit-guard.ts';
import { denyPermissions, guardContents, STUDIO_ORIGIN, STUDIO_SCHEME } from './security.ts';
import { windowOptions } from './window.ts';

/** `out/main` while developing, the same inside the packaged archive. */
const here = import.meta.dirname;

const TRAY_ICON = path.join(here, '../../assets/icons/icon.png');

/** The desktop app's folders: the embedded packs of a packaged app lie beside its archive. */
function desktopConfig(): StudioConfig {
  return {
    ...defaultStudioConfig(),
    embeddedPacksDir: process.env['MOTIF_EMBEDDED_PACKS_DIR'] ?? (app.isPackaged ? path.join(process.resourcesPath, 'models') : path.join(here, '../../models')),
    goesOnDownloading: true,
    fontsDir: path.join(here, '../../assets/fonts'),
    sampleProject: path.join(here, '../../assets/sample/sample.motif'),
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

/** A window, and how it is brought back from wherever it went. */
interface OpenWindow {
  readonly window: BrowserWindow;
  bringBack(): void;
}

/** The window with the project that the desktop asked for, if any; the page reads it from the address's fragment. */
function openWindow(studio: Studio, projectFile: string | undefined): OpenWindow {
  const window = new BrowserWindow(windowOptions(path.join(here, '../preload/preload.cjs')));
  let closing = false;
  let tray: Tray | null = null;
  const end = async () => {
    background.stop();
    await studio.close();
    app.exit(0);
  };
  const background = createBackground({
    unfinished: () => studio.unfinishedJobs(),
    hide: () => {
      tray = new Tray(TRAY_ICON);
      tray.setToolTip('Motif Studio is working');
      tray.setContextMenu(Menu.buildFromTemplate([{ label: 'Show Motif Studio', click: () => background.leave() }, { label: 'Pause and quit', click: () => void end() }]));
      tray.on('click', () => background.leave());
      window.hide();
    },
    show: () => {
      tray?.destroy();
      tray = null;
      window.show();
    },
    finish: () => void end(),
    // -1 takes the bar away.
    progress: (share) => window.setProgressBar(share ?? -1),
  });
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
      const decision = await decideQuit(guard);
      if (decision === 'background') background.enter();
      else if (decision === 'quit') await end();
    };
    close()
      .catch((error: unknown) => dialog.showErrorBox('Motif Studio could not close cleanly', String(error)))
      .finally(() => (closing = false));
  });
  void window.loadURL(addressFor(projectFile));
  return {
    window,
    bringBack: () => {
      if (background.isHidden) background.leave();
      if (window.isMinimized()) window.restore();
      window.focus();
    },
  };
}

const addressFor = (projectFile: string | undefined): string => `${STUDIO_ORIGIN}/${projectFile === undefined ? '' : `#open=${encodeURIComponent(projectFile)}`}`;

async function start(): Promise<void> {
  // macOS tells about a double-clicked project by an event, possibly before the app is ready.
  let fromFinder: string | undefined;
  let opened: OpenWindow | null = null;
  const show = (file: string | undefined) => {
    if (opened === null) return;
    const { window } = opened;
    opened.bringBack();
    if (file !== undefined) void window.loadURL(addressFor(file)).then(() => window.webContents.reload());
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
  // A click on the dock brings back a window that works in the background.
  app.on('activate', () => show(undefined));
  app.on('window-all-closed', () => app.quit());

  await app.whenReady();
  denyPermissions(session.defaultSession);
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, app.isPackaged)));
  const studio = await createStudio(desktopConfig(), createElectronPlatform());
  protocol.handle(STUDIO_SCHEME, createStudioProtocol(studio, listStaticFiles(path.join(here, '../renderer'))));
  servePages(studio, ipcMain);
  const given = projectFilesIn(process.argv.slice(1))[0];
  opened = openWindow(studio, fromFinder ?? (given === undefined ? undefined : path.resolve(given)));
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
