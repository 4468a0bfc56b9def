/** A studio's downloads in a process of their own, to be killed at any instant: `node download-host.ts FOLDER HUB`. */
import { isResting, openDownloads, REPOSITORY, SMALL_TRANSFER, until } from './seeded-runs.ts';

const [folder, address] = process.argv.slice(2) as [string, string];
// It dies with the test, so that nothing is left when the test itself is stopped.
process.on('disconnect', () => process.exit(0));

const { downloads, store } = openDownloads(folder, address, { ...SMALL_TRANSFER, quietMs: 5_000 });
let id = downloads.list()[0]?.id;
if (id === undefined) {
  const signal = new AbortController().signal;
  const request = { repository: REPOSITORY, revision: 'main', precision: 'full' as const };
  const plan = await downloads.plan(request, signal);
  id = (await downloads.start(request, plan.licence.id, signal)).id;
} else {
  downloads.goOn();
}
process.send?.({ id });
const end = await until(downloads, id, isResting);
await downloads.close();
store.close();
process.send?.({ id, state: end.state, error: end.error?.message ?? null });
process.disconnect();
