import { expect, test } from 'vitest';
import { windowOptions } from '../../../src-main/hosts/electron/window.ts';

test('windows are isolated and sandboxed, without Node and without weakened web security', () => {
  const { webPreferences } = windowOptions('/app/preload.cjs');
  expect(webPreferences).toEqual({
    preload: '/app/preload.cjs',
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  });
});
