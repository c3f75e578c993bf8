import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Rules of WCAG 2.2, levels A and AA, and those before it. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface Violation {
  readonly id: string
  readonly help: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/** What axe finds in the page as it is now, one line each: the rule, and the element. */
export async function axe(page: Page): Promise<readonly string[]> {
  // Through the protocol, where the page's Content-Security-Policy does not reach.
  await page.evaluate(source)
  const violations = await page.evaluate(
    async (wanted) =>
      (
        await (
          globalThis as unknown as {
            axe: { run: (what: Document, how: object) => Promise<{ violations: Violation[] }> }
          }
        ).axe.run(document, {
          runOnly: { type: 'tag', values: wanted },
          resultTypes: ['violations'],
        })
      ).violations,
    rules,
  )
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      (node) =>
        `${id} (${help}): ${node.html.slice(0, 160)} ${node.failureSummary.replaceAll(/\s+/g, ' ').slice(0, 220)}`,
    ),
  )
}

/** How many pixels of the page lie outside the window, to the right: nobody should scroll sideways to read. */
export const overhang = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
