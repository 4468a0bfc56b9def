import { expect, test } from 'vitest';
import { newProject, noise, opened, storeVideo } from './project-bench.ts';
import { openProjectStore } from '../../src-main/store/project-store.ts';

test('previews are kept whole, by range and over a reopening, and go with their asset', async () => {
  const store = newProject();
  const { id } = storeVideo(store, noise(10), 'Sea');
  const bytes = noise(600_000);
  await store.previews.write(id, 'proxy', {}, [bytes.subarray(0, 300_001), bytes.subarray(300_001)]);
  await store.previews.write(id, 'filmstrip', { tiles: 4, width: 128, height: 72 }, [noise(10)]);
  expect(store.assets.get(id)).toMatchObject({ filmstrip: { tiles: 4, width: 128, height: 72 }, hasProxy: true, hasWaveform: false });
  expect(store.previews.sizeOf(id, 'proxy')).toBe(600_000);
  for (const [start, end] of [[0, 600_000], [262_143, 262_145], [599_990, 600_000]] as const) expect(Buffer.compare(store.previews.readRange(id, 'proxy', start, end), bytes.subarray(start, end))).toBe(0);
  // A second one takes the place of the first; one that fails on its way leaves nothing.
  await store.previews.write(id, 'filmstrip', { tiles: 2, width: 64, height: 72 }, [noise(20)]);
  expect(store.assets.get(id).filmstrip?.tiles).toBe(2);
  const broken = (function* () {
    yield noise(300_000);
    throw new Error('no more');
  })();
  await expect(store.previews.write(id, 'waveform', {}, broken)).rejects.toThrow('no more');
  expect(store.assets.get(id).hasWaveform).toBe(false);
  const { path } = store;
  store.close();
  const again = opened(openProjectStore(path));
  expect(again.previews.sizeOf(id, 'proxy')).toBe(600_000);
  expect(again.checkIntegrity()).toEqual([]);
  again.assets.remove(id);
  expect(again.previews.sizeOf(id, 'proxy')).toBeNull();
});
