/** What a case says about the engine; null where the case has nothing to compare with. */
export interface ParityReport {
  /** Of all outputs together. */
  readonly output: { readonly maxAbs: number };
  readonly loss: { readonly mse: number; readonly motion: number } | null;
  readonly gradients: { readonly mse: { readonly relL2: number }; readonly motion: { readonly relL2: number } } | null;
  readonly trace: { readonly finalMaxAbs: number } | null;
}

/** A report with the worst relative difference of any single gradient, which the report itself leaves out. */
export interface CaseResult {
  readonly report: ParityReport;
  readonly worstSingleGradient: number;
}

const BOUNDS = { outputMaxAbs: 1e-4, gradientRelL2: 1e-3, singleGradientRelL2: 1e-2, traceFinalMaxAbs: 1e-3 } as const;

/** Whether every bound holds; NaN breaks each. */
export function isWithinBounds({ report: { output, gradients, trace }, worstSingleGradient }: CaseResult): boolean {
  return output.maxAbs <= BOUNDS.outputMaxAbs
    && (trace === null || trace.finalMaxAbs <= BOUNDS.traceFinalMaxAbs)
    && (gradients === null || (Math.max(gradients.mse.relL2, gradients.motion.relL2) <= BOUNDS.gradientRelL2 && worstSingleGradient <= BOUNDS.singleGradientRelL2));
}
