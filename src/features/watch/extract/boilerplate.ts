import type { Element, ElementContent, Parents } from 'hast'
import { attribute, classes, elements, has, lineOf, make, rewrite, text, textOf } from './tree.ts'

/** What was left out without being asked, by name and number: for the preview. */
export type Dropped = Map<string, number>

const GONE = new Set(
  'script style noscript template svg canvas nav select textarea dialog object embed wbr link meta base title'.split(
    ' ',
  ),
)
const BLOCKS = new Set('p pre table ul ol dl h1 h2 h3 h4 h5 h6 blockquote'.split(' '))
const HEADINGS = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'])
const UNSEEN = new Set(['sr-only', 'visually-hidden', 'visuallyhidden', 'screen-reader-text'])
const PERMALINK =
  /^(?:headerlink|hash-link|header-?anchor|heading-?anchor|anchor(?:-?link)?|permalink|id_link|mark)$/
/** What a link to the heading it stands in shows: nothing, a sign, or a zero-width space. */
const SIGN = /^[#¶§🔗\s\u200B\uFEFF]*$/u
const INLINE = new Set(['a', 'em', 'i', 'b', 'strong', 'span', 'code', 'u', 'mark', 'small'])

/**
 * Leaves out what is on a page but is not its text: scripts, navigation, controls, what only a
 * screen reader says, signs that link a heading to itself. `header` and `footer` go where the page
 * has no `main` to tell the content from the frame.
 */
export function dropBoilerplate(
  tree: Parents,
  removed: ReadonlySet<Element>,
  whole: boolean,
): Dropped {
  const dropped: Dropped = new Map()
  const drop = (what: string): [] => {
    dropped.set(what, (dropped.get(what) ?? 0) + 1)
    return []
  }
  rewrite(
    tree,
    (element, ancestors) => {
      if (removed.has(element)) return []
      const why = boilerplate(element, ancestors, whole)
      if (why !== null) return drop(why)
      return kept(element)
    },
    (element) => !removed.has(element),
  )
  return dropped
}

/** The name of what an element is, when it is left out. */
function boilerplate(
  element: Element,
  ancestors: readonly Parents[],
  whole: boolean,
): string | null {
  const { tagName } = element
  const role = attribute(element, 'role')
  if (GONE.has(tagName)) return tagName
  if (role === 'navigation' || role === 'search' || role === 'dialog') return `role=${role}`
  if (whole && isFrame(element, role, ancestors)) return tagName
  if (isHidden(element, role)) return 'hidden'
  if (tagName === 'button') return isContent(element, role, ancestors) ? null : 'button'
  if (tagName === 'input') return attribute(element, 'type') === 'checkbox' ? null : 'input'
  if (classes(element).some((name) => UNSEEN.has(name)) && !has(element, BLOCKS))
    return HEADINGS.has(tagName) || tagName === 'caption' ? null : 'sr-only'
  if (tagName === 'a' && isPermalink(element, ancestors)) return 'heading link'
  return null
}

/** The frame of a page: what stands around its content, not the head or foot of one article. */
function isFrame(element: Element, role: string | null, ancestors: readonly Parents[]): boolean {
  const framing =
    element.tagName === 'header' ||
    element.tagName === 'footer' ||
    role === 'banner' ||
    role === 'contentinfo'
  const inArticle = ancestors.some(
    (a) => a.type === 'element' && /^(?:main|article)$/.test(a.tagName),
  )
  return framing && !inArticle
}

/** Hidden for good. The panel of a tab or a fold that is shut is content all the same. */
function isHidden(element: Element, role: string | null): boolean {
  const { hidden } = element.properties
  if (hidden !== undefined && hidden !== false)
    return role !== 'tabpanel' && hidden !== 'until-found' && element.tagName !== 'input'
  return attribute(element, 'ariaHidden') === 'true' && role !== 'tabpanel' && !has(element, BLOCKS)
}

/** Buttons do things (copy, share, vote), but the label of a fold or a tab is text. */
const isContent = (element: Element, role: string | null, ancestors: readonly Parents[]): boolean =>
  role === 'tab' ||
  element.properties.ariaExpanded !== undefined ||
  ancestors.some(
    (a) => a.type === 'element' && (HEADINGS.has(a.tagName) || a.tagName === 'summary'),
  )

function isPermalink(link: Element, ancestors: readonly Parents[]): boolean {
  const href = attribute(link, 'href')
  if (href === null || !href.includes('#')) return false
  if (!SIGN.test(textOf(link)) || elements(link).some((e) => e.tagName === 'img')) {
    return false
  }
  return (
    classes(link).some((name) => PERMALINK.test(name)) ||
    ancestors.some(
      (a) =>
        a.type === 'element' &&
        (HEADINGS.has(a.tagName) || /^(?:dt|caption|figcaption)$/.test(a.tagName)),
    )
  )
}

/** What becomes of an element that stays. */
function kept(element: Element): readonly ElementContent[] | undefined {
  const { tagName } = element
  if (tagName === 'picture') return element.children.filter((c) => isTag(c, 'img'))
  if (tagName === 'menu') return [make('ul', element.children)]
  if (tagName === 'math' || classes(element).includes('katex'))
    return [make('code', [text(formula(element))])]
  if (HEADINGS.has(tagName)) element.children = element.children.flatMap(withoutSelfLink)
  const email = attribute(element, 'dataCfemail')
  if (email !== null) return [text(decodeEmail(email))]
  if (tagName === 'a' && /\/cdn-cgi\/l\/email-protection/.test(attribute(element, 'href') ?? ''))
    return element.children
  const empty = INLINE.has(tagName) && element.children.length === 0
  return empty ? [] : undefined
}

/** `<h2><a href="#x">Title</a></h2>`: the title and not a link to where one is. */
function withoutSelfLink(child: ElementContent): readonly ElementContent[] {
  const self = isTag(child, 'a') && (attribute(child, 'href') ?? '').startsWith('#')
  return self ? child.children : [child]
}

const isTag = (node: ElementContent, name: string): node is Element =>
  node.type === 'element' && node.tagName === name

/** A formula in the TeX it was written in, where the page has it. */
function formula(element: Element): string {
  const tex = elements(element).find((e) => attribute(e, 'encoding') === 'application/x-tex')
  return lineOf(tex ?? element)
}

/**
 * An address that Cloudflare hides from harvesters, by a key of one byte that is another one on each
 * request: left as it is, every fetch would be a change.
 */
function decodeEmail(hidden: string): string {
  const bytes = Buffer.from(hidden, 'hex')
  const key = bytes[0] ?? 0
  return Buffer.from(bytes.subarray(1).map((byte) => byte ^ key)).toString('utf8')
}
