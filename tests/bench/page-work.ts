import type { Page } from 'playwright';

/** Work of a page between two looks at it. Times are processor time of the page's own thread: what else the machine does is not in them. */
export interface PageWork {
  /** Function components that React called, and those of them that were new. */
  readonly renders: number;
  readonly mounts: number;
  readonly commits: number;
  /** Text messages over the line to the host, in characters. */
  readonly sentCharacters: number;
  readonly receivedCharacters: number;
  readonly taskMs: number;
  readonly scriptMs: number;
  readonly styleMs: number;
  readonly layoutMs: number;
}

/** Counts work from here on; installed before the page loads, so call `page.reload()` behind it. */
export async function countWork(page: Page): Promise<{ take(): Promise<PageWork> }> {
  await page.addInitScript(() => {
    interface Fiber {
      readonly tag: number;
      readonly flags: number;
      readonly child: Fiber | null;
      readonly sibling: Fiber | null;
      readonly alternate: Fiber | null;
    }
    const work = { renders: 0, mounts: 0, commits: 0, sentCharacters: 0, receivedCharacters: 0 };
    // Function components, plain, forwarding refs, and memoised; React marks those that it called (PerformedWork) for its own tools.
    const FUNCTIONS = new Set([0, 11, 15]);
    const PERFORMED_WORK = 1;
    const walk = (fiber: Fiber): void => {
      const isNew = fiber.alternate === null;
      if (FUNCTIONS.has(fiber.tag) && (isNew || (fiber.flags & PERFORMED_WORK) !== 0)) {
        work.renders += 1;
        if (isNew) work.mounts += 1;
      }
      // The very same children: React left the whole branch alone.
      if (!isNew && fiber.child === fiber.alternate?.child) return;
      for (let child = fiber.child; child !== null; child = child.sibling) walk(child);
    };
    const hook = { supportsFiber: true, renderers: new Map(), inject: () => 1, onCommitFiberUnmount: () => undefined, onPostCommitFiberRoot: () => undefined, onCommitFiberRoot: (_id: number, root: { current: Fiber }) => { work.commits += 1; walk(root.current); } };
    const Native = WebSocket;
    class CountingSocket extends Native {
      constructor(...input: ConstructorParameters<typeof WebSocket>) {
        super(...input);
        this.addEventListener('message', (event) => { if (typeof event.data === 'string') work.receivedCharacters += event.data.length; });
      }
      override send(data: Parameters<WebSocket['send']>[0]): void {
        if (typeof data === 'string') work.sentCharacters += data.length;
        super.send(data);
      }
    }
    Object.assign(globalThis, { __REACT_DEVTOOLS_GLOBAL_HOOK__: hook, WebSocket: CountingSocket, pageWork: work });
  });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const look = async () => {
    const counted = await page.evaluate(() => ({ ...(globalThis as unknown as { pageWork: Record<string, number> }).pageWork }));
    const { metrics } = await session.send('Performance.getMetrics');
    const ms = (name: string) => 1000 * (metrics.find((metric) => metric.name === name)?.value ?? 0);
    return { ...counted, taskMs: ms('TaskDuration'), scriptMs: ms('ScriptDuration'), styleMs: ms('RecalcStyleDuration'), layoutMs: ms('LayoutDuration') } as unknown as Record<keyof PageWork, number>;
  };
  let before: Record<string, number> = {};
  return {
    async take() {
      const now = await look();
      const passed = Object.fromEntries(Object.entries(now).map(([name, value]) => [name, value - (before[name] ?? 0)]));
      before = await look();
      return passed as unknown as PageWork;
    },
  };
}

/** One line of it. */
export const describeWork = (work: PageWork, per = 1): string =>
  `${(work.renders / per).toFixed(1)} renders (${(work.mounts / per).toFixed(1)} new) in ${(work.commits / per).toFixed(1)} commits, ${(work.taskMs / per).toFixed(1)} ms of processor (script ${(work.scriptMs / per).toFixed(1)}, style ${(work.styleMs / per).toFixed(1)}, layout ${(work.layoutMs / per).toFixed(1)}), ${Math.round(work.sentCharacters / per)} characters out, ${Math.round(work.receivedCharacters / per)} in`;
