/** A part of a clip in seconds; the end is exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What a span may be: the clip's length and the length of one of its frames, in seconds. */
export interface SpanLimits {
  readonly duration: number;
  readonly frame: number;
}

const toFrame = (seconds: number, { duration, frame }: SpanLimits): number => Math.min(duration, Math.max(0, Math.round(seconds / frame) * frame));

/**
 * Where trimming begins: the whole clip while it is not much longer than what the model makes, else its middle. Spread over
 * a long clip, a model's few key frames would show jumps instead of a motion.
 */
export function startSpan(limits: SpanLimits, modelSeconds: number): Span {
  const { duration } = limits;
  if (duration <= modelSeconds * 2) return { from: 0, to: duration };
  const from = toFrame((duration - modelSeconds) / 2, limits);
  return { from, to: toFrame(from + modelSeconds, limits) };
}

/** Moves one edge to a frame near `seconds`; the part stays at least one frame long. */
export function moveEdge(span: Span, edge: 'from' | 'to', seconds: number, limits: SpanLimits): Span {
  const at = toFrame(seconds, limits);
  return edge === 'from' ? { ...span, from: Math.max(0, Math.min(at, span.to - limits.frame)) } : { ...span, to: Math.min(limits.duration, Math.max(at, span.from + limits.frame)) };
}

/** Moves the whole part so that it begins near `seconds`, as long as before. */
export function slideSpan(span: Span, seconds: number, limits: SpanLimits): Span {
  const length = span.to - span.from;
  const from = Math.max(0, Math.min(toFrame(seconds, limits), limits.duration - length));
  return { from, to: from + length };
}
