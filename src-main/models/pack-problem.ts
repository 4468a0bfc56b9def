import type { ErrorCode } from '../../src-shared/errors/studio-error.ts';

/**
 * Something wrong with a pack: what, and how to mend it. Stays inside this folder: the registry shows it as the pack's
 * `problem` and turns it into a StudioError when the pack is asked for.
 */
export class PackProblem extends Error {
  readonly code: Extract<ErrorCode, 'MODEL_MISSING' | 'MODEL_CHECKSUM_MISMATCH' | 'MODEL_INCOMPATIBLE' | 'WEIGHTS_INVALID'>;

  constructor(code: PackProblem['code'], message: string) {
    super(message);
    this.name = 'PackProblem';
    this.code = code;
  }
}
