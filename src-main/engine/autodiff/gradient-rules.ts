import { CONVOLUTION_RULES } from './rules-convolution.ts';
import { ELEMENTWISE_RULES } from './rules-elementwise.ts';
import type { GradientRules } from './gradient-rule.ts';
import { LAYOUT_RULES } from './rules-layout.ts';
import { NORMALIZATION_RULES } from './rules-normalization.ts';
import { PRODUCT_RULES } from './rules-products.ts';
import { REDUCTION_RULES } from './rules-reduction.ts';

/** Gradient rule, or sentinel, of every standard operator that can be trained through. */
export const GRADIENT_RULES: GradientRules = {
  ...ELEMENTWISE_RULES, ...PRODUCT_RULES, ...CONVOLUTION_RULES, ...NORMALIZATION_RULES, ...LAYOUT_RULES, ...REDUCTION_RULES,
};
