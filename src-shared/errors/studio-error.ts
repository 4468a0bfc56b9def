/**
 * The one error type that crosses layers, processes and wires.
 *
 * Expected failures carry a code; `message` names the thing and the mend, in plain words that can be shown to a person.
 * Unknown errors become `INTERNAL` at the outermost edge only.
 */
export const ERROR_CODES = [
  'RPC_INPUT_INVALID', 'RPC_OUTPUT_INVALID', 'RPC_METHOD_UNKNOWN', 'RPC_DISCONNECTED', 'RPC_UNAUTHORIZED',
  'NOT_FOUND', 'CONFLICT', 'CANCELLED', 'PAUSED', 'CAPABILITY_UNAVAILABLE', 'DISK_FULL', 'OUT_OF_MEMORY', 'INVALID_INPUT', 'INTERNAL',
  'MODEL_MISSING', 'MODEL_CHECKSUM_MISMATCH', 'LICENCE_NOT_ACCEPTED', 'MODEL_INCOMPATIBLE', 'WEIGHTS_INVALID', 'SESSION_CREATE_FAILED', 'PROVIDER_UNAVAILABLE',
  'ONNX_PARSE_FAILED', 'GRAPH_INVALID', 'SHAPE_MISMATCH', 'OP_UNSUPPORTED', 'GRADIENT_OP_UNSUPPORTED', 'GRADIENT_FORBIDDEN',
  'NON_FINITE', 'LOSS_DIVERGED', 'SCHEDULER_CONFIG_INVALID',
  'HUB_UNREACHABLE', 'HUB_FORBIDDEN', 'HUB_ANSWER_INVALID',
  'FFMPEG_MISSING', 'FFMPEG_FAILED', 'MEDIA_UNREADABLE', 'CODEC_UNSUPPORTED',
  'DB_FROM_FUTURE', 'DB_CORRUPT', 'DB_READONLY', 'DB_FOREIGN', 'MIGRATION_FAILED', 'BLOB_MISSING',
  'JOB_KIND_UNKNOWN', 'JOB_DATA_INVALID', 'JOB_STATE_CONFLICT', 'JOB_TIMED_OUT', 'ENGINE_CRASHED',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** JSON-safe facts about the failure: names, numbers, got/expected. Never secrets or stacks. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly (string | number)[]>>;

export interface StudioErrorWire {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
  readonly retryable: boolean;
}

export class StudioError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StudioError';
    this.code = code;
    this.details = options.details ?? {};
    this.retryable = options.retryable ?? false;
  }

  /** True when `error` is a StudioError, with this code where one is given. */
  static is(error: unknown, code?: ErrorCode): error is StudioError {
    return error instanceof StudioError && (code === undefined || error.code === code);
  }

  /** Wraps anything thrown; a StudioError passes through unchanged. */
  static from(error: unknown, code: ErrorCode = 'INTERNAL'): StudioError {
    if (error instanceof StudioError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new StudioError(code, message, { cause: error });
  }

  toWire(): StudioErrorWire {
    return { code: this.code, message: this.message, details: this.details, retryable: this.retryable };
  }

  static fromWire(wire: StudioErrorWire): StudioError {
    return new StudioError(wire.code, wire.message, { details: wire.details, retryable: wire.retryable });
  }
}

/** A broken invariant is a bug, not an expected failure. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
