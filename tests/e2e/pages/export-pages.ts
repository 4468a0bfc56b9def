import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';

/** The dialog that exports the timeline, as a person uses it. */
export class ExportPages {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog', { name: 'Export timeline' });
  }
  get path(): Locator {
    return this.dialog.getByRole('textbox', { name: 'File to write' });
  }
  get forecast(): Locator {
    return this.dialog.getByTestId('export-estimate');
  }
  get missing(): Locator {
    return this.dialog.getByTestId('export-missing');
  }
  get progress(): Locator {
    return this.dialog.getByTestId('export-progress');
  }
  get problem(): Locator {
    return this.dialog.getByRole('alert').filter({ hasText: 'Copy details' });
  }

  async openFromMenu(): Promise<void> {
    await this.page.getByRole('button', { name: 'More', exact: true }).click();
    await this.page.getByRole('menuitem', { name: /^Export timeline/ }).click();
    await this.settled();
  }

  /** Waits until the dialog has come in whole. */
  async settled(): Promise<void> {
    await this.dialog.waitFor();
    await expect.poll(() => this.dialog.evaluate((dialog) => getComputedStyle(dialog.parentElement ?? dialog).opacity)).toBe('1');
  }

  field(label: string): Locator {
    return this.dialog.getByRole('combobox', { name: label, exact: true });
  }

  /** What a list shows as chosen. */
  async chosen(label: string): Promise<string> {
    return (await this.field(label).textContent()) ?? '';
  }

  async choose(label: string, option: string | RegExp): Promise<void> {
    await this.field(label).click();
    await this.page.getByRole('option', { name: option, exact: typeof option === 'string' }).click();
    await expect.poll(() => this.page.getByRole('listbox').count()).toBe(0);
  }

  async begin(): Promise<void> {
    await this.dialog.getByRole('button', { name: 'Export', exact: true }).click();
  }
}
