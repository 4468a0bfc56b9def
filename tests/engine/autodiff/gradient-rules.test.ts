import { describe, expect, test } from 'vitest';
import { GRADIENT_RULES } from '../../../src-main/engine/autodiff/gradient-rules.ts';
import { FORBIDDEN, NO_GRADIENT } from '../../../src-main/engine/autodiff/gradient-rule.ts';
import { OP_SCHEMAS } from '../../../src-main/engine/onnx/op-schemas.ts';
import { checkGradients } from './finite-differences.ts';
import { ELEMENTWISE_CASES } from './cases-elementwise.ts';
import { LAYOUT_CASES } from './cases-layout.ts';
import { PRODUCT_CASES } from './cases-products.ts';
import { WINDOW_CASES } from './cases-windows.ts';

const CASES = { ...ELEMENTWISE_CASES, ...PRODUCT_CASES, ...WINDOW_CASES, ...LAYOUT_CASES };

describe('every rule agrees with finite differences', () => {
  test.each(Object.keys(CASES))('%s', async (name) => {
    const gradientCase = CASES[name];
    if (gradientCase === undefined) throw new Error(name);
    for (const seed of [11, 4242]) await checkGradients(gradientCase, seed);
  });

  test('and every operator with a rule is in the matrix', () => {
    const ruled = Object.entries(GRADIENT_RULES).filter(([, entry]) => entry !== NO_GRADIENT && entry !== FORBIDDEN).map(([opType]) => opType);
    const covered = new Set(Object.keys(CASES).map((name) => name.split(' ')[0]));
    expect(ruled.filter((opType) => !covered.has(opType))).toEqual([]);
  });

  test('and every standard operator of the engine has a rule or a sentinel', () => {
    const standard = Object.entries(OP_SCHEMAS).filter(([, schema]) => schema.domain === '').map(([opType]) => opType);
    expect(standard.filter((opType) => GRADIENT_RULES[opType] === undefined)).toEqual([]);
  });
});
