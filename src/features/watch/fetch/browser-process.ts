/**
 * One page rendered, in a process that ends with it. It is started with an environment of its own
 * and a home that is thrown away, knows nothing of the server, and goes out through the server's
 * checking proxy alone.
 */
import { pathToFileURL } from 'node:url'
import type { BrowserContext, Page, Response } from 'playwright-core'

/** What the server tells the process, once. */
export interface RenderOrder {
  readonly url: string
  /** Secrets of the address's origin. */
  readonly headers: Readonly<Record<string, string>>
  readonly userAgent: string
  readonly timeoutMs: number
  /** How long to wait for the network to fall silent after the document is there (ms). */
  readonly quietMs: number
  readonly maxBytes: number
  readonly chromium: string
  readonly flags: readonly string[]
  readonly sandbox: boolean
  readonly proxy: { readonly server: string; readonly username: string; readonly password: string }
}

export interface RenderedHop {
  readonly url: string
  readonly status: number
  readonly location: string | null
}

/** What it answers, once. */
export type RenderReply =
  | {
      readonly ok: true
      /** The document's address after redirects; what scripts made of it is not looked at. */
      readonly url: string
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      /** The DOM as HTML; of what is no HTML the bytes as they came. Base64. */
      readonly body: string
      readonly rendered: boolean
      readonly redirects: readonly RenderedHop[]
    }
  | {
      readonly ok: false
      readonly stage: 'start' | 'page' | 'size'
      readonly message: string
    }

/** Neither text nor anything that brings text. */
const unneeded = new Set(['image', 'media', 'font'])

const hardening = [
  // Nothing but the proxy knows a name; without it Chromium would ask the machine's resolver.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
  // UDP does not go through a proxy of HTTP.
  '--disable-quic',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--dns-prefetch-disable',
  '--no-pings',
  '--disable-domain-reliability',
  '--disable-background-networking',
  '--js-flags=--max-old-space-size=512',
  '--renderer-process-limit=2',
  '--disk-cache-size=1',
]

async function render(order: RenderOrder): Promise<RenderReply> {
  const { chromium } = await import('playwright-core')
  const until = Date.now() + order.timeoutMs
  const left = (): number => Math.max(until - Date.now(), 1)
  let browser
  try {
    browser = await chromium.launch({
      executablePath: order.chromium,
      args: [...order.flags, ...hardening],
      // Adds `<-loopback>` to the bypass list by itself, so that loopback goes through it too.
      proxy: order.proxy,
      chromiumSandbox: order.sandbox,
      env: {},
      timeout: left(),
    })
  } catch (error) {
    return { ok: false, stage: 'start', message: firstLine(error) }
  }
  try {
    const context = await browser.newContext({
      userAgent: order.userAgent,
      acceptDownloads: false,
      serviceWorkers: 'block',
      reducedMotion: 'reduce',
      viewport: { width: 1280, height: 2000 },
    })
    await guard(context, order)
    const page = await context.newPage()
    await giveSecrets(context, page, order)
    page.on('dialog', (dialog) => void dialog.dismiss().catch(() => undefined))
    context.on('page', (other) => {
      if (other !== page) void other.close().catch(() => undefined)
    })
    const response = await page.goto(order.url, { waitUntil: 'domcontentloaded', timeout: left() })
    if (response === null) return { ok: false, stage: 'page', message: 'There was no answer.' }
    const html = /^\s*(?:text\/html|application\/xhtml)/i.test(
      (await response.headerValue('content-type')) ?? 'text/html',
    )
    if (html)
      await page
        .waitForLoadState('networkidle', { timeout: Math.min(left(), order.quietMs) })
        // A page that never falls silent is taken as it stands.
        .catch(() => undefined)
    const body = html ? Buffer.from(await page.content()) : await response.body()
    if (body.length > order.maxBytes)
      return {
        ok: false,
        stage: 'size',
        message: `The page is larger than ${order.maxBytes} bytes.`,
      }
    return {
      ok: true,
      url: response.url(),
      status: response.status(),
      headers: plainHeaders(await response.allHeaders(), html),
      body: body.toString('base64'),
      rendered: html,
      redirects: await hopsBefore(response),
    }
  } catch (error) {
    return { ok: false, stage: 'page', message: firstLine(error) }
  } finally {
    await browser.close().catch(() => undefined)
  }
}

