import { StudioError } from '../../src-shared/errors/studio-error.ts';

/** MODEL_CHECKSUM_MISMATCH when a pack is no longer the one that some work was asked of: `got` and `expected` are content hashes, `what` names the work. */
export function requireSamePack(packId: string, got: string, expected: string, what: string): void {
  if (got === expected) return;
  throw new StudioError('MODEL_CHECKSUM_MISMATCH', `The model pack "${packId}" has changed since this ${what} was asked for. Ask for it again to use the pack as it is now.`, { details: { packId, got, expected } });
}
