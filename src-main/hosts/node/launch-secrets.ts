import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a page must know to be let in; new at every launch. 256 bits each, in hex. */
export interface LaunchSecrets {
  /** Opens the RPC socket. */
  readonly token: string;
  /** A segment of media addresses: `<video src>` can send neither a header nor a subprotocol. */
  readonly mediaSecret: string;
}

export const createLaunchSecrets = (): LaunchSecrets => ({ token: randomBytes(32).toString('hex'), mediaSecret: randomBytes(32).toString('hex') });

/** Compares without telling, by time taken, how much was right; hashing makes unequal lengths comparable. */
export function secretsEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Leaves the token where only this user can read it, for other tools on the machine. Returns the way to take it back. */
export function writeTokenFile(dataDir: string, port: number, token: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, `host-token-${port}`);
  rmSync(path, { force: true });
  writeFileSync(path, `${token}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
  return () => rmSync(path, { force: true });
}
