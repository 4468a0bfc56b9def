import { z } from 'zod';
import { StudioError, type StudioErrorWire } from '../errors/studio-error.ts';
import type { Contract, Handlers, Procedure } from './contract-types.ts';
import type { RpcMessage, Transport } from './transport.ts';

const IncomingMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), id: z.number().int(), path: z.string().max(200), input: z.unknown() }),
  z.object({ type: z.literal('cancel'), id: z.number().int() }),
]);

/** An unexpected failure, for the log only: the caller gets a fixed text and the `traceId`. */
export interface UnexpectedFailure {
  readonly traceId: string;
  readonly path: string;
  readonly error: unknown;
}

export interface ServeOptions {
  readonly onUnexpected?: (failure: UnexpectedFailure) => void;
}

type AnyHandler = (input: unknown, context: { signal: AbortSignal }) => Promise<unknown> | AsyncIterable<unknown>;

/**
 * Answers a contract's calls on one transport until it closes or the returned function is called; either aborts every open call.
 *
 * Input and output are parsed here, on the serving side. A StudioError reaches the caller as it is; anything else
 * leaves as INTERNAL with a fixed text.
 */
export function serve<C extends Contract>(contract: C, handlers: Handlers<C>, transport: Transport, options: ServeOptions = {}): () => void {
  const onUnexpected = options.onUnexpected ?? ((failure) => console.error(`[rpc] ${failure.path} failed, trace ${failure.traceId}:`, failure.error));
  const open = new Map<number, AbortController>();

  const wireError = (error: unknown, path: string, signal: AbortSignal): StudioErrorWire => {
    if (signal.aborted) return new StudioError('CANCELLED', `${path} was cancelled.`).toWire();
    if (StudioError.is(error) && error.code !== 'INTERNAL') return error.toWire();
    const traceId = globalThis.crypto.randomUUID();
    onUnexpected({ traceId, path, error });
    return new StudioError('INTERNAL', `Something went wrong inside the studio. Its log says more under trace ${traceId}.`, { details: { traceId } }).toWire();
  };

  /** What the schema or the transport refuses is this side's bug: logged, and told apart from a failed call. */
  const refusedOutput = (path: string, cause: unknown): StudioError => {
    const traceId = globalThis.crypto.randomUUID();
    onUnexpected({ traceId, path, error: cause });
    return new StudioError('RPC_OUTPUT_INVALID', `The studio's answer to ${path} breaks its contract. Its log says more under trace ${traceId}.`, { details: { traceId, path } });
  };

  const checked = (schema: z.ZodType, value: unknown, path: string): unknown => {
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw refusedOutput(path, parsed.error);
    return parsed.data;
  };

  const send = (message: RpcMessage, path: string): void => {
    try {
      transport.post(message);
    } catch (error) {
      throw refusedOutput(path, error);
    }
  };

  const fail = (id: number, path: string, error: unknown, signal: AbortSignal): void => {
    try {
      transport.post({ type: 'error', id, error: wireError(error, path, signal) });
    } catch (cause) {
      transport.post({ type: 'error', id, error: refusedOutput(path, cause).toWire() });
    }
  };

  async function answer(id: number, path: string, input: unknown, signal: AbortSignal): Promise<void> {
    const { procedure, handler } = lookUp(contract, handlers, path);
    const parsed = procedure.input.safeParse(input);
    if (!parsed.success) throw invalidInput(path, parsed.error);
    if (procedure.kind === 'method') {
      const output = await (handler(parsed.data, { signal }) as Promise<unknown>);
      const message: RpcMessage = { type: 'result', id, output: checked(procedure.output, output, path) };
      if (!signal.aborted) send(message, path);
      return;
    }
    const events = (handler(parsed.data, { signal }) as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    // An abort also asks the generator to return, so that its `finally` runs even where it does not look at the signal.
    const leave = () => void events.return?.(undefined).then(undefined, () => undefined);
    signal.addEventListener('abort', leave, { once: true });
    try {
      for (let next = await events.next(); next.done !== true && !signal.aborted; next = await events.next()) {
        send({ type: 'event', id, event: checked(procedure.event, next.value, path) }, path);
      }
      if (!signal.aborted) transport.post({ type: 'end', id });
    } finally {
      signal.removeEventListener('abort', leave);
      await events.return?.(undefined);
    }
  }

  const stopMessages = transport.onMessage((raw) => {
    const message = IncomingMessage.safeParse(raw);
    if (!message.success) return;
    const { id } = message.data;
    if (message.data.type === 'cancel') {
      open.get(id)?.abort();
      return;
    }
    if (open.has(id)) return;
    const { path, input } = message.data;
    const controller = new AbortController();
    open.set(id, controller);
    answer(id, path, input, controller.signal)
      .catch((error: unknown) => fail(id, path, error, controller.signal))
      .finally(() => open.delete(id));
  });
  const stop = () => {
    stopMessages();
    stopClose();
    for (const controller of open.values()) controller.abort();
  };
  const stopClose = transport.onClose(() => stop());
  return stop;
}

function lookUp<C extends Contract>(contract: C, handlers: Handlers<C>, path: string): { procedure: Procedure; handler: AnyHandler } {
  const [namespace = '', name = '', ...rest] = path.split('.');
  // hasOwn at both levels: `__proto__.toString` must not find anything.
  const procedures = rest.length === 0 && Object.hasOwn(contract, namespace) ? contract[namespace] : undefined;
  const procedure = procedures !== undefined && Object.hasOwn(procedures, name) ? procedures[name] : undefined;
  if (procedure === undefined) throw new StudioError('RPC_METHOD_UNKNOWN', `The studio has no method "${path}".`, { details: { path } });
  const handler = (handlers as Readonly<Record<string, Readonly<Record<string, AnyHandler>>>>)[namespace]?.[name];
  if (handler === undefined) throw new StudioError('RPC_METHOD_UNKNOWN', `This studio does not serve "${path}".`, { details: { path } });
  return { procedure, handler };
}

function invalidInput(path: string, error: z.ZodError): StudioError {
  const issue = error.issues[0];
  const field = issue === undefined ? '' : issue.path.join('.');
  return new StudioError('RPC_INPUT_INVALID', `${path}: ${field === '' ? '' : `${field}: `}${issue?.message ?? 'invalid input'}`, { details: { path, field } });
}
