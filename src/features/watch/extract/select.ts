import type { Element, Root } from 'hast'
import { selectAll } from 'hast-util-select'
import { LIMITS, type ExtractSettings } from './settings.ts'
import { type ExtractFailure, failure } from './result.ts'
import { attribute, elements, lineOf, textOf } from './tree.ts'

/** What one selector matched: how often, and how the first match begins. */
export interface Matched {
  readonly selector: string
  readonly matches: number
  readonly sample: string | null
}

export interface Selection {
  readonly ok: true
  /** What is kept, outermost elements only, in document order. */
  readonly roots: readonly Element[]
  readonly removed: ReadonlySet<Element>
  readonly kept: readonly Matched[]
  readonly removals: readonly Matched[]
  readonly warnings: readonly string[]
}

/** Why a selector cannot be used, as one sentence; null for a good one. For a form as well. */
export function checkSelector(selector: string): string | null {
  if (selector.trim() === '') return 'It is empty.'
  if (selector.length > LIMITS.selectorLength)
    return `It is longer than ${LIMITS.selectorLength} characters.`
  try {
    selectAll(selector, { type: 'root', children: [] })
    return null
  } catch (error) {
    return error instanceof Error ? `${error.message.replace(/\.?$/, '')}.` : String(error)
  }
}

/** Chooses what of a page is kept. Selectors see the whole page, so `main > .x` means what it says. */
export function select(tree: Root, settings: ExtractSettings): Selection | ExtractFailure {
  const broken = brokenSelector(settings)
  if (broken !== null) return broken
  const removals = settings.remove.map((selector) => ({
    selector,
    found: selectAll(selector, tree),
  }))
  const removed = new Set(removals.flatMap(({ found }) => found))
  const keeps =
    settings.keep.length > 0
      ? settings.keep.map((selector) => ({ selector, found: selectAll(selector, tree) }))
      : [standard(tree)]
  const roots = outermost(tree, new Set(keeps.flatMap(({ found }) => found)), removed)
  const kept = keeps.map(matched)
  if (roots.length === 0 && settings.keep.length > 0) {
    const all = kept.every((one) => one.matches === 0)
    return failure(
      'selector_broken',
      `${quoted(settings.keep)} ${all ? 'matched nothing' : 'matched only what is removed'} on this page.`,
      'Look at the preview and adapt the selectors to keep; the site may have been rebuilt.',
    )
  }
  return {
    ok: true,
    roots,
    removed,
    kept,
    removals: removals.map(matched),
    warnings: kept
      .filter((one) => one.matches === 0)
      .map((one) => `The selector ${one.selector} to keep matched nothing.`),
  }
}

function brokenSelector({ keep, remove }: ExtractSettings): ExtractFailure | null {
  if (keep.length + remove.length > LIMITS.selectors)
    return failure(
      'selector_broken',
      `There are more than ${LIMITS.selectors} selectors.`,
      'Join some with a comma.',
    )
  for (const selector of [...keep, ...remove]) {
    const why = checkSelector(selector)
    if (why === null) continue
    return failure(
      'selector_broken',
      `The selector ${selector.slice(0, 100)} cannot be read: ${why}`,
      'Correct the selector. Attribute, child and sibling selectors, :not() and :has() can be used.',
    )
  }
  return null
}

/** `main`, else `article`, else `body`; the first of these that has any text. */
function standard(tree: Root): { selector: string; found: Element[] } {
  const choices: [string, (element: Element) => boolean][] = [
    ['main', (e) => e.tagName === 'main' || attribute(e, 'role') === 'main'],
    ['article', (e) => e.tagName === 'article'],
    ['body', (e) => e.tagName === 'body'],
  ]
  for (const [selector, fits] of choices) {
    const found = [...elements(tree)].filter((e) => fits(e) && textOf(e).trim() !== '')
    if (found.length > 0) return { selector, found }
  }
  return { selector: 'body', found: [] }
}

function outermost(
  tree: Root,
  wanted: ReadonlySet<Element>,
  removed: ReadonlySet<Element>,
): readonly Element[] {
  const roots: Element[] = []
  for (const element of elements(tree, (e) => !wanted.has(e) && !removed.has(e)))
    if (wanted.has(element) && !removed.has(element)) roots.push(element)
  return roots
}

const matched = ({
  selector,
  found,
}: {
  selector: string
  found: readonly Element[]
}): Matched => ({
  selector,
  matches: found.length,
  sample: found[0] === undefined ? null : lineOf(found[0]).slice(0, 80),
})

const quoted = (selectors: readonly string[]): string =>
  `The selector${selectors.length === 1 ? '' : 's'} ${selectors.join(', ')}`
