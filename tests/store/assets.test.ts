import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES } from '../../src-main/store/chunks.ts';
import { openProjectStore } from '../../src-main/store/project-store.ts';
import { newProject, noise, opened, storeVideo } from './project-bench.ts';

describe('assets', () => {
  it('gives back every byte, whole and by range, over chunk borders', () => {
    const store = newProject();
    const bytes = noise(3 * CHUNK_BYTES + 1234);
    for (const pieceBytes of [1_000, 65_536, CHUNK_BYTES, bytes.length]) {
      const asset = storeVideo(store, bytes, `by ${pieceBytes}`, pieceBytes);
      expect(asset.sizeBytes).toBe(bytes.length);
      expect(asset.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(Buffer.compare(store.assets.readAll(asset.id), bytes)).toBe(0);
    }
    const [asset] = store.assets.list();
    for (const [start, end] of [[0, 1], [CHUNK_BYTES - 1, CHUNK_BYTES + 1], [10, 2 * CHUNK_BYTES + 5], [bytes.length - 3, bytes.length + 100]] as const) {
      expect(Buffer.compare(store.assets.readRange(asset!.id, start, end), bytes.subarray(start, end))).toBe(0);
    }
  });

  it('stores equal bytes once and keeps them until the last user goes', () => {
    const store = newProject();
    const bytes = noise(2_000_000);
    const first = storeVideo(store, bytes, 'first');
    const before = store.sizeBytes();
    const second = storeVideo(store, bytes, 'second');
    expect(second.sha256).toBe(first.sha256);
    store.assets.remove(first.id);
    expect(Buffer.compare(store.assets.readAll(second.id), bytes)).toBe(0);
    expect(store.sizeBytes()).toBeLessThan(before + 2 * bytes.length);
    store.assets.remove(second.id);
    expect(store.checkIntegrity()).toEqual([]);
    const { path } = store;
    store.close();
    const db = new Database(path, { readonly: true });
    expect(db.prepare('SELECT count(*) FROM blobs').pluck().get()).toBe(0);
    expect(db.prepare('SELECT count(*) FROM chunks').pluck().get()).toBe(0);
    db.close();
  });

  it('hides an asset until its last byte, and reclaims one whose writer died', () => {
    const store = newProject();
    const writer = store.assets.beginWrite({ kind: 'video', name: 'half', mimeType: 'video/mp4', origin: 'imported' });
    writer.write(noise(10_000_000));
    expect(store.assets.list()).toEqual([]);
    expect(store.assets.find(writer.assetId)).toBeNull();
    const { path } = store;
    store.close();
    const again = opened(openProjectStore(path));
    expect(again.assets.list()).toEqual([]);
    expect(again.checkIntegrity()).toEqual([]);
    expect(again.sizeBytes()).toBeLessThan(12_000_000);
    expect(() => again.assets.get(writer.assetId)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('notices a changed byte where it is read, and names the part in a check', () => {
    const store = newProject();
    const asset = storeVideo(store, noise(2 * CHUNK_BYTES));
    const { path } = store;
    store.close();
    const db = new Database(path);
    db.prepare("UPDATE chunks SET data = zeroblob(length(data)) WHERE position = 1").run();
    db.close();
    const again = opened(openProjectStore(path));
    expect(again.assets.readRange(asset.id, 0, 10)).toHaveLength(10);
    expect(() => again.assets.readAll(asset.id)).toThrow(expect.objectContaining({ code: 'BLOB_MISSING' }));
    expect(again.checkIntegrity().join()).toMatch(/part 1 has changed/);
  });

  it('lists the named ones, and finds stage outputs and clips by key', () => {
    const store = newProject();
    storeVideo(store, noise(10), 'Sunny beach');
    const { id } = storeVideo(store, noise(11), 'Dark forest');
    expect(store.assets.list({ ids: ['asset:gone', id] }).map((asset) => asset.name)).toEqual(['Dark forest']);
    const writer = store.assets.beginWrite({ kind: 'stage', name: 'k', mimeType: 'application/x-motif-tensor', origin: 'generated', stage: 'keyframes', stageKey: 'key-1' });
    writer.write(new Uint8Array(16));
    const stage = writer.finish({ shape: [1, 1, 1, 2, 2] });
    expect(store.assets.findByStageKey('key-1')).toMatchObject({ id: stage.id, shape: [1, 1, 1, 2, 2], stage: 'keyframes' });
    expect(store.assets.findByStageKey('key-2')).toBeNull();
    expect(store.assets.list({ kinds: ['stage'] })).toHaveLength(1);
  });

  it('keeps a thumbnail with its asset', () => {
    const store = newProject();
    const asset = storeVideo(store, noise(10));
    expect(store.assets.thumbnail(asset.id)).toBeNull();
    store.assets.setThumbnail(asset.id, noise(99, 4));
    expect(store.assets.get(asset.id).hasThumbnail).toBe(true);
    expect(store.assets.thumbnail(asset.id)!.bytes).toHaveLength(99);
  });

  it('announces changes after the commit, once, and not those that were rolled back', () => {
    const store = newProject();
    const topics: string[] = [];
    store.onChange((topic) => topics.push(topic));
    store.transaction(() => {
      storeVideo(store, noise(10), 'a');
      storeVideo(store, noise(11), 'b');
      expect(topics).toEqual([]);
    });
    expect(topics).toEqual(['assets']);
    expect(() => store.transaction(() => {
      store.rename('Never');
      throw new Error('changed my mind');
    })).toThrow('changed my mind');
    expect(topics).toEqual(['assets']);
    expect(store.project().name).toBe('Test');
  });
});

describe('a full disk', () => {
  it('at any page limit gives DISK_FULL naming the file, loses nothing, and the same write works once there is room', () => {
    const store = newProject();
    const kept = storeVideo(store, noise(300_000, 5), 'kept');
    const bytes = noise(1_500_000, 6);
    const used = Math.ceil(store.sizeBytes() / 16_384);
    let refused = 0;
    for (let pages = Math.min(used, 30); pages < used + 130; pages += 7) {
      store.limitPages(pages);
      try {
        store.assets.remove(storeVideo(store, bytes, 'big').id);
      } catch (error) {
        refused += 1;
        expect(error).toMatchObject({ code: 'DISK_FULL', retryable: true, message: expect.stringContaining(store.path) as string });
      }
      expect(store.assets.list().map((asset) => asset.name)).toEqual(['kept']);
      expect(store.checkIntegrity()).toEqual([]);
      expect(store.assets.readAll(kept.id)).toHaveLength(300_000);
    }
    expect(refused).toBeGreaterThan(5);
    store.limitPages(null);
    expect(Buffer.compare(store.assets.readAll(storeVideo(store, bytes, 'big').id), bytes)).toBe(0);
    expect(store.checkIntegrity()).toEqual([]);
  });
});
