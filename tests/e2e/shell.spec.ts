import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';

/** What a page may not do, tried in the real window. */
describe('the window', () => {
  let studio: StudioUnderTest;
  beforeEach(async () => {
    studio = await launchStudio();
  });
  afterEach(() => studio.close());

  test('opens without an error, a refused resource or a request to elsewhere', async () => {
    await studio.page.getByRole('button').first().waitFor();
    expect(await studio.page.title()).toContain('Motif Studio');
    await studio.screenshot('first-run');
    expect(studio.takeProblems()).toEqual([]);
  });

  test('has no Node inside', async () => {
    const kinds = await studio.page.evaluate(() => ['require', 'process', 'Buffer', 'module'].map((name) => typeof (globalThis as Record<string, unknown>)[name]));
    expect(kinds).toEqual(['undefined', 'undefined', 'undefined', 'undefined']);
  });

  test('runs no script but its own and talks to nobody else', async () => {
    const outcome = await studio.page.evaluate(async () => {
      const violations: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
      const ran: string[] = [];
      (globalThis as Record<string, unknown>)['intruder'] = (how: string) => ran.push(how);
      const add = (markup: string) => document.body.insertAdjacentHTML('beforeend', markup);
      const inline = document.createElement('script');
      inline.textContent = 'intruder("inline script")';
      document.body.append(inline);
      add('<img src="data:image/png;base64,AA" onerror="intruder(\'handler\')">');
      add('<iframe srcdoc="<script>parent.intruder(\'frame\')</script>"></iframe>');
      add('<object data="data:text/html,<script>parent.intruder(\'object\')</script>"></object>');
      add('<base href="https://elsewhere.invalid/">');
      const refused = async (attempt: () => unknown) => Promise.resolve().then(attempt).then(() => false, () => true);
      // From a timer: the debugger's own evaluation is exempt from the policy while it runs.
      const evaluated = await new Promise<boolean>((resolve) => {
        setTimeout(() => {
          try {
            (Reflect.get(globalThis, 'eval') as (code: string) => unknown)('intruder("eval")');
            resolve(true);
          } catch {
            resolve(false);
          }
        });
      });
      const fetched = await refused(() => fetch('https://elsewhere.invalid/'));
      const remote = document.createElement('script');
      const loaded = new Promise<string>((resolve) => {
        remote.addEventListener('load', () => resolve('loaded'));
        remote.addEventListener('error', () => resolve('refused'));
      });
      remote.src = 'https://elsewhere.invalid/code.js';
      document.body.append(remote);
      const remoteOutcome = await loaded;
      // Plug-ins are refused by a task of their own, which may come last.
      const deadline = performance.now() + 10_000;
      while (!violations.includes('object-src') && performance.now() < deadline) await new Promise((resolve) => { setTimeout(resolve, 50); });
      return { ran, evaluated, fetched, remoteOutcome, base: document.baseURI.includes('elsewhere'), violations };
    });
    expect(outcome).toMatchObject({ ran: [], evaluated: false, fetched: true, remoteOutcome: 'refused', base: false });
    expect(outcome.violations).toEqual(expect.arrayContaining(['script-src-elem', 'script-src', 'connect-src', 'base-uri', 'object-src']));
    expect(studio.takeProblems().length).toBeGreaterThan(0);
  });
});
