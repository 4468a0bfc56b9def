import { expect, test } from 'vitest';
import type { Upload } from '../../../src-renderer/api/upload.ts';
import { stillSending } from '../../../src-renderer/features/library/still-sending.ts';

const upload = (id: string, name: string, share: number, error: string | null = null): Upload => ({ id, name, share, error });

test('an upload that an import has taken over has no card of its own, whatever was counted of it', () => {
  const uploads = [upload('a', 'reef.mp4', 0.98), upload('b', 'dune.mp4', 1)];
  expect(stillSending(uploads, [])).toEqual(uploads);
  expect(stillSending(uploads, ['reef.mp4']).map(({ id }) => id)).toEqual(['b']);
});

test('of two files of one name the one that was sent further has arrived; failures stay', () => {
  const uploads = [upload('a', 'reef.mp4', 0.2), upload('b', 'reef.mp4', 1), upload('c', 'reef.mp4', 0, 'It is empty.')];
  expect(stillSending(uploads, ['reef.mp4']).map(({ id }) => id)).toEqual(['a', 'c']);
});
