/**
 * Takes the pictures of docs/guide.md and of the README from the real window, with the sample project and the pack that ships inside, and makes them small.
 * After a build: `node scripts/with-node.mjs tests/guide/make-guide-pictures.ts`.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileArgument } from '../../src-main/media/command-line.ts';
import { findFfmpeg } from '../../src-main/media/find-ffmpeg.ts';
import { run } from '../../src-main/media/run.ts';
import { launchStudio } from '../e2e/harness/launch-studio.ts';
import { StudioWindow } from '../e2e/pages/studio-window.ts';

const TARGET = path.resolve(import.meta.dirname, '../../docs/pictures/guide');

/** Runs in the page: pictures show a folder as a reader has it, not the temporary one of this run. */
function shortenPaths(folder: string): void {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.nodeValue = (texts.currentNode.nodeValue ?? '').replaceAll(folder, '~/Motif Studio');
  for (const field of document.querySelectorAll('input')) if (field.value.includes(folder)) field.value = field.value.replaceAll(folder, '~/Motif Studio');
}

const { ffmpeg } = await findFfmpeg();
const folder = mkdtempSync(path.join(tmpdir(), 'motif-guide-'));
const studio = await launchStudio({ viewport: { width: 1280, height: 800 } });
mkdirSync(TARGET, { recursive: true });
try {
  const { page } = studio;
  const window = new StudioWindow(page);
  /** A picture with as many colours as it needs, up to 256. */
  const take = async (name: string): Promise<void> => {
    const raw = path.join(folder, `${path.basename(name)}.png`);
    const file = path.join(TARGET, `${name}.png`);
    await page.mouse.move(640, 12);
    await page.waitForTimeout(400);
    await page.evaluate(shortenPaths, studio.home.projectsFolder);
    await page.screenshot({ path: raw, animations: 'disabled' });
    await run(ffmpeg, ['-v', 'error', '-i', fileArgument(raw), '-vf', 'split[a][b];[a]palettegen=max_colors=256:stats_mode=single[p];[b][p]paletteuse=dither=bayer:bayer_scale=4', '-y', fileArgument(file)], { purpose: `write ${name}` });
    process.stdout.write(`${name}: ${Math.round(statSync(file).size / 1000)} kB\n`);
  };
  const quiet = async () => {
    await window.leaveFields();
    await page.keyboard.press('Escape');
  };

  await page.getByRole('button', { name: 'Open the sample' }).waitFor();
  await page.getByText(/for a draft$/).waitFor({ timeout: 60_000 });
  await take('1-start');
  await page.getByRole('button', { name: 'Open the sample' }).click();
  await page.getByTestId('composed').waitFor();
  await page.keyboard.press('Control+0');
  await quiet();
  await page.keyboard.press('Home');
  for (let step = 0; step < 10; step += 1) await page.keyboard.press('ArrowRight');
  await page.waitForTimeout(3_000);
  await take('2-window');

  await window.events.nth(1).click();
  await window.typePrompt('a blue bird flies left in the sky');
  await window.choosePreset('Draft');
  await take('3-prompt');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  await window.preview.waitFor({ timeout: 120_000 });
  await take('4-generating');
  await page.getByRole('status', { name: 'Saving' }).filter({ hasText: /^Saved/ }).waitFor();
  await page.getByTestId('preview').waitFor({ state: 'detached', timeout: 300_000 });
  await page.waitForTimeout(2_000);
  await take('5-takes');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.waitForTimeout(1_500);
  await take('../window');
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Shift+C');
  await page.waitForTimeout(800);
  await take('6-compare');
  await page.keyboard.press('Escape');
  await quiet();
  await page.keyboard.press('Control+Alt+E');
  await page.getByRole('dialog').waitFor();
  await take('7-export');
} finally {
  studio.takeProblems();
  await studio.close();
  rmSync(folder, { recursive: true, force: true });
}
