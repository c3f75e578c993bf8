import type { Element, ElementContent, Root } from 'hast'
import rehypeSanitize, { defaultSchema, type Options as Schema } from 'rehype-sanitize'
import rehypeStringify from 'rehype-stringify'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'
import { asIs } from './as-is.ts'
import { attribute, make, rewrite, text } from './tree.ts'

/** In front of every id and in-page link, so that fetched text names nothing of the page around it. */
export const ID_PREFIX = 'doc-'

/** Characters of Markdown that are rendered; more is shown as it is. */
export const RENDER_LIMIT = 2_000_000

const schema: Schema = {
  ...defaultSchema,
  clobberPrefix: ID_PREFIX,
  protocols: { href: ['http', 'https', 'mailto'] },
  tagNames: (defaultSchema.tagNames ?? []).filter((name) => name !== 'img' && name !== 'picture'),
  attributes: {
    ...defaultSchema.attributes,
    a: ['href', ['rel', 'noreferrer', 'noopener', 'nofollow']],
  },
}

/** Images become links: nothing is loaded from outside when somebody reads. */
const linkImages = () => (tree: Root) => {
  rewrite(tree, (element) => {
    if (element.tagName !== 'img') return undefined
    const src = attribute(element, 'src')
    const alt = attribute(element, 'alt') ?? ''
    const label = text(alt === '' ? (src ?? 'image') : alt)
    return [src === null ? label : make('a', [label], { href: src })]
  })
}

/** After sanitising: how links behave. An image within a link would be a link within a link. */
const guardLinks = () => (tree: Root) => {
  rewrite(tree, (element, ancestors) => {
    if (element.tagName !== 'a') return undefined
    const href = attribute(element, 'href')
    const nested = ancestors.some((a) => a.type === 'element' && a.tagName === 'a')
    if (nested || href === null) return element.children
    if (href.startsWith('#')) {
      const id = href.slice(1)
      element.properties.href = `#${id.startsWith(ID_PREFIX) ? '' : ID_PREFIX}${id}`
    } else element.properties.rel = ['noreferrer', 'noopener', 'nofollow']
    return undefined
  })
}

/** Every heading gets the id that GitHub would give it, so that links within the page lead there. */
const nameHeadings = () => (tree: Root) => {
  const taken = new Map<string, number>()
  rewrite(tree, (element): readonly ElementContent[] | undefined => {
    if (!/^h[1-6]$/.test(element.tagName)) return undefined
    const slug = slugOf(element)
    const before = taken.get(slug) ?? 0
    taken.set(slug, before + 1)
    if (slug !== '') element.properties.id = before === 0 ? slug : `${slug}-${before}`
    return undefined
  })
}

const slugOf = (heading: Element): string =>
  flat(heading)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

const flat = (node: ElementContent): string =>
  node.type === 'text' ? node.value : 'children' in node ? node.children.map(flat).join('') : ''

/**
 * HTML written inside the Markdown is shown, not obeyed, but for the line breaks that our own
 * tables have (cells.ts).
 */
const writeHtml = {
  html(
    _: unknown,
    { value }: { value: string },
    parent: { type: string } | undefined,
  ): ElementContent {
    if (/^<br *\/?>$/i.test(value)) return make('br')
    const inLine = parent !== undefined && !/^(?:root|blockquote|listItem)$/.test(parent.type)
    return inLine ? text(value) : make('p', [text(value)])
  },
}

const renderer = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype, { clobberPrefix: '', handlers: writeHtml })
  .use(nameHeadings)
  .use(linkImages)
  .use(rehypeSanitize, schema)
  .use(guardLinks)
  .use(rehypeStringify)

/**
 * Markdown as HTML that may stand in our own page: no scripts, no handlers, nothing loaded from
 * outside, every id and in-page link under {@link ID_PREFIX}. What is too large or nested too deeply
 * to render comes as one `<pre>`. Never throws; can take long, so run it in a thread (task.ts).
 */
export function render(markdown: string): string {
  if (markdown.length > RENDER_LIMIT) return asIs(markdown)
  try {
    return String(renderer.processSync(markdown))
  } catch (error) {
    if (error instanceof RangeError) return asIs(markdown)
    throw error
  }
}
