import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

/** Pictures that differ in their bytes: ancillary data behind the end is no part of the picture. */
const picture = (name: string) => ({ name, mimeType: 'image/png', buffer: Buffer.concat([Buffer.from(PIXEL, 'base64'), Buffer.from(name)]) });

describe('the library', () => {
  let studio: StudioUnderTest;
  let packs: TestPacks;
  let window: StudioWindow;
  beforeAll(async () => {
    packs = await makeTestPacks();
  });
  afterAll(() => packs.remove());
  beforeEach(async () => {
    studio = await launchStudio({ packsDir: packs.dir });
    window = new StudioWindow(studio.page);
    await window.createProject('Library');
    await studio.page.getByLabel('Choose files to import').setInputFiles(['dune.png', 'sea.png', 'city.png'].map(picture));
    // Not what is still on its way in, which is called the same.
    await expect.poll(shown, { timeout: 30_000 }).toEqual(['city.png', 'dune.png', 'sea.png']);
  });
  afterEach(() => studio.close());

  const shown = async (): Promise<string[]> =>
    (await window.library.getByRole('list', { name: 'Media', exact: true }).getByRole('button').evaluateAll((cards) => cards.map((card) => card.getAttribute('aria-label') ?? ''))).filter((name) => /^[a-z]+\.png$/u.test(name)).sort();

  test('is narrowed down by words, stars and tags', async () => {
    const { page } = studio;
    const { library, inspector } = window;
    await library.getByRole('button', { name: 'dune.png', exact: true }).hover();
    await library.getByRole('button', { name: 'Star dune.png' }).click();
    await library.getByRole('button', { name: 'sea.png', exact: true }).click();
    await inspector.getByRole('combobox', { name: 'Tags' }).click();
    await page.keyboard.type('holiday');
    await page.keyboard.press('Enter');
    await library.getByRole('button', { name: 'Tags' }).click();
    await page.getByRole('menuitem', { name: 'holiday (1)' }).click();
    await expect.poll(shown).toEqual(['sea.png']);
    await studio.screenshot('library-tag');
    await library.getByRole('button', { name: 'holiday', exact: true }).press('Backspace');
    await library.getByRole('button', { name: 'Starred' }).click();
    await expect.poll(shown).toEqual(['dune.png']);
    await library.getByRole('button', { name: 'Starred' }).click();
    await library.getByRole('textbox', { name: 'Search media' }).fill('HOLI');
    await expect.poll(shown).toEqual(['sea.png']);
    await library.getByRole('textbox', { name: 'Search media' }).fill('nowhere');
    await library.getByText('Nothing matches “nowhere”').waitFor();
    await library.getByRole('textbox', { name: 'Search media' }).fill('');
    await library.getByRole('button', { name: /^Order/ }).click();
    await page.getByRole('menuitem', { name: 'By name' }).click();
    await expect.poll(async () => (await library.getByRole('list', { name: 'Media', exact: true }).getByRole('listitem').first().textContent())).toContain('city.png');
    await studio.screenshot('library');
  }, 90_000);

  test('does to several at once what it does to one, and says what nothing needs', async () => {
    const { page } = studio;
    const { library } = window;
    const card = (name: string) => library.getByRole('button', { name, exact: true });
    await card('dune.png').click();
    await card('sea.png').click({ modifiers: ['ControlOrMeta'] });
    await card('sea.png').click({ button: 'right' });
    await studio.screenshot('library-several');
    await page.getByRole('menuitem', { name: 'Tag 2 files' }).click();
    await page.getByRole('dialog', { name: 'Tag 2 files' }).getByRole('textbox').fill('shore, north');
    await page.keyboard.press('Enter');
    await page.getByText('A tag has at most 40 letters and no comma.').waitFor();
    await page.getByRole('dialog', { name: 'Tag 2 files' }).getByRole('textbox').fill('shore');
    await page.keyboard.press('Enter');
    await library.getByRole('button', { name: 'Tags' }).click();
    await page.getByRole('menuitem', { name: 'shore (2)' }).click();
    await expect.poll(shown).toEqual(['dune.png', 'sea.png']);
    await library.getByRole('button', { name: 'shore', exact: true }).press('Backspace');
    await expect.poll(shown).toEqual(['city.png', 'dune.png', 'sea.png']);
    // One goes onto the timeline: the others are what nothing needs.
    await card('city.png').click();
    await page.keyboard.press(',');
    await window.saved();
    const choose = async (what: string) => {
      await library.getByRole('button', { name: /^Show: / }).click();
      await page.getByRole('menuitem', { name: what, exact: true }).click();
    };
    await choose('Unused');
    await expect.poll(shown).toEqual(['dune.png', 'sea.png']);
    await studio.screenshot('library-unused');
    await card('dune.png').click();
    await card('sea.png').click({ modifiers: ['ControlOrMeta'] });
    await page.keyboard.press('Delete');
    await page.getByText('Moved to the trash: 2').waitFor();
    await library.getByText('Nothing here yet').waitFor();
    await choose('Pictures');
    await expect.poll(shown).toEqual(['city.png']);
    await choose('Clips');
    await library.getByText('Nothing here yet').waitFor();
    await choose('All media');
    await expect.poll(shown).toEqual(['city.png']);
    await library.getByRole('button', { name: /on disk:.*Trash/ }).click();
    const disk = page.getByRole('dialog', { name: 'Disk use' });
    await disk.getByTestId('trash').waitFor();
    expect(await disk.getByTestId('imported').textContent()).toMatch(/\d/);
    await studio.screenshot('library-disk');
  }, 90_000);

  test('keeps what was thrown away until the trash is emptied', async () => {
    const { page } = studio;
    const { library, inspector } = window;
    const throwAway = async (name: string) => {
      await library.getByRole('button', { name, exact: true }).click();
      await inspector.getByRole('button', { name: 'Move to trash' }).click();
      await expect.poll(shown).not.toContain(name);
    };
    await throwAway('city.png');
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await expect.poll(shown).toContain('city.png');
    await throwAway('city.png');
    await throwAway('sea.png');
    await library.getByRole('button', { name: 'Trash', exact: true }).click();
    await expect.poll(shown).toEqual(['city.png', 'sea.png']);
    await studio.screenshot('library-trash');
    await library.getByRole('button', { name: 'Restore sea.png' }).click();
    await expect.poll(shown).toEqual(['city.png']);
    await library.getByRole('button', { name: /^Empty trash/ }).click();
    await library.getByText('The trash is empty').waitFor();
    await library.getByRole('button', { name: 'Trash', exact: true }).click();
    await expect.poll(shown).toEqual(['dune.png', 'sea.png']);
  }, 90_000);
});
