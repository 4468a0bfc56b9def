import type { Download } from '../../src-shared/contract/hub.ts';
import type { DownloadRow, DownloadStore } from '../../src-shared/hub/download-record.ts';
import type { RunProgress } from './download-run.ts';
import { proofOf } from './file-proof.ts';

/** A download as windows and terminals see it. `progress` is null while this studio does not run it. */
export function downloadView(row: DownloadRow, store: DownloadStore, progress: RunProgress | null): Download {
  const { id, spec, state, createdAt, error, packIds, receivedBytes } = row;
  const files = progress?.files ?? store.files(id).map((file) => ({
    path: file.path, sizeBytes: file.sizeBytes, doneBytes: file.doneBytes, proof: proofOf(file), state: file.finishedMtimeMs === null ? ('waiting' as const) : ('done' as const),
  }));
  return {
    id, repository: spec.repository, commit: spec.commit, address: spec.address, folder: spec.folder, state, createdAt, files: [...files],
    doneBytes: files.reduce((sum, file) => sum + file.doneBytes, 0), totalBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    speed: progress?.speed ?? null, remainingMs: progress?.remainingMs ?? null, waitingFor: progress?.waitingFor ?? null,
    error: error === null ? null : { ...error }, packIds: [...packIds], receivedBytes,
  };
}
