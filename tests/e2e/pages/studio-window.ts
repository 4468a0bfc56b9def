import path from 'node:path';
import type { Locator, Page } from 'playwright';

/** The window as a person sees it: regions by their names, things by what they say. */
export class StudioWindow {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get prompt(): Locator {
    return this.inspector.getByRole('textbox', { name: 'Prompt', exact: true });
  }
  get inspector(): Locator {
    return this.page.getByRole('complementary', { name: 'Inspector' });
  }
  get library(): Locator {
    return this.page.getByRole('complementary', { name: 'Library' });
  }
  get viewer(): Locator {
    return this.page.getByTestId('viewer');
  }
  get queue(): Locator {
    return this.page.getByRole('complementary', { name: 'Queue' });
  }
  get events(): Locator {
    return this.page.getByRole('list', { name: 'Events', exact: true }).getByRole('listitem');
  }
  get takes(): Locator {
    return this.inspector.getByRole('list', { name: 'Takes of this event' }).getByRole('button', { name: /Seed \d/ });
  }
  get preview(): Locator {
    return this.page.getByTestId('preview');
  }
  /** Number of the frame that the canvas of the composed timeline shows; -1 before the first. */
  async shownFrame(): Promise<number> {
    return Number(await this.viewer.getByTestId('composed').getAttribute('data-frame'));
  }

  async createProject(name: string): Promise<void> {
    await this.page.getByRole('button', { name: 'New project' }).click();
    await this.page.getByRole('textbox', { name: 'Project name' }).fill(name);
    await this.page.getByRole('button', { name: 'Create' }).click();
    await this.prompt.waitFor();
  }

  /** Chooses a file in the library's dialog and answers with its card, once it is there: before that, its place has the name already. */
  async importMedia(file: string): Promise<Locator> {
    await this.page.getByLabel('Choose files to import').setInputFiles(file);
    const card = this.library.getByRole('list', { name: 'Media', exact: true }).getByRole('button', { name: path.basename(file), exact: true });
    await card.waitFor({ timeout: 30_000 });
    return card;
  }

  /** Types into the prompt field as fingers do, so that pauses and shortcuts matter. */
  async typePrompt(words: string): Promise<void> {
    await this.prompt.click();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.type(words, { delay: 5 });
  }

  async choosePreset(name: 'Draft' | 'Standard' | 'Final'): Promise<void> {
    // The time that it takes is part of its name.
    await this.inspector.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  }

  /** Opens the settings of an event that are seldom changed. */
  async openAdvanced(): Promise<void> {
    const button = this.inspector.getByRole('button', { name: 'Advanced' });
    if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
  }

  /** Clicks beside every field, so that keys are shortcuts again. */
  async leaveFields(): Promise<void> {
    await this.page.keyboard.press('Escape');
  }

  /** `{ start, duration }` in frames of every event, from left to right. */
  async eventSpans(): Promise<{ start: number; duration: number }[]> {
    const spans = await this.events.evaluateAll((items) => items.map((item) => ({ start: Number(item.getAttribute('data-start')), duration: Number(item.getAttribute('data-duration')) })));
    return spans.sort((a, b) => a.start - b.start);
  }

  /** Pixels per frame of the timeline, read from what is drawn. */
  async pixelsPerFrame(): Promise<number> {
    const box = await this.events.first().boundingBox();
    const [span] = await this.eventSpans();
    if (!box || !span) throw new Error('there is no event to measure');
    return (box.width + 1) / span.duration;
  }

  /** Drags from a point of `target` by pixels, in steps; `drop` false leaves the button down. */
  async drag(target: Locator, from: { x: number; y: number }, byX: number, drop = true): Promise<void> {
    const box = await target.boundingBox();
    if (!box) throw new Error('the thing to drag is not on the screen');
    const [x, y] = [box.x + from.x, box.y + from.y];
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x + byX / 2, y, { steps: 4 });
    await this.page.mouse.move(x + byX, y, { steps: 4 });
    if (drop) await this.page.mouse.up();
  }

  /** The frame that the playhead stands on. */
  async playhead(): Promise<number> {
    return Number(await this.page.getByTestId('playhead').getAttribute('data-frame'));
  }

  /** Waits until every edit is stored. */
  async saved(): Promise<void> {
    await this.page.getByRole('status', { name: 'Saving' }).filter({ hasText: /^Saved/ }).waitFor();
  }
}
