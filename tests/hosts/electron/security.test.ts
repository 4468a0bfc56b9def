import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { CONTENT_SECURITY_POLICY, denyPermissions, guardContents, isOwnPage, isTrustedSender } from '../../../src-main/hosts/electron/security.ts';

/** Ways out of the window that were used against Electron apps, or that look like its own page. */
const foreignAddresses = [
  'https://example.com/',
  'http://studio/app',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'file://studio/app/index.html',
  'blob:studio://app/8f0d',
  'about:blank',
  'about:srcdoc',
  'studio://evil/',
  'studio://app.evil/',
  'studio://app@evil/',
  'studio://evil@app/',
  'studio://user:pass@app/',
  'studio://app:8080/',
  'studio://app/media/asset/project:1/asset:1',
  'studio://app/assets/index.js',
  'studio:///app/',
  'studio:app',
  'chrome://settings',
  'view-source:studio://app/',
  'filesystem:studio://app/temporary/x',
  'devtools://devtools/bundled/inspector.html',
  'ms-msdt:/id',
  'smb://server/share',
  'vbscript:msgbox(1)',
  '\\\\server\\share\\file.html',
  '',
  ' ',
  '//app/',
];

describe('navigation', () => {
  test('stays on the window\'s own page', () => {
    for (const address of ['studio://app/', 'studio://app/index.html', 'studio://app/#open=x', 'studio://app/?a=1']) expect(isOwnPage(address), address).toBe(true);
  });

  test.each(foreignAddresses)('refuses %j', (address) => {
    expect(isOwnPage(address)).toBe(false);
  });

  test('every way out of a web contents is closed by the same rule', () => {
    const contents = new EventEmitter();
    let windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null;
    guardContents(Object.assign(contents, { setWindowOpenHandler: (handler: typeof windowOpenHandler) => (windowOpenHandler = handler) }) as never);
    const prevented = (channel: string, url: string) => {
      let stopped = false;
      contents.emit(channel, { url, preventDefault: () => (stopped = true) });
      return stopped;
    };
    for (const channel of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      expect(foreignAddresses.filter((url) => !prevented(channel, url))).toEqual([]);
      expect(prevented(channel, 'studio://app/')).toBe(false);
    }
    expect(prevented('will-attach-webview', 'studio://app/')).toBe(true);
    for (const url of [...foreignAddresses, 'studio://app/']) expect(windowOpenHandler!({ url })).toEqual({ action: 'deny' });
  });
});

describe('senders', () => {
  test('only the top frame of the own page is heard', () => {
    expect(isTrustedSender({ url: 'studio://app/', parent: null })).toBe(true);
    expect(isTrustedSender({ url: 'studio://app/', parent: {} })).toBe(false);
    expect(isTrustedSender({ url: 'https://example.com/', parent: null })).toBe(false);
    expect(isTrustedSender({ url: 'about:blank', parent: null })).toBe(false);
    expect(isTrustedSender(null)).toBe(false);
  });
});

test('every permission and device is refused, asked for or checked', () => {
  const handlers: Record<string, (...args: never[]) => unknown> = {};
  const record = (name: string) => (handler: (...args: never[]) => unknown) => void (handlers[name] = handler);
  denyPermissions({
    setPermissionRequestHandler: record('request'),
    setPermissionCheckHandler: record('check'),
    setDevicePermissionHandler: record('device'),
    setDisplayMediaRequestHandler: record('display'),
  } as never);
  const answers: unknown[] = [];
  const permissions = ['media', 'geolocation', 'notifications', 'midi', 'pointerLock', 'fullscreen', 'openExternal', 'clipboard-read', 'display-capture', 'fileSystem', 'hid', 'serial', 'usb', 'unknown'];
  for (const permission of permissions) {
    handlers['request']!(null as never, permission as never, ((granted: boolean) => answers.push(granted)) as never);
    answers.push(handlers['check']!(null as never, permission as never));
    answers.push(handlers['device']!({ deviceType: permission } as never));
  }
  expect(answers).toHaveLength(permissions.length * 3);
  expect(answers.every((answer) => answer === false)).toBe(true);
  handlers['display']!({} as never, ((streams: object) => answers.push(streams)) as never);
  expect(answers.at(-1)).toEqual({});
});

test('the content security policy is this one', () => {
  expect(CONTENT_SECURITY_POLICY.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
  ]);
});
