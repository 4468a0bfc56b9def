import type { z } from 'zod';

/** A call with one answer. */
export interface Method<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: 'method';
  readonly input: I;
  readonly output: O;
}

/** A subscription: events until the caller leaves the loop or the server ends it. */
export interface Stream<I extends z.ZodType = z.ZodType, E extends z.ZodType = z.ZodType> {
  readonly kind: 'stream';
  readonly input: I;
  readonly event: E;
}

export type Procedure = Method | Stream;
export type Contract = Readonly<Record<string, Readonly<Record<string, Procedure>>>>;

export const method = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O): Method<I, O> => ({ kind: 'method', input, output });
export const stream = <I extends z.ZodType, E extends z.ZodType>(input: I, event: E): Stream<I, E> => ({ kind: 'stream', input, event });

/** What a page or another client calls. */
export type Client<C extends Contract> = {
  readonly [N in keyof C]: {
    readonly [P in keyof C[N]]: C[N][P] extends Method<infer I, infer O>
      ? (input: z.input<I>, options?: { signal?: AbortSignal }) => Promise<z.output<O>>
      : C[N][P] extends Stream<infer I, infer E>
        ? (input: z.input<I>, options?: { signal?: AbortSignal }) => AsyncIterable<z.output<E>>
        : never;
  };
};

/** What the services implement. A stream handler is an async generator whose `finally` runs when the caller leaves. */
export type Handlers<C extends Contract> = {
  readonly [N in keyof C]: {
    readonly [P in keyof C[N]]: C[N][P] extends Method<infer I, infer O>
      ? (input: z.output<I>, context: { signal: AbortSignal }) => Promise<z.input<O>>
      : C[N][P] extends Stream<infer I, infer E>
        ? (input: z.output<I>, context: { signal: AbortSignal }) => AsyncIterable<z.input<E>>
        : never;
  };
};
