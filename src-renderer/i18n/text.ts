import en from '../../assets/locales/en.json' with { type: 'json' };

/** Every string a person can see has a key here. */
export type TextKey = keyof typeof en;

/** The words for `key`, with `{name}` placeholders filled from `params`. */
export function t(key: TextKey, params: Readonly<Record<string, string | number>> = {}): string {
  return en[key].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : String(value);
  });
}
