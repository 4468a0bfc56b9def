import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose files start processes, encode video or train; the rest takes seconds. */
const SLOW = ['services', 'jobs', 'hosts', 'engine/training', 'engine/pipelines', 'engine/process', 'media'];

/** Begins with what takes longest, so that no worker is left alone with it at the end: a fresh clone knows no times of earlier runs. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const folder = relative('tests', moduleId);
      const at = SLOW.findIndex((slow) => folder.startsWith(`${slow}/`));
      return at === -1 ? SLOW.length : at;
    };
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}
