import type { Locator, Page } from 'playwright';
import type { StudioUnderTest } from './launch-studio.ts';

/** The parts of the project window under the names that a person, or a screen reader, knows them by. */
export function studioWindow({ page }: Pick<StudioUnderTest, 'page'>) {
  const region = (name: string): Locator => page.locator(`[aria-label="${name}"]:is(main, aside, section)`);
  const events = page.getByRole('list', { name: 'Events' }).getByRole('listitem');
  return {
    library: region('Library'),
    viewer: region('Viewer'),
    inspector: region('Inspector'),
    timeline: region('Timeline'),
    queue: region('Queue'),
    prompt: page.getByRole('textbox', { name: 'Prompt', exact: true }),
    events,
    clips: page.getByRole('list', { name: 'Takes', exact: true }).getByRole('listitem'),
    /** Stages, time left, pause and cancel of the generation in the viewer. */
    live: page.getByRole('group', { name: 'Making the clip' }),
    preview: page.locator('[data-testid=preview]:not([data-frames="0"])'),
    video: page.locator('[data-testid=picture] video'),
    job: (state: string) => page.locator(`[data-job][data-state=${state}]`),
    /** Start and length of the events, in frames. */
    spans: () => events.evaluateAll((all) => all.map((event) => [Number(event.getAttribute('data-start')), Number(event.getAttribute('data-duration'))])),
    frame: async () => Number(/Frame (\d+)/.exec((await page.getByTestId('frame').textContent()) ?? '')?.[1]),
  };
}

/** From the start screen to an empty project, the way a person gets there. */
export async function createProject(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New project' }).click();
  await page.getByRole('textbox', { name: 'Project name' }).fill(name);
  await page.keyboard.press('Enter');
  await page.getByRole('main', { name: 'Viewer' }).waitFor();
}
