import { getEventListeners, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket as HostWebSocket } from 'ws';
import type { StudioError } from '../../src-shared/errors/studio-error.ts';
import { connect } from '../../src-shared/rpc/connect.ts';
import type { Client } from '../../src-shared/rpc/contract-types.ts';
import { createInMemoryTransports } from '../../src-shared/rpc/in-memory-transport.ts';
import { createMessagePortTransport } from '../../src-shared/rpc/message-port-transport.ts';
import { serve, type UnexpectedFailure } from '../../src-shared/rpc/serve.ts';
import type { Transport } from '../../src-shared/rpc/transport.ts';
import { createWebSocketTransport } from '../../src-shared/rpc/web-socket-transport.ts';
import { ProbeLog, probeContract, probeHandlers } from './probe-contract.ts';

interface Pair {
  readonly client: Transport;
  readonly server: Transport;
  readonly dispose: () => Promise<void>;
}

const nothing = async () => undefined;

async function webSocketPair(): Promise<Pair> {
  const listener = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(listener, 'listening');
  const accepted = once(listener, 'connection') as Promise<[HostWebSocket]>;
  const socket = new WebSocket(`ws://127.0.0.1:${(listener.address() as AddressInfo).port}`);
  const [hostSocket] = await accepted;
  return {
    client: createWebSocketTransport(socket),
    server: createWebSocketTransport(hostSocket),
    dispose: () => new Promise((resolve) => {
      for (const open of listener.clients) open.terminate();
      listener.close(() => resolve());
    }),
  };
}

const transports: Readonly<Record<string, () => Promise<Pair>>> = {
  'in memory': async () => {
    const [client, server] = createInMemoryTransports();
    return { client, server, dispose: nothing };
  },
  MessagePort: async () => {
    const { port1, port2 } = new MessageChannel();
    return { client: createMessagePortTransport(port1), server: createMessagePortTransport(port2), dispose: nothing };
  },
  'Electron-like port': async () => {
    const { port1, port2 } = new MessageChannel();
    const emitterPort = {
      postMessage: (message: unknown) => port2.postMessage(message),
      on: (type: 'message' | 'close', listener: (event: { data: unknown }) => void) => port2.on(type, (data: unknown) => listener({ data })),
      start: () => port2.start(),
      close: () => port2.close(),
    };
    return { client: createMessagePortTransport(port1), server: createMessagePortTransport(emitterPort), dispose: nothing };
  },
  WebSocket: webSocketPair,
};

