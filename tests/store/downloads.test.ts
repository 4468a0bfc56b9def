import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAppStore } from '../../src-main/store/app-store.ts';
import { StoreDatabase } from '../../src-main/store/database.ts';
import { migrate } from '../../src-main/store/migration.ts';
import { app } from '../../src-main/store/migrations/0010-app.ts';

let folder: string;
const file = () => join(folder, 'studio.db');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'downloads-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SPEC = { repository: 'owner/name', commit: 'c0ffee', address: 'https://hub.example', folder: '/weights/owner/name', licence: 'abc' };
const FILES = [{ path: 'a.bin', sizeBytes: 100, sha256: 'a'.repeat(64), gitSha1: null }, { path: 'b.json', sizeBytes: 10, sha256: null, gitSha1: 'b'.repeat(40) }];
const ID = 'download:00000000-0000-4000-8000-000000000000';

it('brings a database of the version before along, with what it holds', () => {
  const before = new StoreDatabase(file(), { mustExist: false });
  migrate(before, [app], { backup: false });
  before.prepare("INSERT INTO settings (key, value) VALUES ('theme', '\"dark\"')").run();
  before.close();
  const store = openAppStore(file());
  expect([store.settings.get('theme'), store.downloads.list()]).toEqual(['dark', []]);
  store.close();
});

describe('the records of a download', () => {
  it('survive closing, count what crossed the network, and give ranges back', () => {
    let store = openAppStore(file());
    store.downloads.create(ID, SPEC, FILES);
    store.downloads.record(ID, 0, { start: 40, end: 60, sha256: '1'.repeat(64) });
    store.downloads.record(ID, 0, { start: 0, end: 10, sha256: '2'.repeat(64) });
    store.downloads.wasted(ID, 7);
    store.downloads.noteAnswer(ID, 1, { etag: '"x"', sha256: 'c'.repeat(64) });
    store.downloads.setState(ID, 'discarded', { code: 'HUB_UNREACHABLE', message: 'gone' });
    store.close();
    store = openAppStore(file());
    expect(store.downloads.get(ID)).toMatchObject({ spec: SPEC, state: 'discarded', wish: 'run', receivedBytes: 37, error: { code: 'HUB_UNREACHABLE', message: 'gone' } });
    expect(store.downloads.ranges(ID, 0).map(({ start, end }) => [start, end])).toEqual([[0, 10], [40, 60]]);
    expect(store.downloads.files(ID)).toMatchObject([{ doneBytes: 30, etag: null }, { doneBytes: 0, etag: '"x"', sha256: 'c'.repeat(64) }]);
    store.downloads.unrecord(ID, 0, [{ start: 40 }]);
    store.downloads.finish(ID, 1, 1_234.5);
    expect(store.downloads.files(ID).map(({ doneBytes, finishedMtimeMs }) => [doneBytes, finishedMtimeMs])).toEqual([[10, null], [10, 1_234.5]]);
    store.downloads.remove(ID);
    expect([store.downloads.list(), store.downloads.ranges(ID, 0)]).toEqual([[], []]);
    store.close();
  });

  it('tell one studio what another one wrote, and let one of them run a download', () => {
    const [here, there] = [openAppStore(file()), openAppStore(file())];
    // Opening a database writes to it, too.
    for (const { downloads } of [here, there]) downloads.changedElsewhere();
    here.downloads.create(ID, SPEC, FILES);
    expect([there.downloads.changedElsewhere(), there.downloads.changedElsewhere(), here.downloads.changedElsewhere()]).toEqual([true, false, false]);
    const lock = here.downloads.lock(ID);
    expect(there.downloads.lock(ID)).toBeNull();
    lock?.release();
    const next = there.downloads.lock(ID);
    expect(next).not.toBeNull();
    next?.release();
    here.close();
    there.close();
  });
});
