import { EventEmitter, once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { studioContract, type StudioClient } from '../../../src-shared/contract/studio-contract.ts';
import { connect } from '../../../src-shared/rpc/connect.ts';
import { createMessagePortTransport } from '../../../src-shared/rpc/message-port-transport.ts';

const out = path.resolve(import.meta.dirname, '../../../out');

/**
 * Electron's modules as far as the shell calls them, recording order and arguments. What runs on top is the built shell
 * with the real studio: the only thing missing is Electron itself.
 */
const shell = vi.hoisted(() => ({
  calls: [] as string[],
  windows: [] as { options: Record<string, unknown>; urls: string[]; emitter: unknown }[],
  schemes: [] as unknown[],
  handlers: new Map<string, (request: Request) => Promise<Response>>(),
  emitters: {} as Record<string, unknown>,
}));
vi.mock('electron', async () => {
  const { EventEmitter } = await import('node:events');
  const { MessageChannel } = await import('node:worker_threads');
  const note = (name: string) => () => void shell.calls.push(name);
  const app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    whenReady: async () => void shell.calls.push('whenReady'),
    enableSandbox: note('enableSandbox'),
    setPath: (name: string) => void shell.calls.push(`setPath ${name}`),
    requestSingleInstanceLock: () => shell.calls.push('lock') > 0,
    quit: note('quit'),
    exit: (code: number) => {
      shell.calls.push(`exit ${code}`);
      app.emit('test:exited');
    },
  });
  const ipcMain = new EventEmitter();
  class BrowserWindow extends EventEmitter {
    webContents = Object.assign(new EventEmitter(), { reload: note('reload') });
    urls: string[] = [];
    constructor(options: Record<string, unknown>) {
      super();
      shell.calls.push('window');
      shell.windows.push({ options, urls: this.urls, emitter: this });
      app.emit('test:window');
    }
    async loadURL(url: string) {
      this.urls.push(url);
    }
    isMinimized = () => false;
    focus = note('focus');
    show = note('show');
    hide = note('hide');
    setProgressBar = () => undefined;
    static getFocusedWindow = () => null;
  }
  shell.emitters = { app, ipcMain };
  return {
    app,
    ipcMain,
    BrowserWindow,
    MessageChannelMain: MessageChannel,
    dialog: { showErrorBox: (title: string, text: string) => void shell.calls.push(`error ${title}: ${text}`) },
    Menu: { buildFromTemplate: (template: unknown) => template, setApplicationMenu: note('menu') },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => {
        shell.calls.push('schemes');
        shell.schemes.push(...schemes);
      },
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) => {
        shell.calls.push('handle');
        shell.handlers.set(scheme, handler);
      },
    },
    session: {
      defaultSession: Object.fromEntries(['setPermissionRequestHandler', 'setPermissionCheckHandler', 'setDevicePermissionHandler', 'setDisplayMediaRequestHandler'].map((name) => [name, note(name)])),
    },
    shell: {},
    utilityProcess: {},
    safeStorage: { isEncryptionAvailable: () => false },
    Tray: class extends EventEmitter {},
  };
});

describe.skipIf(!existsSync(path.join(out, '.built')))('the built desktop shell', () => {
  let folder: string;
  let client: StudioClient;
  const emitter = (name: string) => shell.emitters[name] as EventEmitter;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'motif-shell-'));
    vi.stubEnv('MOTIF_DATA_DIR', path.join(folder, 'data'));
    vi.stubEnv('MOTIF_PROJECTS_DIR', path.join(folder, 'projects'));
    await import('electron');
    const opened = once(emitter('app'), 'test:window');
    await import(path.join(out, 'main', 'main.js'));
    // A start that fails says why and exits instead of opening a window.
    const failed = once(emitter('app'), 'test:exited').then(() => Promise.reject(new Error(shell.calls.filter((call) => call.startsWith('error')).join('\n'))));
    await Promise.race([opened, failed]);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  test('registers its scheme and sandboxes before anything, and refuses permissions before a window exists', () => {
    const order = (name: string) => shell.calls.indexOf(name);
    expect(shell.calls.filter((call) => call.startsWith('error'))).toEqual([]);
    expect(shell.schemes).toEqual([{ scheme: 'studio', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }]);
    for (const early of ['schemes', 'enableSandbox', 'setPath userData', 'lock']) expect(order(early), early).toBeLessThan(order('whenReady'));
    for (const before of ['setPermissionRequestHandler', 'setPermissionCheckHandler', 'setDevicePermissionHandler', 'setDisplayMediaRequestHandler', 'handle']) {
      expect(order(before), before).toBeGreaterThan(-1);
      expect(order(before), before).toBeLessThan(order('window'));
    }
  });

  test('opens one isolated window on its own page, with the built preload', () => {
    expect(shell.windows).toHaveLength(1);
    const { options, urls } = shell.windows[0]!;
    expect(options).toMatchObject({ show: false, webPreferences: { contextIsolation: true, sandbox: true, nodeIntegration: false } });
    expect(existsSync((options['webPreferences'] as { preload: string }).preload)).toBe(true);
    expect(urls).toEqual(['studio://app/']);
  });

  test('guards every web contents that is ever made', () => {
    const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: vi.fn() });
    emitter('app').emit('web-contents-created', {}, contents);
    expect(contents.setWindowOpenHandler).toHaveBeenCalledOnce();
    const event = { url: 'https://example.com/', preventDefault: vi.fn() };
    contents.emit('will-navigate', event);
    expect(event.preventDefault).toHaveBeenCalledOnce();
  });

  test('serves the built page and everything the page names', async () => {
    const handler = shell.handlers.get('studio')!;
    const ask = (url: string) => handler(Object.defineProperty(new Request('http://placeholder/'), 'url', { value: url }));
    const page = await ask('studio://app/');
    expect(page.status).toBe(200);
    const html = await page.text();
    for (const [, address] of html.matchAll(/(?:src|href)="\.\/([^"]+)"/g)) expect((await ask(`studio://app/${address}`)).status, address).toBe(200);
  });

  test('gives the page a port to a studio that works', async () => {
    const ports: MessagePort[] = [];
    const frame = { url: 'studio://app/', parent: null, postMessage: (_channel: string, _data: unknown, sent: MessagePort[]) => ports.push(...sent) };
    emitter('ipcMain').emit('studio:connect', { sender: Object.assign(new EventEmitter(), { id: 1 }), senderFrame: frame });
    client = connect(studioContract, createMessagePortTransport(ports[0]! as never));
    expect(await client.system.info({})).toMatchObject({ host: 'electron', mediaBase: 'studio://app/media' });
    const project = await client.projects.create({ name: 'First film', path: null });
    expect(existsSync(project.path)).toBe(true);
    expect((await client.jobs.list({ projectId: project.id })).jobs).toEqual([]);
  });

  test('brings a second start\'s project into the window, and nothing else from its arguments', async () => {
    emitter('app').emit('second-instance', {}, ['/opt/motif', '--load-extension=x', 'My Film.motif'], '/home/me');
    expect(shell.windows[0]!.urls.at(-1)).toBe(`studio://app/#open=${encodeURIComponent(path.resolve('/home/me/My Film.motif'))}`);
    expect(shell.windows).toHaveLength(1);
  });

  test('closes the studio and then itself when nothing is running', async () => {
    const exited = once(emitter('app'), 'test:exited');
    const event = { preventDefault: vi.fn() };
    (shell.windows[0]!.emitter as EventEmitter).emit('close', event);
    await exited;
    expect(event.preventDefault).toHaveBeenCalledOnce();
    expect(shell.calls.at(-1)).toBe('exit 0');
  });
});

