import { isUnder } from './address.ts'
import { collectPages, type Found, MAX_PAGES } from './found.ts'

/** Endings of what is no page of text. */
const NO_PAGE =
  /\.(?:7z|avi|avif|bmp|bz2|css|csv|deb|dmg|docx?|eot|epub|exe|gif|gz|ico|jar|jpe?g|js|json|m4a|map|mjs|mov|mp[34]|msi|og[gv]|otf|pdf|png|pptx?|rar|rpm|rss|svg|tar|tgz|tiff?|ttf|wasm|wav|web[mp]|whl|woff2?|xlsx?|xml|xz|zip|zst)$/i

/**
 * Of the links of a page (`Extracted.links`), the pages under a prefix: canonical, each once, in
 * order, files left out. How deep and how far links are followed is the caller's.
 *
 * @param base what relative links are read against: the page's address
 */
export function followLinks(
  links: readonly string[],
  prefix: string,
  base: string,
): readonly Found[] {
  return collectPages(
    links.slice(0, MAX_PAGES * 2).map((href) => ({ href })),
    base,
    prefix,
  ).found.filter(({ url }) => isUnder(url, prefix) && !NO_PAGE.test(new URL(url).pathname))
}
