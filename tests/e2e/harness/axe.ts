import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';

/** Waits until nothing fades any more, what begins meanwhile included. A spinner never ends, and is not waited for. */
async function afterFading(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const fading = () => document.getAnimations().filter(({ playState, effect }) => playState === 'running' && Number.isFinite(Number(effect?.getComputedTiming().endTime)));
    for (let now = fading(); now.length > 0; now = fading()) await Promise.allSettled(now.map(({ finished }) => finished));
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
