/**
 * The job that `id` would stand right before after a step of `by` places: null behind all of them, undefined where it cannot
 * go. A step of 0 names the job it stands before now.
 */
export function placeBefore(waiting: readonly { readonly id: string }[], id: string, by: -1 | 0 | 1): string | null | undefined {
  const at = waiting.findIndex((job) => job.id === id);
  const target = at + by;
  if (at < 0 || target < 0 || target >= waiting.length) return undefined;
  return waiting.filter((job) => job.id !== id)[target]?.id ?? null;
}
