import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';

/** The way from a clip to a motion, as a person goes it. */
export class MotionPages {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get tab(): Locator {
    return this.page.getByRole('tab', { name: 'Motions' });
  }
  get panel(): Locator {
    return this.page.getByTestId('motion-drop');
  }
  /** The motion lane of the timeline, all of its length. */
  get lane(): Locator {
    return this.page.getByTestId('motion-lane-drop');
  }
  get cards(): Locator {
    return this.page.getByRole('list', { name: 'Motions of this project' }).locator('[data-motion]');
  }
  get dialog(): Locator {
    return this.page.getByRole('dialog', { name: /^(Learn a motion|Learning a motion|Motion learned)$/ });
  }
  get caption(): Locator {
    return this.dialog.getByRole('textbox', { name: 'What moves' });
  }
  get learnButton(): Locator {
    return this.dialog.getByRole('button', { name: 'Learn', exact: true });
  }
  get curve(): Locator {
    return this.dialog.getByTestId('loss-curve');
  }
  /** The frames that will be learned, once they are those of the chosen part. */
  strip(frames: number): Locator {
    return this.dialog.locator(`[data-testid=frame-strip][data-frames="${frames}"]`);
  }
  /** The motion section of the inspector. */
  get field(): Locator {
    return this.page.getByRole('region', { name: 'Motion', exact: true });
  }

  async open(): Promise<void> {
    await this.tab.click();
    await this.page.getByRole('button', { name: 'Learn a motion…' }).first().click();
    await this.settled();
  }

  /** Waits until the dialog has come in whole. */
  async settled(): Promise<void> {
    await this.dialog.waitFor();
    await expect.poll(() => this.dialog.evaluate((dialog) => getComputedStyle(dialog.parentElement ?? dialog).opacity)).toBe('1');
  }

  async chooseFile(file: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
    await this.dialog.getByLabel('Choose a clip to learn from').setInputFiles(file);
  }

  /** Sets the most steps, in the settings that are folded away. */
  async setSteps(steps: number): Promise<void> {
    await this.dialog.getByRole('button', { name: 'More settings' }).click();
    await this.dialog.getByRole('textbox', { name: 'Most steps' }).fill(String(steps));
    await this.page.keyboard.press('Enter');
  }

  /** Drops a file of the desktop on `target`. */
  async dropFile(target: Locator, file: { name: string; type: string; base64: string }): Promise<void> {
    const transfer = await this.page.evaluateHandle(({ name, type, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const dropped = new DataTransfer();
      dropped.items.add(new File([bytes], name, { type }));
      return dropped;
    }, file);
    await target.dispatchEvent('dragover', { dataTransfer: transfer });
    await target.dispatchEvent('drop', { dataTransfer: transfer });
  }
}
