import { join } from 'node:path';
import type { Locator } from 'playwright';
import { openProjectStore, type ProjectStore } from '../../../src-main/store/project-store.ts';
import { diffRecords } from '../../../src-shared/timeline/diff.ts';
import { DEFAULT_SEQUENCE, type TimelineRecord } from '../../../src-shared/timeline/document.ts';
import { documentOf } from '../../timeline/sample-document.ts';
import type { StudioUnderTest } from '../harness/launch-studio.ts';
import type { TemporaryHome } from '../harness/temporary-home.ts';

/** Fills a project's library and says what is on its timeline. */
export type FillProject = (store: ProjectStore) => readonly TimelineRecord[];

/** For `launchStudio`'s `prepare`: a project called NAME that has these records already, or those that a function of its store gives. */
export const projectWith = (name: string, ...given: readonly TimelineRecord[] | readonly [FillProject]) => (home: TemporaryHome): Promise<void> => {
  const store = openProjectStore(projectPath(home, name), { create: { name } });
  const records = given.flatMap((one) => (typeof one === 'function' ? one(store) : [one]));
  store.timeline.apply(0, 'made', diffRecords({ 'sequence:main': DEFAULT_SEQUENCE }, documentOf(...records)));
  store.close();
  return Promise.resolve();
};

/** Where that project lies. */
export const projectPath = (home: TemporaryHome, name: string): string => join(home.projectsFolder, `${name}.motif`);

/** Opens it as a person does. */
export async function openPrepared(studio: StudioUnderTest, name: string): Promise<void> {
  await studio.page.getByRole('button', { name: 'Open project', exact: true }).click();
  await studio.page.getByRole('dialog').getByRole('textbox').fill(projectPath(studio.home, name));
  await studio.page.getByRole('dialog').getByRole('button', { name: 'Open' }).click();
  await studio.page.getByTestId('timeline-scroll').waitFor();
}

/** What is drawn for a record of the sample document. */
export const itemOf = (studio: StudioUnderTest, type: string, index: number): Locator => studio.page.locator(`[data-item="${type}:00000000-0000-4000-8000-${String(index).padStart(12, '0')}"]`);
