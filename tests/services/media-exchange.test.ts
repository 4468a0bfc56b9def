import { describe, expect, it } from 'vitest';
import { parseByteRange } from '../../src-main/services/byte-range.ts';
import { parseMediaPath } from '../../src-main/services/media-exchange.ts';

describe('parseMediaPath', () => {
  it('decodes the segments of an address', () => {
    expect(parseMediaPath('/asset/project:1/asset:2')).toEqual(['asset', 'project:1', 'asset:2']);
    expect(parseMediaPath('/upload/project%3A1/my%20clip.mp4')).toEqual(['upload', 'project:1', 'my clip.mp4']);
  });

  it.each([
    '', 'asset', '/', '//', '/asset//x', '/asset/./x', '/asset/../x', '/asset/%2e%2e/x', '/asset/%2E%2e', '/asset/a%2fb', '/asset/a%5Cb', '/asset/a\\b',
    '/asset/%00', '/asset/a%00.mp4', '/asset/%', '/asset/%c0%ae%c0%ae', '/asset/%0a', '/asset/\u0001', `/${'a'.repeat(1000)}`,
  ])('refuses %j', (path) => {
    expect(parseMediaPath(path)).toBeNull();
  });
});

describe('parseByteRange', () => {
  it.each([
    [null, 10, 'whole'],
    ['', 10, 'whole'],
    ['bytes=0-', 10, { start: 0, end: 10 }],
    ['bytes=0-0', 10, { start: 0, end: 1 }],
    ['bytes=2-5', 10, { start: 2, end: 6 }],
    ['bytes=2-500', 10, { start: 2, end: 10 }],
    ['bytes=9-', 10, { start: 9, end: 10 }],
    ['bytes=10-', 10, 'unsatisfiable'],
    ['bytes=99999999999999999999-', 10, 'unsatisfiable'],
    ['bytes=-3', 10, { start: 7, end: 10 }],
    ['bytes=-30', 10, { start: 0, end: 10 }],
    ['bytes=-0', 10, 'unsatisfiable'],
    ['bytes=-', 10, 'whole'],
    ['bytes=5-2', 10, 'whole'],
    ['bytes=0-1,3-4', 10, 'whole'],
    ['frames=0-1', 10, 'whole'],
    ['bytes=a-b', 10, 'whole'],
    ['bytes=0-', 0, 'unsatisfiable'],
  ] as const)('reads %j of %d bytes as %j', (header, size, expected) => {
    expect(parseByteRange(header, size)).toEqual(expected);
  });
});
