/** The title of a Markdown page: of its front matter, else its first heading of the first level outside of code. */
export function titleOf(markdown: string): string | null {
  const start = markdown.slice(0, 20_000)
  const front = /^\uFEFF?---[ \t]*\n([^]*?)\n---[ \t]*(?:\n|$)/.exec(start)?.[1]
  const named = front === undefined ? undefined : /^title:[ \t]*(.+)$/m.exec(front)?.[1]
  const title = named?.trim().replace(/^(["'])(.*)\1$/, '$2') ?? firstHeading(start)
  return title === undefined || title === '' ? null : title.slice(0, 300)
}

function firstHeading(start: string): string | undefined {
  let fence: string | undefined
  for (const line of start.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === undefined) fence = mark
    else if (mark?.startsWith(fence) === true) fence = undefined
    if (fence !== undefined || mark !== undefined) continue
    const heading = /^\uFEFF? {0,3}#[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*\r?$/.exec(line)?.[1]
    if (heading !== undefined) return heading
  }
  return undefined
}
