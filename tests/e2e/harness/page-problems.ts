import type { Page } from 'playwright';

/** Collects everything a healthy page never shows. */
export interface PageProblems {
  /** What was seen since the last call; a spec that provokes problems takes them, so that closing does not fail. */
  take(): readonly string[];
  /** Adds one that was found some other way. */
  report(problem: string): void;
}

/**
 * Listens for console errors and warnings about policies, uncaught exceptions and rejections, violations of the content
 * security policy, crashed pages, and requests that leave the studio's own origin.
 */
export async function watchForProblems(page: Page, ownOrigin: string, ignore: readonly RegExp[]): Promise<PageProblems> {
  const seen: string[] = [];
  const report = (problem: string) => {
    if (!ignore.some((pattern) => pattern.test(problem))) seen.push(problem);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') report(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => report(`uncaught: ${error.stack ?? error.message}`));
  page.on('crash', () => report('the page crashed'));
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && protocol !== 'blob:' && origin !== ownOrigin && !request.url().startsWith(`${ownOrigin}/`)) report(`foreign request: ${request.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy violation: ${event.violatedDirective} blocked ${event.blockedURI} ${event.sample}`);
    });
  });
  return { take: () => seen.splice(0), report };
}
