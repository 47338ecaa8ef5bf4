// Checks a page with axe-core: https://github.com/dequelabs/axe-core
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Expects no violation that axe calls serious or critical. Contrast is among what it checks. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  // What moves or fades has no colour to measure yet.
  const still =
    '(animation) => animation.effect.getComputedTiming().endTime === Infinity ? animation.cancel() : animation.finish()';
  await page.evaluate(`document.getAnimations().forEach(${still})`);
  const { violations, passes } = await page.evaluate<axe.AxeResults>('axe.run()');
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(
    serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`),
  ).toEqual([]);
  // It has looked at something.
  expect(passes.length).toBeGreaterThan(10);
}
