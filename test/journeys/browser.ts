import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import {
  chromium as playwright,
  type Browser,
  type BrowserContext,
  type Page,
} from 'playwright-core'

const results = join(import.meta.dirname, '../../test-results')
const installed = '/usr/bin/chromium'

/** How long one step of a journey may take (ms): long enough for a busy machine with two cores, never a waiting time. */
const patience = 20_000

/**
 * Flags of the packaged Chromium that we do not want: they switch off protections that the product is held to, or put
 * everything into one process, which then dies with its first context.
 */
const unwanted = new Set([
  '--disable-web-security',
  '--allow-running-insecure-content',
  '--disable-site-isolation-trials',
  '--single-process',
])

/** Starts Chromium: an installed one where there is one, else the one that came with the packages. */
export async function openBrowser(): Promise<Browser> {
  if (existsSync(installed))
    return playwright.launch({ executablePath: installed, args: ['--no-sandbox'] })
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args.filter((flag) => !unwanted.has(flag)),
  })
}

export interface Look {
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
}

/** One person at one browser, and everything that went wrong in it. */
export interface Visit {
  readonly page: Page
  readonly context: BrowserContext
  /** Names a request that may fail in this journey, like `401 /api/v1/session`. Each must then really happen. */
  readonly expectFailure: (what: string) => void
  /** Throws when the console, the page or the network complained about anything that was not expected. */
  readonly assertQuiet: () => void
  readonly picture: (name: string) => Promise<string>
  readonly close: () => Promise<void>
}

export async function visit(browser: Browser, base: string, look: Look = {}): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width: look.width ?? 1440, height: look.height ?? 900 },
    colorScheme: look.scheme ?? 'light',
    // Movement would only make pictures and clicks depend on the moment.
    reducedMotion: 'reduce',
    acceptDownloads: true,
  })
  context.setDefaultTimeout(patience)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: base })
  const complaints: string[] = []
  const failures: string[] = []
  const expected = new Set<string>()
  const page = await context.newPage()
  context.on('console', (message) => {
    // The browser's own line about a failed request; the request itself is looked at below.
    if (message.text().startsWith('Failed to load resource')) return
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`console ${message.type()}: ${message.text()}`)
  })
  context.on('weberror', (error) => complaints.push(`page: ${error.error().message}`))
  context.on('response', (response) => {
    if (response.status() >= 400)
      failures.push(`${response.status()} ${new URL(response.url()).pathname}`)
  })
  context.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? ''
    // A question that the screen took back itself, by leaving or by asking anew; a download is not "loaded" either.
    if (why === 'net::ERR_ABORTED') return
    complaints.push(`request: ${request.method()} ${request.url()}: ${why}`)
  })
  return {
    page,
    context,
    expectFailure: (what) => void expected.add(what),
    assertQuiet: () => {
      const wrong = [...complaints, ...failures.filter((failure) => !expected.has(failure))]
      const missing = [...expected].filter((failure) => !failures.includes(failure))
      if (wrong.length > 0) throw new Error(`The browser complained:\n${wrong.join('\n')}`)
      if (missing.length > 0) throw new Error(`This was to fail and did not: ${missing.join(', ')}`)
    },
    picture: async (name) => {
      mkdirSync(results, { recursive: true })
      const path = join(results, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.png`)
      await page.screenshot({ path })
      return path
    },
    close: () => context.close(),
  }
}
