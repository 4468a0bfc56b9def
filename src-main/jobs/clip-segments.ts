import { createHash } from 'node:crypto';
import { assert } from '../../src-shared/errors/studio-error.ts';
import { canonicalJson } from '../../src-shared/recipe/recipe.ts';
import type { StageName } from '../../src-shared/recipe/stage-name.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { JobContext } from './job-handler.ts';

/** Type of a segment among the project's stage assets. */
const SEGMENT_MIME_TYPE = 'video/h264';

/** Name of what segment number `segment` follows on from. */
const leadOf = (segment: number): string => `ahead of part ${segment + 1}`;

/**
 * The encoded parts of a long clip that a job has finished: stage assets of the project until the clip is whole. After a kill the
 * work goes on behind the last of them.
 */
export class ClipSegments {
  readonly #store: ProjectStore;
  readonly #facts: { readonly kind: string; readonly jobId: string; readonly name: string; readonly stage: StageName };
  #count = 0;

  constructor(store: ProjectStore, facts: { readonly kind: string; readonly jobId: string; readonly name: string; readonly stage: StageName }) {
    this.#store = store;
    this.#facts = facts;
    while (store.assets.findByStageKey(this.key(this.#count)) !== null) this.#count += 1;
  }

  /** Number of stored segments. */
  get count(): number {
    return this.#count;
  }

  /** Key of one segment, or of something else that serves to make the clip. */
  key(part: number | string): string {
    return createHash('sha256').update(canonicalJson({ [this.#facts.kind]: this.#facts.jobId, segment: part })).digest('hex');
  }

  /** Stores the next segment, if the attempt still owns the job, and with it what the segment behind it follows on from. */
  save(context: JobContext, bytes: Uint8Array, size: { readonly frames: number; readonly width: number; readonly height: number }, lead: Uint8Array | null = null): void {
    this.#keep(context, this.key(this.#count), `${this.#facts.name}, part ${this.#count + 1}`, SEGMENT_MIME_TYPE, bytes, size, () => {
      this.#drop(leadOf(this.#count));
      if (lead !== null) this.noteAside(leadOf(this.#count + 1), lead);
    });
    this.#count += 1;
  }

  /** What was stored with the last segment for the next one; null where nothing was. */
  lead(): Uint8Array | null {
    return this.aside(leadOf(this.#count));
  }

  /** Stores something that later segments need. */
  saveAside(context: JobContext, part: string, bytes: Uint8Array): void {
    this.#keep(context, this.key(part), `${this.#facts.name}, ${part}`, 'application/octet-stream', bytes, {});
  }

  /** Like `saveAside`, in the caller's transaction. */
  noteAside(part: string, bytes: Uint8Array): void {
    const writer = this.#store.assets.beginWrite({ kind: 'stage', name: `${this.#facts.name}, ${part}`, mimeType: 'application/octet-stream', origin: 'generated', stage: this.#facts.stage, stageKey: this.key(part) });
    writer.write(bytes);
    writer.finish({});
  }

  aside(part: string): Uint8Array | null {
    const asset = this.#store.assets.findByStageKey(this.key(part));
    return asset === null ? null : this.#store.assets.readAll(asset.id);
  }

  /** Every segment's bytes, in order. */
  *read(): Generator<Uint8Array> {
    for (let segment = 0; segment < this.#count; segment += 1) {
      const asset = this.#store.assets.findByStageKey(this.key(segment));
      assert(asset !== null, 'every segment is stored before they are joined');
      yield this.#store.assets.readAll(asset.id);
    }
  }

  /** Removes what only served to make the clip, in the caller's transaction. */
  remove(...aside: readonly string[]): void {
    for (const part of [...Array.from({ length: this.#count }, (_, segment) => segment), leadOf(this.#count), ...aside]) this.#drop(part);
  }

  #drop(part: number | string): void {
    const stored = this.#store.assets.findByStageKey(this.key(part));
    if (stored !== null) this.#store.assets.remove(stored.id);
  }

  #keep(context: JobContext, stageKey: string, name: string, mimeType: string, bytes: Uint8Array, meta: Parameters<ReturnType<ProjectStore['assets']['beginWrite']>['finish']>[0], besides?: () => void): void {
    const writer = this.#store.assets.beginWrite({ kind: 'stage', name, mimeType, origin: 'generated', stage: this.#facts.stage, stageKey });
    try {
      writer.write(bytes);
      context.commit(() => {
        writer.finish(meta);
        besides?.();
      }, true);
    } catch (error) {
      writer.abort();
      throw error;
    }
  }
}
