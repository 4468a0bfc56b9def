import { z } from 'zod';
import { ExportTimelineData } from '../export-plan.ts';
import type { JobHandler } from '../job-handler.ts';
import { createExportClipHandler, ExportClipData, type ExportClipOptions } from './export-clip.ts';
import { createExportTimelineHandler, type ExportTimelineOptions } from './export-timeline.ts';

const ExportData = z.union([ExportTimelineData, ExportClipData]);
type ExportData = z.infer<typeof ExportData>;

/** Exports of both kinds: a clip of the library as it is, or the composed timeline. */
export function createExportHandler(options: ExportClipOptions & ExportTimelineOptions): JobHandler<ExportData> {
  const [clip, timeline] = [createExportClipHandler(options), createExportTimelineHandler(options)];
  const isTimeline = (data: ExportData): data is ExportTimelineData => 'records' in data;
  return {
    kind: 'export',
    lane: 'media',
    data: ExportData,
    title: (data) => (isTimeline(data) ? timeline.title(data) : clip.title(data)),
    parts: (data) => (isTimeline(data) ? timeline.parts(data) : clip.parts(data)),
    run: (data, context) => (isTimeline(data) ? timeline.run(data, context) : clip.run(data, context)),
  };
}
