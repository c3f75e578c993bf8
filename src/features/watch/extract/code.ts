import type { Element, ElementContent, Nodes, Parents } from 'hast'
import { attribute, classes, elements, make, rewrite, text } from './tree.ts'

/**
 * Makes every `<pre>` one plain block: its text, line by line as it is seen, and its language in
 * `dataLanguage`. A `<pre>` that holds several `<code>` (the same in two dialects) becomes several.
 */
export function plainCode(tree: Parents): void {
  rewrite(
    tree,
    (element, ancestors) => {
      if (element.tagName !== 'pre') return undefined
      const codes = element.children.filter((c) => c.type === 'element' && c.tagName === 'code')
      const parts = codes.length > 1 ? codes : [element]
      return parts.map((part) => {
        const path = part === element ? ancestors : [...ancestors, element]
        const language = languageOf(part as Element, path)
        return make(
          'pre',
          [text(codeText(part))],
          language === null ? {} : { dataLanguage: language },
        )
      })
    },
    (element) => element.tagName !== 'pre' || !has(element, 'pre'),
  )
}

const has = (element: Element, name: string): boolean =>
  elements(element).some((inner) => inner.tagName === name)

/** Classes that say a language: Prism, Pandoc, highlight.js, GitHub, SyntaxHighlighter, Sphinx. */
const NAMED = /^(?:language|lang|highlight-source|highlight-text|brush:?|sourceCode)-(.+)$/
/** What highlighters write for "none". */
const NO_LANGUAGE = new Set([
  'default',
  'none',
  'nohighlight',
  'no-highlight',
  'notranslate',
  'auto',
])

function languageOf(element: Element, ancestors: readonly Parents[]): string | null {
  const inner = elements(element).find((e) => e.tagName === 'code')
  const around = ancestors
    .slice(-3)
    .reverse()
    .filter((node) => node.type === 'element')
  for (const candidate of [inner, element, ...around]) {
    const language = candidate && named(candidate)
    if (typeof language === 'string')
      return /^[\w+#.-]{1,30}$/.test(language) && !NO_LANGUAGE.has(language) ? language : null
  }
  return null
}

function named(element: Element): string | undefined {
  const said = attribute(element, 'dataLanguage') ?? attribute(element, 'dataLang')
  if (said !== null) return said
  const names = classes(element)
  for (const name of names) {
    const language = NAMED.exec(name)?.[1]
    if (language !== undefined) return language
  }
  if (names.includes('hljs') || names.includes('sourceCode'))
    return names.find((name) => name !== 'sourceCode' && !name.startsWith('hljs'))
  // Sphinx: <div class="highlight-python notranslate"><div class="highlight"><pre>
  if (names.includes('notranslate') || names.includes('highlight'))
    return names.find((name) => name.startsWith('highlight-'))?.slice('highlight-'.length)
  return undefined
}

const LINE = new Set(['line', 'token-line', 'code-line', 'highlight-line', 'view-line'])
const NUMBERS =
  /^(?:linenos?|linenodiv|line-?numbers?(?:-rows)?|lineno|gutter|copy(?:-?b(?:utto|t)n)?)$/
const BLOCKS = new Set(['div', 'p', 'li', 'tr'])
const SKIPPED = new Set(['button', 'svg', 'script', 'style', 'input', 'select', 'template'])

/** The text of a block of code as it is seen: a line element ends its line, line numbers are left out. */
function codeText(block: Nodes): string {
  const out: string[] = []
  let last = '\n'
  const put = (value: string): void => {
    if (value === '') return
    out.push(value)
    last = value.slice(-1)
  }
  const visit = (node: ElementContent, next: ElementContent | undefined): void => {
    if (node.type === 'text') put(node.value)
    if (node.type !== 'element' || isBeside(node)) return
    if (node.tagName === 'br') put('\n')
    const before = out.length
    inside(node.children)
    // Where the page brings its own line break, after or inside the element, it is not doubled.
    if (!isLine(node) || startsLine(next)) return
    if (last !== '\n' || out.length === before) put('\n')
  }
  const inside = (children: readonly ElementContent[]): void => {
    for (const [i, child] of children.entries()) visit(child, children[i + 1])
  }
  if ('children' in block) inside(block.children as ElementContent[])
  return out
    .join('')
    .replace(/\r\n?/g, '\n')
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd()
}

const isLine = (element: Element): boolean =>
  BLOCKS.has(element.tagName) ||
  element.properties.dataLine !== undefined ||
  classes(element).some((name) => LINE.has(name))

const isBeside = (element: Element): boolean =>
  SKIPPED.has(element.tagName) ||
  element.properties.dataNosnippet !== undefined ||
  classes(element).some((name) => NUMBERS.test(name))

const startsLine = (node: ElementContent | undefined): boolean =>
  node?.type === 'text' && /^\r?\n/.test(node.value)
