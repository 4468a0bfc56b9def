import { EventEmitter, once } from 'node:events';
import { z } from 'zod';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { method, stream, type Handlers } from '../../src-shared/rpc/contract-types.ts';

/** Bytes in an output: legal over structured clone, refused by the JSON codec. */
const Bytes = z.instanceof(Uint8Array);

/** A small contract with one procedure per behaviour that every transport must carry. */
export const probeContract = {
  probe: {
    add: method(z.object({ left: z.number(), right: z.number().default(1) }), z.object({ sum: z.number() })),
    failTyped: method(z.object({}), z.object({})),
    failUntyped: method(z.object({}), z.object({})),
    breakContract: method(z.object({}), z.object({ sum: z.number() })),
    bytes: method(z.object({}), z.object({ bytes: Bytes })),
    acceptBytes: method(z.object({ bytes: Bytes }), z.object({ length: z.number() })),
    hang: method(z.object({}), z.object({})),
    count: stream(z.object({ to: z.number().int() }), z.object({ value: z.number() })),
    tick: stream(z.object({}), z.object({ value: z.number() })),
    failLate: stream(z.object({}), z.object({ value: z.number() })),
  },
} as const;

/** What the serving side saw; `when` waits for a named happening instead of for time to pass. */
export class ProbeLog {
  readonly seen: string[] = [];
  readonly #emitter = new EventEmitter();

  add(happening: string): void {
    this.seen.push(happening);
    this.#emitter.emit('happening');
  }

  async when(happening: string): Promise<void> {
    while (!this.seen.includes(happening)) await once(this.#emitter, 'happening');
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));

export function probeHandlers(log: ProbeLog): Handlers<typeof probeContract> {
  return {
    probe: {
      add: async ({ left, right }) => ({ sum: left + right }),
      failTyped: async () => {
        throw new StudioError('CONFLICT', 'The clip is in use.', { details: { clip: 'clip:1', uses: 2 }, retryable: true });
      },
      failUntyped: async () => {
        throw new Error('SQLITE_IOERR at /home/someone/secret.motif');
      },
      breakContract: async () => ({ sum: 'three' }) as unknown as { sum: number },
      bytes: async () => ({ bytes: new Uint8Array([1, 2, 3]) }),
      acceptBytes: async ({ bytes }) => ({ length: bytes.length }),
      hang: async (_input, { signal }) => {
        log.add('hang started');
        await aborted(signal);
        log.add('hang aborted');
        return {};
      },
      async *count({ to }) {
        for (let value = 0; value < to; value++) yield { value };
      },
      async *tick(_input, { signal }) {
        log.add('tick started');
        try {
          for (let value = 0; !signal.aborted; value++) {
            yield { value };
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          log.add('tick left');
        }
      },
      async *failLate() {
        yield { value: 1 };
        throw new StudioError('DISK_FULL', 'The disk is full.');
      },
    },
  };
}
