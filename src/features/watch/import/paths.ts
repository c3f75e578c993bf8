/** Which page a file of an imported history is: pure. */
import { pagePath } from '../sources/index.ts'

const root = 'https://history.invalid/'
/** An exported history names its files as pages are named: `~20` there is a blank here, so that it goes in as it came out. */
const address = (file: string): string =>
  root +
  file
    .split('/')
    .map((segment) => encodeURIComponent(segment).replaceAll(/~(?=[0-9A-F]{2})/g, '%'))
    .join('/')

export type FileKind = 'markdown' | 'text' | 'html'

/** What a file is by its name; undefined: it is no page and left out. */
export function fileKind(path: string): FileKind | undefined {
  const ending = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase()
  if (ending === 'md' || ending === 'mdx' || ending === 'markdown') return 'markdown'
  if (ending === 'txt') return 'text'
  return ending === 'html' || ending === 'htm' ? 'html' : undefined
}

export interface FileRow {
  readonly file: string
  /** The page's path. */
  readonly page: string
  readonly present: boolean
}

export interface Placed {
  readonly file: string
  readonly page: string
  /** It could not have the page its name stands for, because another file is that page now. */
  readonly beside: boolean
}

/** The page a file stands for by its name: as live pages are called, endings and `index` dropped. */
export const pageOfFile = (file: string): string => pagePath(address(file), root)

/**
 * Keeps which file is which page through a history. A page belongs to one file at a time: `a.md` that becomes
 * `a/index.md` goes on as the page `a`; where both are there, the one that came first is `a`, the other one keeps its
 * ending (`a/index.md`). The same history always gives the same pages, however it is cut into batches.
 */
export function createPlaces(known: readonly FileRow[]) {
  const pages = new Map<string, string>()
  const holders = new Map<string, string>()
  for (const { file, page, present } of known) {
    pages.set(file, page)
    if (present) holders.set(page, file)
  }

  const free = (page: string, file: string): boolean => {
    const holder = holders.get(page)
    return holder === undefined || holder === file
  }

  return {
    /** The page of a file that is gone; undefined: it never was one. */
    leave(file: string): string | undefined {
      const page = pages.get(file)
      if (page === undefined || holders.get(page) !== file) return undefined
      holders.delete(page)
      return page
    },
    /** The page of a file that is there. Files that are gone in the same snapshot must have left before. */
    take(file: string): Placed {
      const before = pages.get(file)
      const named = pageOfFile(file)
      let page = before !== undefined && holders.get(before) === file ? before : named
      for (let n = 1; !free(page, file); n++)
        page = `${pagePath(address(`${file}.md`), root)}${n === 1 ? '' : `~${n}`}`
      pages.set(file, page)
      holders.set(page, file)
      return { file, page, beside: page !== named }
    },
    /** The file that a page is at present. */
    holder: (page: string): string | undefined => holders.get(page),
  }
}
