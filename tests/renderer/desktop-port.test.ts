import { describe, expect, test } from 'vitest';
import { requestDesktopPort, takeProjectToOpen } from '../../src-renderer/api/desktop-port.ts';

/** A window's event target and address, as far as the bridge needs them. */
function createPage(hash: string, desktop: boolean) {
  const target = new EventTarget();
  const replaced: string[] = [];
  const page = Object.assign(target, {
    location: { hash, pathname: '/' },
    history: { replaceState: (_state: unknown, _title: string, address: string) => void replaced.push(address) },
    ...(desktop ? { studio: {} } : {}),
  }) as unknown as Window;
  const deliver = (data: unknown, ports: readonly MessagePort[], source: unknown = page) => target.dispatchEvent(Object.assign(new Event('message'), { data, ports, source }));
  return { page, deliver, replaced };
}

describe('the desktop port', () => {
  test('is asked for once somebody listens, and taken from this page\'s own message only', async () => {
    const { page, deliver } = createPage('', true);
    const [wrong, right, late] = [new MessageChannel().port1, new MessageChannel().port1, new MessageChannel().port1];
    let asked = 0;
    const port = requestDesktopPort({ connect: () => {
      asked += 1;
      deliver('studio:port', [wrong], {});
      deliver('something else', [wrong]);
      deliver('studio:port', []);
      deliver('studio:port', [right]);
      deliver('studio:port', [late]);
    } }, page);
    expect(await port).toBe(right);
    expect(asked).toBe(1);
    for (const each of [wrong, right, late]) each.close();
  });
});

describe('the project to open', () => {
  test('comes from the shell\'s fragment, once', () => {
    const { page, replaced } = createPage(`#open=${encodeURIComponent('/home/me/My Film & more.motif')}`, true);
    expect(takeProjectToOpen(page)).toBe('/home/me/My Film & more.motif');
    expect(replaced).toEqual(['/']);
  });

  test('is nothing without one, and never taken from a link in a browser', () => {
    expect(takeProjectToOpen(createPage('', true).page)).toBeNull();
    const { page, replaced } = createPage('#open=%2Fetc%2Fpasswd.motif', false);
    expect(takeProjectToOpen(page)).toBeNull();
    expect(replaced).toEqual([]);
  });
});
