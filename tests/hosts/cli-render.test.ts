import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openProjectStore } from '../../src-main/store/project-store.ts';
import type { SceneLogEntry } from '../../src-shared/contract/scenes.ts';
import { writeRunnablePack } from '../engine/process/make-runnable-pack.ts';
import { runMotif } from '../services/studio-fixture.ts';
import { eventRecord } from '../timeline/sample-document.ts';

let folder: string;
const WORDS = ['a red fish', 'a blue fish', 'a red bird', 'a blue bird', 'a fish'];
const path = (): string => join(folder, 'sea.motif');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'motif-cli-render-'));
  writeRunnablePack(join(folder, 'embedded/tiny'));
  expect((await runMotif(['new', 'sea.motif'], { folder, timeoutMs: 120_000 })).code).toBe(0);
  const store = openProjectStore(path());
  try {
    store.timeline.apply(store.timeline.get().document.revision, 'Made', { added: WORDS.map((prompt, at) => eventRecord(at + 1, at * 16, 16, { prompt })), updated: [], removed: [] });
  } finally {
    store.close();
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const render = async (...more: string[]) => {
  const { code, stdout, stderr } = await runMotif(['render', '--project', 'sea.motif', '--pack', 'tiny', '--preset', 'draft', '--json', ...more], { folder, timeoutMs: 120_000 });
  expect([code, stderr.includes('error')]).toEqual([0, false]);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { nodes: SceneLogEntry[]; stages: { stage: string; nodes: number; stale: number }[]; expectedMs: number; isRough: boolean; expectedMemoryBytes: number };
};

it('motif render makes again only what an edit of event 3 of 5 reaches; every other frame keeps its bits', { timeout: 300_000 }, async () => {
  const plan = await render('--plan');
  expect(plan).toMatchObject({ stages: [{ stage: 'keyframes', nodes: 9, stale: 9 }], isRough: true });
  expect(plan.expectedMs).toBeGreaterThan(0);
  expect(plan.expectedMemoryBytes).toBeGreaterThan(0);
  const first = (await render()).nodes;
  expect(first.map(({ state }) => state)).toEqual(Array.from({ length: 9 }, () => 'done'));

  const bytes = (): Map<string, string> => {
    const store = openProjectStore(path(), { readOnly: true });
    try {
      return new Map(first.map(({ nodeId, stageKey }) => [nodeId, store.assets.findByStageKey(stageKey)!.sha256]));
    } finally {
      store.close();
    }
  };
  const before = bytes();
  const store = openProjectStore(path());
  try {
    const { document } = store.timeline.get();
    const third = document.records[eventRecord(3, 0, 1).id];
    if (third?.type !== 'promptEvent') throw new Error('event 3 is there');
    store.timeline.apply(document.revision, 'Words', { added: [], removed: [], updated: [{ from: third, to: { ...third, prompt: 'a bird' } }] });
  } finally {
    store.close();
  }
  const second = (await render()).nodes;
  const [two, three, four] = [2, 3, 4].map((at) => eventRecord(at, 0, 1).id);
  expect(second.filter(({ state }) => state === 'done').map(({ nodeId }) => nodeId)).toEqual([`keyframes/${three}`, `keyframes/${two}|${three}`, `keyframes/${three}|${four}`]);
  expect(second.filter(({ state }) => state === 'cached').map(({ stageKey }) => stageKey).toSorted()).toEqual(first.filter(({ nodeId }) => !nodeId.includes(three!)).map(({ stageKey }) => stageKey).toSorted());
  expect(bytes()).toEqual(before);
});
