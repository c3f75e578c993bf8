import type { Element, Root } from 'hast'
import { type Dropped, dropBoilerplate } from './boilerplate.ts'
import type { Decoded } from './charset.ts'
import { plainCode } from './code.ts'
import { readHead } from './head.ts'
import { plainLinks } from './links.ts'
import { toMarkdown } from './markdown.ts'
import { parseHtml } from './parse.ts'
import { EXTRACTORS, type Extracted, type ExtractFailure, failure } from './result.ts'
import { type Matched, select } from './select.ts'
import type { ExtractSettings } from './settings.ts'
import { plainTables } from './tables.ts'
import { labelTabs } from './tabs.ts'
import { attribute, elements, lineOf, textOf } from './tree.ts'

/** What was taken of a page and what was left out: for the preview. */
export interface Outline {
  readonly kept: readonly Matched[]
  readonly removed: readonly Matched[]
  /** Our own boilerplate, by name. */
  readonly boilerplate: readonly { readonly what: string; readonly count: number }[]
}

/** HTML as Markdown. Throws `TooMuch` (settings.ts). */
export function extractHtml(
  decoded: Decoded,
  url: string,
  settings: ExtractSettings,
): { readonly extracted: Extracted; readonly outline: Outline | null } {
  const tree = parseHtml(decoded.text)
  const head = readHead(tree, url)
  const needsScripts = isShell(tree)
  const chosen = select(tree, settings)
  if (!chosen.ok)
    return {
      extracted: needsScripts && chosen.kind !== 'selector_broken' ? SHELL : chosen,
      outline: null,
    }

  const content: Root = { type: 'root', children: [...chosen.roots] }
  labelTabs(content)
  plainCode(content)
  const whole = chosen.roots.some((root) => root.tagName === 'body' || root.tagName === 'html')
  const dropped = dropBoilerplate(content, chosen.removed, whole)
  plainTables(content)
  plainLinks(content, head.base, settings.absoluteLinks)
  const heading = elements(content).find((e) => e.tagName === 'h1' && lineOf(e) !== '')
  const title = heading === undefined ? head.title : lineOf(heading)
  const text = toMarkdown(content)

  const outline = {
    kept: chosen.kept,
    removed: chosen.removals,
    boilerplate: summary(dropped),
  }
  if (needsScripts && text.length < 500) return { extracted: SHELL, outline }
  if (text === '') return { extracted: EMPTY, outline }
  const { canonical, links, markdownAlternate, noIndex } = head
  return {
    outline,
    extracted: {
      ok: true,
      kind: 'html',
      text,
      title,
      extractor: EXTRACTORS.html,
      canonical,
      links,
      markdownAlternate,
      noIndex,
      charset: decoded.charset,
      warnings: [...decoded.warnings, ...chosen.warnings],
    },
  }
}

const summary = (dropped: Dropped): Outline['boilerplate'] =>
  [...dropped].map(([what, count]) => ({ what, count }))

export const EMPTY: ExtractFailure = failure(
  'empty',
  'The page was fetched, but there is no text on it.',
  'Open the address in a browser; if there is text, say with a selector what to keep.',
)

const SHELL: ExtractFailure = failure(
  'no_content',
  'The page brings no text of its own; its scripts load it in a browser.',
  'Look for a Markdown edition of the page, or switch on rendering in a browser for this collection.',
)

/** Where frameworks put a page that they build in the browser. */
const MOUNTS = /^(?:root|app|__next|__nuxt|___gatsby|svelte|main-app|q-app)$/

/**
 * A page that only its scripts can fill: there are scripts, and next to no text, or an empty place
 * for the application with at most a word of waiting beside it.
 */
function isShell(tree: Root): boolean {
  const all = [...elements(tree)]
  const scripts = all.some((e) => e.tagName === 'script' && !isData(e))
  if (!scripts) return false
  const body = all.find((e) => e.tagName === 'body')
  const words = body === undefined ? '' : textOf(body)
  const letters = words.match(/[\p{L}\p{N}]/gu)?.length ?? 0
  if (letters === 0) return true
  if (letters < 300 && /enable javascript|javascript (?:is )?(?:required|disabled)/i.test(words))
    return true
  const mounts = all.filter((e) => MOUNTS.test(attribute(e, 'id') ?? ''))
  return letters < 60 && mounts.some((e) => textOf(e).trim() === '' || WAITING.test(lineOf(e)))
}

const WAITING = /^(?:loading|please wait|one moment)\b.{0,20}$/i

/** A script that holds data (structured data, state) runs nothing. */
function isData(script: Element): boolean {
  return /json|template|markdown/.test(attribute(script, 'type') ?? '')
}
