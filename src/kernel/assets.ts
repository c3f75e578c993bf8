import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { extname, join, normalize, sep } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}

/** On every answer that a browser may show. */
export const securityHeaders = [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['x-frame-options', 'DENY'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
] as const

/** For a year the browser comes by https only, and takes no exception for a certificate (RFC 6797). */
const strictTransport = ['strict-transport-security', 'max-age=31536000'] as const

/**
 * The headers of every answer. Where an operator has said that people open it by https, the browser is told so. Not for the
 * machine itself: there the name belongs to whatever else is developed on it.
 */
export function headersFor(siteUrl: string): readonly (readonly [string, string])[] {
  const { protocol, hostname } = new URL(siteUrl)
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost')
  return protocol === 'https:' && !isLocal ? [...securityHeaders, strictTransport] : securityHeaders
}

/** A random value for one answer's Content-Security-Policy. */
export const makeNonce = (): string => randomBytes(16).toString('base64url')

/** No inline script, no framing, nothing from elsewhere. Styles that the components make at run time carry the nonce. */
export const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')

/**
 * Serves the built pages: files under `assets/` carry a hash in their names and never change; every other address that
 * a person may open is a state of the one page.
 */
export function createAssets(folder: string) {
  const page = (): string | undefined => {
    try {
      return readFileSync(join(folder, 'index.html'), 'utf8')
    } catch {
      return undefined
    }
  }
  return async (path: string): Promise<Response> => {
    const file = normalize(join(folder, decodePath(path)))
    if (file.startsWith(folder + sep) && isFile(path, extname(file))) {
      // Read whole: the body of an answer to HEAD is never read, and a stream would keep its file open for good.
      const content = await readFile(file).catch(() => undefined)
      if (!content) return new Response('Not found', { status: 404 })
      return new Response(content, {
        headers: {
          'content-type': types[extname(file)] ?? 'application/octet-stream',
          'content-length': String(content.length),
          'cache-control': path.startsWith('/assets/')
            ? 'public, max-age=31536000, immutable'
            : 'no-cache',
        },
      })
    }
    const html = page()
    if (html === undefined)
      return new Response('The pages are not built yet. Run: npm run build:web\n', {
        status: 503,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      })
    const nonce = makeNonce()
    return new Response(html.replaceAll('__CSP_NONCE__', nonce), {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': contentSecurityPolicy(nonce),
        'cache-control': 'no-store',
      },
    })
  }
}

/** Files stand in assets/ or at the top; further down a dot belongs to the address of a screen (`/watch/…/hooks.json`). */
const isFile = (path: string, extension: string): boolean =>
  extension !== '' &&
  extension !== '.html' &&
  (path.startsWith('/assets/') || path.lastIndexOf('/') === 0)

function decodePath(path: string): string {
  try {
    const decoded = decodeURIComponent(path)
    return decoded.includes('\0') ? '/' : decoded
  } catch {
    return '/'
  }
}
