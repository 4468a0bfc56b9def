const MAX_SLUG = 60;

/** A file name from words a person typed: small letters, digits and dashes only, so that it is safe on every disk. */
export function exportFileName(words: string, seed: number | null): string {
  const slug = words.normalize('NFKD').toLowerCase().replace(/\.[a-z0-9]{2,4}$/, '').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, MAX_SLUG).replace(/-+$/, '');
  return `${slug === '' ? 'clip' : slug}${seed === null ? '' : `-${seed}`}.mp4`;
}
