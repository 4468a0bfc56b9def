import { expect, test, vi } from 'vitest';

/** Electron's two preload modules, recording what the real preload does with them. */
const exposed = new Map<string, Record<string, unknown>>();
const sent: unknown[][] = [];
const listeners = new Map<string, (event: { ports: unknown[] }) => void>();
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, api: Record<string, unknown>) => exposed.set(name, api) },
  ipcRenderer: {
    send: (...args: unknown[]) => sent.push(args),
    on: (channel: string, listener: (event: { ports: unknown[] }) => void) => listeners.set(channel, listener),
  },
}));

test('the page sees one function, which sends one message, and gets the port as a same-origin message', async () => {
  const posted: unknown[][] = [];
  vi.stubGlobal('window', { location: { origin: 'studio://app' }, postMessage: (...args: unknown[]) => posted.push(args) });
  await import('../../../src-main/hosts/electron/preload.ts');

  expect([...exposed.keys()]).toEqual(['studio']);
  const bridge = exposed.get('studio')!;
  expect(Object.keys(bridge)).toEqual(['connect']);
  expect((bridge['connect'] as (...args: unknown[]) => unknown)('ignored')).toBeUndefined();
  expect(sent).toEqual([['studio:connect']]);

  expect([...listeners.keys()]).toEqual(['studio:port']);
  const port = {};
  listeners.get('studio:port')!({ ports: [port] });
  expect(posted).toEqual([['studio:port', 'studio://app', [port]]]);
});
