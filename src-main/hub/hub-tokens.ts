import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../../src-shared/errors/studio-error.ts';

/** Seals text so that only this user of this machine can open it again. */
export interface Keychain {
  seal(text: string): string;
  open(sealed: string): string;
}

/** Tokens by the origin they were given for. They leave this file for that origin only. */
export interface HubTokens {
  readonly keptIn: 'keychain' | 'ownerFile';
  get(address: URL): string | null;
  has(address: URL): boolean;
  /** An empty token is forgotten. */
  set(address: URL, token: string): void;
}

const TokenFile = z.object({
  format: z.literal(1),
  tokens: z.record(z.string(), z.object({ keptIn: z.enum(['keychain', 'ownerFile']), value: z.string() })),
});
type TokenFile = z.infer<typeof TokenFile>;

/** Keeps tokens in a file that only this user may read, sealed where the operating system has a keychain. */
export function openHubTokens(file: string, keychain: Keychain | null): HubTokens {
  const read = (): TokenFile => {
    try {
      return TokenFile.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      // A file that is not there or not ours holds no token; the next one is written over it.
      return { format: 1, tokens: {} };
    }
  };
  const write = (value: TokenFile): void => {
    const temporary = `${file}.${randomUUID()}`;
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(temporary, JSON.stringify(value), { mode: 0o600, flag: 'wx' });
      // The process's file mask may have taken more, never less; this says it outright.
      chmodSync(temporary, 0o600);
      renameSync(temporary, file);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw new StudioError('INVALID_INPUT', `The token cannot be kept in ${file}. Make its folder writable.`, { details: { path: file }, cause: error });
    }
  };
  return {
    keptIn: keychain === null ? 'ownerFile' : 'keychain',
    has: ({ origin }) => read().tokens[origin] !== undefined,
    get({ origin }) {
      const kept = read().tokens[origin];
      if (kept === undefined) return null;
      if (kept.keptIn === 'ownerFile') return kept.value;
      try {
        if (keychain !== null) return keychain.open(kept.value);
      } catch {
        // Sealed by another user or machine: told below.
      }
      throw new StudioError('HUB_FORBIDDEN', `The token for ${origin} was sealed by a keychain that is not open here. Give the token again.`, { details: { host: origin } });
    },
    set({ origin }, token) {
      const { tokens } = read();
      const others = Object.fromEntries(Object.entries(tokens).filter(([known]) => known !== origin));
      if (token === '' && tokens[origin] === undefined) return;
      const added = token === '' ? {} : { [origin]: keychain === null ? { keptIn: 'ownerFile' as const, value: token } : { keptIn: 'keychain' as const, value: keychain.seal(token) } };
      write({ format: 1, tokens: { ...others, ...added } });
    },
  };
}
