import { cpus, loadavg, totalmem } from 'node:os';

/** One line that says on what the numbers were measured; a load well above 0 makes wall times useless, ratios less so. */
export function describeMachine(): string {
  const all = cpus();
  return `${all.length} x ${all[0]?.model ?? 'unknown processor'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, load ${loadavg()[0]!.toFixed(1)}, Node ${process.versions.node}`;
}

/** The median of at least one number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
