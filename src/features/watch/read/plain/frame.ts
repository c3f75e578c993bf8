/** What is around every page without JavaScript. */
import { markup, type Markup } from './markup.ts'

export interface PlainPage {
  readonly title: string
  /** Where one is, from the list of collections down; the last is the page itself. */
  readonly trail: readonly { readonly label: string; readonly to: string }[]
  readonly body: Markup
  readonly status?: number
}

/** No scripts and no styles in the page; fetched content can load nothing. */
const policy = [
  "default-src 'none'",
  // The icon in the tab.
  "img-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

export function plainAnswer({ title, trail, body, status = 200 }: PlainPage): Response {
  const { html } = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Gatehouse</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/plain.css">
</head>
<body>
<nav aria-label="Where you are">${trail.map(({ label, to }) => markup`<a href="${plain(to)}">${label}</a>`)}</nav>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`
  return new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
    },
  })
}

/** The same address, to be answered without JavaScript. */
export function plain(
  address: string,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const more = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : `&${name}=${encodeURIComponent(value)}`,
  )
  return `${address}?plain=1${more.join('')}`
}

export const redirect = (to: string): Response =>
  new Response(null, { status: 303, headers: { location: to, 'cache-control': 'no-store' } })

export interface Choice {
  readonly value: string
  readonly label: string
}

/** A labelled select; the browser picks the first where none is chosen. */
export const select = (
  name: string,
  label: string,
  choices: readonly Choice[],
  chosen: string | undefined,
): Markup =>
  markup`<label>${label}<select name="${name}">${choices.map(
    (choice) =>
      markup`<option value="${choice.value}"${choice.value === chosen && markup` selected`}>${choice.label}</option>`,
  )}</select></label>`

/** +3 −1 */
export const sizeMarkup = (added: number, removed: number): Markup =>
  markup`<span class="plus">+${added}</span> <span class="minus">−${removed}</span>`

/** 18 May 2026, 22:01 UTC */
export function timeMarkup(at: number): Markup {
  const iso = new Date(at).toISOString()
  return markup`<time datetime="${iso}">${timeText(at)}</time>`
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

export function timeText(at: number): string {
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${date.getUTCDate()} ${months[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`
  return `${day}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`
