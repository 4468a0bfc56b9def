import { setImmediate as turn } from 'node:timers/promises';

/** Native runs block the thread: without a turn of the event loop between steps no `stop` would ever be read. */
export async function yieldToMessages(): Promise<void> {
  await turn();
  await turn();
}
