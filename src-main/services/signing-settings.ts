import { SigningKeys } from '../../src-shared/export/signing.ts';
import { checkSigningKeys } from '../media/c2pa.ts';
import type { SettingRepository } from '../store/setting-repository.ts';

/** Where the creator's own certificate and key lie: kept with the studio, never with a project, and never their contents. */
export interface SigningSettings {
  keys(): SigningKeys | null;
  /** INVALID_INPUT unless they can be read and belong together. */
  set(keys: SigningKeys | null): Promise<void>;
  describe(): Promise<{ readonly keys: SigningKeys | null; readonly signer: string | null }>;
}

const KEY = 'signingKeys';

export function createSigningSettings(settings: SettingRepository): SigningSettings {
  const keys = (): SigningKeys | null => SigningKeys.safeParse(settings.get(KEY)).data ?? null;
  return {
    keys,
    set: async (chosen) => {
      if (chosen === null) {
        settings.remove(KEY);
        return;
      }
      await checkSigningKeys(chosen);
      settings.set(KEY, chosen);
    },
    describe: async () => {
      const chosen = keys();
      // Files that have gone since are told when somebody signs.
      const signer = chosen === null ? null : await checkSigningKeys(chosen).then((checked) => checked.signer, () => null);
      return { keys: chosen, signer };
    },
  };
}
