import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import type { MachineMemory } from '../../src-shared/pack/memory-plan.ts';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const PAGE_BYTES = 4096;

/** What a process holds now, where the system tells; 0 elsewhere. */
function heldBytes(pid: number | null): number {
  if (pid === null || process.platform !== 'linux') return 0;
  // Its second number is the resident pages.
  return Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * PAGE_BYTES;
}

/** This machine's memory as the engine may use it: what it holds already counts as free. Limits of a container count; `budgetBytes`: what the creator allows. */
export function readMachineMemory(enginePid: number | null, budgetBytes: number | null): MachineMemory {
  const allowed = process.constrainedMemory();
  const totalBytes = allowed > 0 ? Math.min(totalmem(), allowed) : totalmem();
  const freeBytes = Math.min(freemem(), process.availableMemory()) + heldBytes(enginePid);
  return { totalBytes, freeBytes: Math.min(freeBytes, totalBytes, budgetBytes ?? Infinity) };
}

/** How often the system has killed a process for want of memory; null where it does not tell. A count that grew while a process was killed tells why. */
export function readMemoryKills(): number | null {
  if (process.platform !== 'linux') return null;
  const counts = [read('/proc/vmstat'), read('/sys/fs/cgroup/memory.events')].map((text) => /^oom_kill (\d+)$/m.exec(text)?.[1]);
  return counts.every((count) => count === undefined) ? null : counts.reduce((sum, count) => sum + Number(count ?? 0), 0);
}