describe.each(Object.entries(transports))('rpc over %s', (name, makePair) => {
  const disposals: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const dispose of disposals.splice(0)) await dispose();
  });

  async function start(): Promise<{ api: Client<typeof probeContract>['probe']; pair: Pair; log: ProbeLog; failures: UnexpectedFailure[] }> {
    const pair = await makePair();
    const log = new ProbeLog();
    const failures: UnexpectedFailure[] = [];
    serve(probeContract, probeHandlers(log), pair.server, { onUnexpected: (failure) => failures.push(failure) });
    disposals.push(async () => {
      pair.client.close();
      pair.server.close();
      await pair.dispose();
    });
    return { api: connect(probeContract, pair.client).probe, pair, log, failures };
  }

  /** The error a promise rejects with, as it would go over a wire. */
  const failureOf = (promise: Promise<unknown>) => promise.then(() => expect.unreachable('the call succeeded'), (error: StudioError) => error);

  it('answers a call, with defaults filled in by the serving side', async () => {
    const { api } = await start();
    expect(await api.add({ left: 2, right: 3 })).toEqual({ sum: 5 });
    expect(await api.add({ left: 2 })).toEqual({ sum: 3 });
  });

  it('carries a typed error whole', async () => {
    const { api } = await start();
    const error = await failureOf(api.failTyped({}));
    expect(error.toWire()).toEqual({ code: 'CONFLICT', message: 'The clip is in use.', details: { clip: 'clip:1', uses: 2 }, retryable: true });
  });

  it('hides an unexpected error behind a fixed text and logs it under the trace the caller sees', async () => {
    const { api, failures } = await start();
    const error = await failureOf(api.failUntyped({}));
    expect(error.code).toBe('INTERNAL');
    expect(JSON.stringify(error.toWire())).not.toContain('secret');
    expect(failures).toMatchObject([{ path: 'probe.failUntyped', traceId: error.details.traceId }]);
    expect(String(failures[0]?.error)).toContain('SQLITE_IOERR');
  });

  it('refuses bad input and names the field', async () => {
    const { api } = await start();
    const error = await failureOf(api.add({ left: 'two' as unknown as number }));
    expect(error.code).toBe('RPC_INPUT_INVALID');
    expect(error.message).toContain('probe.add: left:');
  });

  it('refuses output that breaks the contract', async () => {
    const { api, failures } = await start();
    expect((await failureOf(api.breakContract({}))).code).toBe('RPC_OUTPUT_INVALID');
    expect(failures).toHaveLength(1);
  });

  it.each(['probe.missing', 'nothing.add', 'probe.add.bind', '__proto__.toString', 'probe.constructor', 'probe', ''])('does not find %j', async (path) => {
    const { pair } = await start();
    const answer = new Promise((resolve) => pair.client.onMessage(resolve));
    pair.client.post({ type: 'call', id: 99, path, input: {} });
    expect(await answer).toMatchObject({ type: 'error', id: 99, error: { code: 'RPC_METHOD_UNKNOWN', details: { path } } });
  });

  it('ignores messages that are not part of the protocol and keeps serving', async () => {
    const { api, pair } = await start();
    for (const message of [null, 7, 'call', {}, { type: 'call' }, { type: 'cancel', id: 12345 }, { type: 'result', id: 1, output: {} }]) {
      pair.client.post(message as never);
    }
    expect(await api.add({ left: 1, right: 1 })).toEqual({ sum: 2 });
  });

  it('carries bytes only where structured clone does, and says so elsewhere', async () => {
    const { api } = await start();
    if (name === 'WebSocket') {
      expect((await failureOf(api.bytes({}))).code).toBe('RPC_OUTPUT_INVALID');
      const refused = await failureOf(api.acceptBytes({ bytes: new Uint8Array(2) }));
      expect(refused.code).toBe('RPC_INPUT_INVALID');
      expect(refused.message).toContain('"bytes" holds bytes (Uint8Array)');
    } else {
      expect((await api.bytes({})).bytes).toEqual(new Uint8Array([1, 2, 3]));
      expect(await api.acceptBytes({ bytes: new Uint8Array(2) })).toEqual({ length: 2 });
    }
  });

  it('streams every event in order, then ends', async () => {
    const { api } = await start();
    const values: number[] = [];
    for await (const { value } of api.count({ to: 500 })) values.push(value);
    expect(values).toEqual(Array.from({ length: 500 }, (_, index) => index));
  });

  it('ends a stream with the error that ended it', async () => {
    const { api } = await start();
    const values: number[] = [];
    const error = await failureOf((async () => {
      for await (const { value } of api.failLate({})) values.push(value);
    })());
    expect([values, error.code]).toEqual([[1], 'DISK_FULL']);
  });

  it("runs the server's finally when the caller leaves the loop", async () => {
    const { api, log } = await start();
    for await (const { value } of api.tick({})) if (value === 3) break;
    await log.when('tick left');
    expect(log.seen).toEqual(['tick started', 'tick left']);
  });

  it('cancels a call and a stream by their signals', async () => {
    const { api, log } = await start();
    const controller = new AbortController();
    const call = failureOf(api.hang({}, { signal: controller.signal }));
    const loop = failureOf((async () => {
      for await (const event of api.tick({}, { signal: controller.signal })) void event;
    })());
    await Promise.all([log.when('hang started'), log.when('tick started')]);
    controller.abort();
    expect([(await call).code, (await loop).code]).toEqual(['CANCELLED', 'CANCELLED']);
    await Promise.all([log.when('hang aborted'), log.when('tick left')]);
    expect((await failureOf(api.hang({}, { signal: controller.signal }))).code).toBe('CANCELLED');
  });

  it.each(['client', 'server'] as const)('fails open calls and streams when the %s closes, and aborts them on the server', async (side) => {
    const { api, pair, log } = await start();
    const call = failureOf(api.hang({}));
    const loop = failureOf((async () => {
      for await (const event of api.tick({})) void event;
    })());
    await Promise.all([log.when('hang started'), log.when('tick started')]);
    pair[side].close();
    expect([(await call).code, (await loop).code]).toEqual(['RPC_DISCONNECTED', 'RPC_DISCONNECTED']);
    await Promise.all([log.when('hang aborted'), log.when('tick left')]);
    const later = await failureOf(api.add({ left: 1, right: 1 }));
    expect([later.code, later.retryable]).toEqual(['RPC_DISCONNECTED', true]);
  });

  it('answers two thousand calls and leaves no listener on their signal', async () => {
    const { api } = await start();
    const { signal } = new AbortController();
    const sums = await Promise.all(Array.from({ length: 2000 }, (_, left) => api.add({ left, right: 1 }, { signal })));
    expect(sums.every(({ sum }, index) => sum === index + 1)).toBe(true);
    for await (const event of api.count({ to: 3 })) void event;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
