import { StudioError, type StudioErrorWire } from '../errors/studio-error.ts';
import type { Client, Contract } from './contract-types.ts';
import type { RpcMessage, Transport } from './transport.ts';

interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What an open call does with the server's messages; `fail` also ends it. */
interface OpenCall {
  result(output: unknown): void;
  event(event: unknown): void;
  end(): void;
  fail(error: StudioError): void;
}

const disconnected = () => new StudioError('RPC_DISCONNECTED', 'The connection to the studio is closed. Reconnect and try again.', { retryable: true });
const cancelled = (path: string) => new StudioError('CANCELLED', `${path} was cancelled.`);

/**
 * A typed client of a contract on one transport.
 *
 * Aborting a call, or leaving a stream's loop, tells the server. When the transport closes, every open call fails with RPC_DISCONNECTED.
 */
export function connect<C extends Contract>(contract: C, transport: Transport): Client<C> {
  const open = new Map<number, OpenCall>();
  let lastId = 0;
  let closed = false;

  transport.onMessage((raw) => receive(open, raw));
  transport.onClose(() => {
    closed = true;
    for (const call of open.values()) call.fail(disconnected());
    open.clear();
  });

  /** Registers a call and posts it; returns the way to leave it early. The `call` must not be told more after its end. */
  const begin = (path: string, input: unknown, call: OpenCall, signal: AbortSignal | undefined): (() => void) => {
    if (signal?.aborted === true) {
      call.fail(cancelled(path));
      return () => undefined;
    }
    if (closed) {
      call.fail(disconnected());
      return () => undefined;
    }
    const id = ++lastId;
    const finish = () => {
      open.delete(id);
      signal?.removeEventListener('abort', onAbort);
    };
    const leave = () => {
      if (!open.has(id)) return;
      finish();
      transport.post({ type: 'cancel', id });
    };
    const onAbort = () => {
      leave();
      call.fail(cancelled(path));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    open.set(id, {
      event: call.event,
      result: (output) => (finish(), call.result(output)),
      end: () => (finish(), call.end()),
      fail: (error) => (finish(), call.fail(error)),
    });
    try {
      transport.post({ type: 'call', id, path, input });
    } catch (error) {
      finish();
      const reason = error instanceof Error ? error.message : String(error);
      call.fail(new StudioError('RPC_INPUT_INVALID', `${path}: ${reason}`, { details: { path }, cause: error }));
    }
    return leave;
  };

  const callMethod = (path: string, input: unknown, options: CallOptions): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const unexpected = () => reject(new StudioError('INTERNAL', `${path} answered as a stream.`));
      begin(path, input, { result: resolve, event: unexpected, end: unexpected, fail: reject }, options.signal);
    });

  const callStream = (path: string, input: unknown, options: CallOptions): AsyncIterable<unknown> => ({
    [Symbol.asyncIterator]: () => openStream((call) => begin(path, input, call, options.signal)),
  });

  const client: Record<string, Record<string, unknown>> = {};
  for (const [namespace, procedures] of Object.entries(contract)) {
    client[namespace] = {};
    for (const [name, procedure] of Object.entries(procedures)) {
      const path = `${namespace}.${name}`;
      const call = procedure.kind === 'method' ? callMethod : callStream;
      client[namespace][name] = (input: unknown, options: CallOptions = {}) => call(path, input, options);
    }
  }
  return client as Client<C>;
}

function receive(open: ReadonlyMap<number, OpenCall>, raw: unknown): void {
  if (typeof raw !== 'object' || raw === null) return;
  const message = raw as RpcMessage;
  const call = open.get(message.id);
  // Answers to a call that was left cross its cancel on the way; they are not news.
  if (call === undefined) return;
  if (message.type === 'result') call.result(message.output);
  else if (message.type === 'event') call.event(message.event);
  else if (message.type === 'end') call.end();
  else if (message.type === 'error') call.fail(StudioError.fromWire(message.error satisfies StudioErrorWire));
}

/** An iterator over a call's events: they queue while nobody asks; `return` leaves the call. */
function openStream(begin: (call: OpenCall) => () => void): AsyncIterator<unknown> {
  const queue: unknown[] = [];
  let waiting: { resolve(result: IteratorResult<unknown>): void; reject(error: unknown): void } | null = null;
  let outcome: 'open' | 'ended' | StudioError = 'open';

  const settle = (result: 'ended' | StudioError) => {
    if (outcome !== 'open') return;
    outcome = result;
    if (result === 'ended') waiting?.resolve({ done: true, value: undefined });
    else if (waiting !== null) {
      // An error is told once; afterwards the stream is simply over.
      waiting.reject(result);
      outcome = 'ended';
    }
    waiting = null;
  };
  const leave = begin({
    result: () => settle(new StudioError('INTERNAL', 'A stream answered as a method.')),
    event(event) {
      if (waiting === null) queue.push(event);
      else waiting.resolve({ done: false, value: event });
      waiting = null;
    },
    end: () => settle('ended'),
    fail: settle,
  });
  return {
    next() {
      if (queue.length > 0) return Promise.resolve({ done: false, value: queue.shift() });
      if (outcome === 'ended') return Promise.resolve({ done: true, value: undefined });
      if (outcome !== 'open') {
        const error = outcome;
        outcome = 'ended';
        return Promise.reject(error);
      }
      return new Promise((resolve, reject) => (waiting = { resolve, reject }));
    },
    return() {
      leave();
      settle('ended');
      queue.length = 0;
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}
