import { expect, it } from 'vitest';
import { backProject } from '../../../src-main/engine/pipelines/back-projection.ts';
import { enlargePart } from '../../../src-main/engine/pipelines/enlarge.ts';
import { resizeFrames } from '../../../src-main/engine/pipelines/resize.ts';
import { toVideoFrames, type VideoFrames } from '../../../src-main/engine/pipelines/video-tensor.ts';
import { meanPsnr } from '../../eval/footage.ts';
import { wavyFrames } from './wavy-frames.ts';

const reduced = (frames: VideoFrames): VideoFrames => resizeFrames(frames, frames.width / 4, frames.height / 4);
const largest = (a: VideoFrames, b: VideoFrames): number => a.data.reduce((most, value, at) => Math.max(most, Math.abs(value - b.data[at]!)), 0);

it('gives frames that reduce to the footage again, and come closer to what was filmed', () => {
  const filmed = wavyFrames(2, 64, 48);
  const footage = reduced(filmed);
  const enlarged = toVideoFrames(enlargePart(footage, 4, { x: 0, y: 0, width: 64, height: 48 }, 'cornerBilinear'));
  // A model that darkens and tints.
  const drawn = { ...enlarged, data: enlarged.data.map((value, at) => value * (at % 3 === 0 ? 0.9 : 0.97)) };
  const corrected = backProject(drawn, footage, 4);
  expect(largest(reduced(drawn), footage)).toBeGreaterThan(10);
  expect(largest(reduced(corrected), footage)).toBeLessThanOrEqual(2);
  expect(meanPsnr(corrected, filmed)).toBeGreaterThan(meanPsnr(drawn, filmed) + 3);
});

it('leaves alone what already reduces to the footage', () => {
  const filmed = wavyFrames(1, 32, 32);
  expect(largest(backProject(filmed, reduced(filmed), 4), filmed)).toBeLessThanOrEqual(1);
});
