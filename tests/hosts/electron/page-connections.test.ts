import { EventEmitter, once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { describe, expect, test, vi } from 'vitest';
import { studioContract, type StudioHandlers } from '../../../src-shared/contract/studio-contract.ts';
import { connect } from '../../../src-shared/rpc/connect.ts';
import { createMessagePortTransport } from '../../../src-shared/rpc/message-port-transport.ts';
import { servePages } from '../../../src-main/hosts/electron/page-connections.ts';

// Node's message channel in the place of Electron's: real ports that clone and deliver.
vi.mock('electron', () => ({ MessageChannelMain: MessageChannel }));

/** A page as the main process sees it: its contents and the frame that spoke. */
function createPage(id: number, frame: { url: string; parent: unknown } | null) {
  const ports: MessagePort[] = [];
  const channels: string[] = [];
  const sender = Object.assign(new EventEmitter(), { id });
  const senderFrame = frame && {
    ...frame,
    postMessage: (channel: string, _data: unknown, sent: MessagePort[]) => {
      channels.push(channel);
      ports.push(...sent);
    },
  };
  return { event: { sender, senderFrame }, sender, ports, channels };
}

const watching = new Set<AbortSignal>();
const handlers = {
  system: { revealInFolder: async () => ({}) },
  jobs: {
    /** Open until its caller leaves; never an event. */
    watch: (_input: unknown, { signal }: { signal: AbortSignal }) => ({
      [Symbol.asyncIterator]: () => ({
        async next() {
          watching.add(signal);
          if (!signal.aborted) await once(signal, 'abort');
          watching.delete(signal);
          return { done: true, value: undefined };
        },
      }),
    }),
  },
} as unknown as StudioHandlers;

const start = () => {
  const ipc = new EventEmitter();
  servePages({ handlers }, ipc as never);
  return ipc;
};
const clientOf = (port: MessagePort) => connect(studioContract, createMessagePortTransport(port as never));
const project = `project:${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`;

describe('a window that asks for the studio', () => {
  test('is answered over its own port', async () => {
    const page = createPage(1, { url: 'studio://app/', parent: null });
    start().emit('studio:connect', page.event);
    expect(page.channels).toEqual(['studio:port']);
    expect(await clientOf(page.ports[0]!).system.revealInFolder({ path: '/a' })).toEqual({});
    page.sender.emit('destroyed');
  });

  test('loses the earlier port and its streams when it asks again or goes away', async () => {
    const ipc = start();
    const page = createPage(2, { url: 'studio://app/', parent: null });
    ipc.emit('studio:connect', page.event);
    const stream = clientOf(page.ports[0]!).jobs.watch({ projectId: project })[Symbol.asyncIterator]();
    const ended = stream.next().then((next) => next.done === true, () => true);
    await vi.waitFor(() => expect(watching.size).toBe(1));
    ipc.emit('studio:connect', page.event);
    await vi.waitFor(() => expect(watching.size).toBe(0));
    expect(await ended).toBe(true);
    const second = page.ports[1]!;
    const closed = once(second, 'close');
    page.sender.emit('destroyed');
    second.start();
    await closed;
  });

  test('is not answered from a frame, another origin, or a frame that is gone', () => {
    const ipc = start();
    const hostile = [
      createPage(3, { url: 'studio://app/', parent: {} }),
      createPage(4, { url: 'https://example.com/', parent: null }),
      createPage(5, { url: 'studio://app@evil/', parent: null }),
      createPage(6, null),
    ];
    for (const page of hostile) ipc.emit('studio:connect', page.event);
    expect(hostile.flatMap((page) => page.ports)).toEqual([]);
  });
});
