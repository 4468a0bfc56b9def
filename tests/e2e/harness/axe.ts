import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';

/** What comes to an end: a spinner never does. */
async function afterFading(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter(({ effect }) => Number.isFinite(Number(effect?.getComputedTiming().endTime)));
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}

/** What axe finds serious or critical in the window as it stands once nothing fades any more, as `rule: element why` lines. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Half-way, nothing has its own colour.
  await afterFading(page);
  // Its own frames would need a page of their own, which the window's policy forbids.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.flatMap(({ id, impact, nodes }) => (impact === 'serious' || impact === 'critical' ? nodes.map(({ html, any }) => `${id}: ${html.slice(0, 200)} ${any[0]?.message ?? ''}`) : []));
}
