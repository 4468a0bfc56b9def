import { join } from 'node:path';
import { BrowserWindow, dialog, safeStorage, shell } from 'electron';
import type { Platform } from '../../app/studio.ts';
import { MEDIA_BASE } from './security.ts';

/** What hangs on the pointer while a file is dragged out. */
const DRAG_ICON = join(import.meta.dirname, '../../assets/icons/icon.png');

const PROJECT_FILES = [{ name: 'Motif Studio project', extensions: ['motif'] }];
const MEDIA_FILES = [{ name: 'Video, image or sound', extensions: ['mp4', 'mov', 'mkv', 'webm', 'avi', 'gif', 'png', 'jpg', 'jpeg', 'webp', 'wav', 'mp3', 'm4a', 'flac', 'ogg'] }];

/** The system's keychain. Linux without one falls back to a fixed password, which seals nothing: then there is none. */
function systemKeychain(): Platform['keychain'] {
  if (!safeStorage.isEncryptionAvailable() || (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text')) return null;
  return {
    seal: (text) => safeStorage.encryptString(text).toString('base64'),
    open: (sealed) => safeStorage.decryptString(Buffer.from(sealed, 'base64')),
  };
}

/** The desktop's dialogs, on top of the window that has the focus, and its keychain. Call it once the app is ready. */
export function createElectronPlatform(): Platform {
  const choose = async (options: Electron.OpenDialogOptions): Promise<readonly string[]> => {
    const parent = BrowserWindow.getFocusedWindow();
    const answer = await (parent === null ? dialog.showOpenDialog(options) : dialog.showOpenDialog(parent, options));
    return answer.canceled ? [] : answer.filePaths;
  };
  return {
    host: 'electron',
    mediaBase: MEDIA_BASE,
    keychain: systemKeychain(),
    capabilities: ['nativeDialogs', 'revealInFolder', 'uploadOverHttp', 'dragOut'],
    chooseProjectToOpen: async () => (await choose({ title: 'Open a project', properties: ['openFile'], filters: PROJECT_FILES }))[0] ?? null,
    async chooseSavePath(defaultName) {
      const parent = BrowserWindow.getFocusedWindow();
      const options: Electron.SaveDialogOptions = { defaultPath: defaultName, properties: ['showOverwriteConfirmation', 'createDirectory'] };
      const answer = await (parent === null ? dialog.showSaveDialog(options) : dialog.showSaveDialog(parent, options));
      return answer.canceled || answer.filePath === '' ? null : answer.filePath;
    },
    chooseMedia: () => choose({ title: 'Import media', properties: ['openFile', 'multiSelections'], filters: MEDIA_FILES }),
    chooseFolder: async () => (await choose({ title: 'Choose a folder of models', properties: ['openDirectory'] }))[0] ?? null,
    async dragFile(path) {
      // An icon is asked for on every system; without one macOS refuses the drag.
      BrowserWindow.getFocusedWindow()?.webContents.startDrag({ file: path, icon: DRAG_ICON });
    },
    async revealInFolder(path) {
      // Shows, never opens: a project or pack must not be able to name a program to run.
      shell.showItemInFolder(path);
    },
  };
}
