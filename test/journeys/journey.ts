import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, it } from 'vitest'
import { openBrowser, visit, type Look, type Visit } from './browser.ts'
import { startProduct, type Product, type Start } from './product.ts'

/** What a journey is given: the running product, and as many people at browsers as it needs. */
export interface Journey {
  readonly product: Product
  /** Opens a browser of its own, with no cookies. */
  readonly person: (look?: Look) => Promise<Visit>
}

/**
 * One product and one browser for the journeys of a file. A journey ends by holding every visit to silence: no console
 * error, no refused style or script, no failed request that it did not name. When it fails, each window leaves a picture
 * in test-results/.
 */
export function journeys(start: Start) {
  let product: Product | undefined
  let browser: Browser | undefined
  beforeAll(async () => {
    ;[product, browser] = await Promise.all([startProduct(start), openBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
  })
  /** `within`: how long the whole of it may take (ms), where that is more than usual. */
  return (name: string, walk: (journey: Journey) => Promise<void>, within?: number): void => {
    it(name, { ...(within === undefined ? {} : { timeout: within }) }, async () => {
      if (!product || !browser) throw new Error('Nothing was started.')
      const present = { product, browser }
      const visits: Visit[] = []
      const person = async (look?: Look): Promise<Visit> => {
        const one = await visit(present.browser, present.product.url, look)
        visits.push(one)
        return one
      }
      try {
        await walk({ product, person })
        for (const one of visits) one.assertQuiet()
      } catch (error) {
        for (const [i, one] of visits.entries()) await one.picture(`${name} ${i + 1}`)
        console.error(troubleIn(product.output()))
        throw error
      } finally {
        for (const one of visits) await one.close()
      }
    })
  }
}

/** The warnings and errors of the product's log: often the reason for what the browser saw. */
const troubleIn = (output: string): string =>
  output
    .split('\n')
    .filter((line) => /"level":[4-6]0/.test(line))
    .join('\n')