/** What brings no text is not fetched; cookies are Chromium's own to send. */
async function guard(context: BrowserContext, { url, headers }: RenderOrder): Promise<void> {
  const { origin } = new URL(url)
  const cookie = Object.entries(headers).find(([name]) => isCookie(name))?.[1] ?? ''
  await context.addCookies(
    cookie.split(';').flatMap((pair) => {
      const [, name, value] = /^\s*([^=]+?)\s*=\s*(.*?)\s*$/.exec(pair) ?? []
      return name === undefined || value === undefined ? [] : [{ name, value, url: origin }]
    }),
  )
  await context.route('**/*', async (route) => {
    if (unneeded.has(route.request().resourceType())) await route.abort('blockedbyclient')
    else await route.continue()
  })
}

const isCookie = (name: string): boolean => name.toLowerCase() === 'cookie'

/**
 * Secrets go to their origin, hop by hop. Playwright's own way to add headers to a request takes them along through its
 * redirects, to whatever origin those lead; here every hop is a request of its own.
 */
async function giveSecrets(
  context: BrowserContext,
  page: Page,
  { url, headers, proxy: { username, password } }: RenderOrder,
): Promise<void> {
  const { origin } = new URL(url)
  const secrets = Object.entries(headers).filter(([name]) => !isCookie(name))
  if (secrets.length === 0) return
  const names = new Set(secrets.map(([name]) => name.toLowerCase()))
  const devtools = await context.newCDPSession(page)
  devtools.on('Fetch.requestPaused', ({ requestId, request }) => {
    const own = Object.entries(request.headers).filter(([name]) => !names.has(name.toLowerCase()))
    const all = [...own, ...secrets].map(([name, value]) => ({ name, value }))
    const mine = URL.parse(request.url)?.origin === origin
    devtools
      .send('Fetch.continueRequest', { requestId, ...(mine ? { headers: all } : {}) })
      // The page is gone, and its requests with it.
      .catch(() => undefined)
  })
  // Who looks at requests is asked for the name at the proxy, and nobody else.
  devtools.on('Fetch.authRequired', ({ requestId, authChallenge }) => {
    const authChallengeResponse =
      authChallenge.source === 'Proxy'
        ? ({ response: 'ProvideCredentials', username, password } as const)
        : ({ response: 'CancelAuth' } as const)
    devtools
      .send('Fetch.continueWithAuth', { requestId, authChallengeResponse })
      .catch(() => undefined)
  })
  await devtools.send('Fetch.enable', {
    handleAuthRequests: true,
    patterns: [{ urlPattern: '*', requestStage: 'Request' }],
  })
}

async function hopsBefore(response: Response): Promise<readonly RenderedHop[]> {
  const hops: RenderedHop[] = []
  for (
    let request = response.request().redirectedFrom();
    request !== null;
    request = request.redirectedFrom()
  ) {
    const answer = await request.response()
    hops.unshift({
      url: request.url(),
      status: answer?.status() ?? 0,
      location: (await answer?.headerValue('location')) ?? null,
    })
  }
  return hops
}

/** The DOM is handed over as UTF-8 and unpacked, whatever the answer was. */
function plainHeaders(
  all: Readonly<Record<string, string>>,
  html: boolean,
): Record<string, string> {
  const { 'content-encoding': _packed, 'content-length': _length, ...others } = all
  return html ? { ...others, 'content-type': 'text/html; charset=utf-8' } : others
}

/** Playwright's messages go on with a log of the browser. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.split('\n', 1)[0] ?? message
}

if (process.send !== undefined && import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  // The server went away: nobody waits for the page any more, and Chromium ends with us.
  process.on('disconnect', () => process.exit())
  process.once('message', (order) => {
    void render(order as RenderOrder).then((reply) => {
      process.send?.(reply, () => process.exit())
    })
  })
}
