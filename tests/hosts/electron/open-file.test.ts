import { expect, test } from 'vitest';
import { projectFilesIn } from '../../../src-main/hosts/electron/open-file.ts';

test('takes project files and leaves switches and anything else', () => {
  const args = ['/opt/motif', '--inspect=9229', '--load-extension=/x.motif', '-x.motif', '/home/me/My Film.motif', 'C:\\Films\\A.MOTIF', 'https://example.com', 'notes.txt', 'a\u0000.motif'];
  expect(projectFilesIn(args)).toEqual(['/home/me/My Film.motif', 'C:\\Films\\A.MOTIF']);
});
