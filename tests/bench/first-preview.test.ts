/**
 * How soon a creator sees something: from the key that starts a draft to the keyframes on the screen, in a real window, three times
 * with a cold engine and once more with it warm. Prints the seconds and writes test-results/bench-first-preview.json; asserts no times.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { launchStudio } from '../e2e/harness/launch-studio.ts';
import { StudioWindow } from '../e2e/pages/studio-window.ts';
import { describeMachine } from './machine.ts';

const COLD_RUNS = 3;

interface Seen { readonly engine: 'cold' | 'warm'; readonly previewSeconds: number; readonly takeSeconds: number }

async function draft(window: StudioWindow, engine: Seen['engine'], prompt: string): Promise<Seen> {
  const before = await window.takes.count();
  await window.typePrompt(prompt);
  const pressed = performance.now();
  await window.page.keyboard.press('ControlOrMeta+Enter');
  await window.preview.waitFor({ state: 'visible', timeout: 120_000 });
  const previewSeconds = (performance.now() - pressed) / 1000;
  await window.takes.nth(before).waitFor({ timeout: 300_000 });
  return { engine, previewSeconds, takeSeconds: (performance.now() - pressed) / 1000 };
}

test('from the key press to the first keyframes', async () => {
  const seen: Seen[] = [];
  for (let run = 0; run < COLD_RUNS; run += 1) {
    const studio = await launchStudio();
    try {
      const window = new StudioWindow(studio.page);
      await window.createProject(`Draft ${run}`);
      seen.push(await draft(window, 'cold', 'a red fish swims right in the sea'));
      if (run === COLD_RUNS - 1) seen.push(await draft(window, 'warm', 'a blue bird flies up in the sky'));
    } finally {
      await studio.close();
    }
  }
  const report = { machine: describeMachine(), seen };
  process.stdout.write(`${report.machine}\n`);
  for (const { engine, previewSeconds, takeSeconds } of seen) {
    process.stdout.write(`${engine}: keyframes on the screen after ${previewSeconds.toFixed(1)} s, the draft finished after ${takeSeconds.toFixed(1)} s\n`);
  }
  mkdirSync('test-results', { recursive: true });
  writeFileSync('test-results/bench-first-preview.json', JSON.stringify(report, null, 2));
  expect(seen).toHaveLength(COLD_RUNS + 1);
});
