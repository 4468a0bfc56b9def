import type { Upload } from '../../api/upload.ts';

/**
 * The uploads that want a card of their own: those that failed, and those that no import has taken over yet. The host begins a file's
 * job as soon as it holds the file, which may be before the window hears that everything was sent; a file is one card, not two.
 * Of several files of one name, the ones that were sent the furthest are those that have arrived.
 */
export function stillSending(uploads: readonly Upload[], importing: readonly string[]): readonly Upload[] {
  const arrived = new Map<string, number>();
  for (const name of importing) arrived.set(name, (arrived.get(name) ?? 0) + 1);
  const taken = new Set<string>();
  for (const { id, name } of uploads.filter(({ error }) => error === null).toSorted((a, b) => b.share - a.share)) {
    const left = arrived.get(name) ?? 0;
    if (left === 0) continue;
    arrived.set(name, left - 1);
    taken.add(id);
  }
  return uploads.filter(({ id }) => !taken.has(id));
}
