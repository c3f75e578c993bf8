import './watch.css'
import { useEffect, useRef } from 'react'

/** Markdown as HTML that the server has sanitised (watch/extract/render.ts): no scripts, styles, frames or remote images. */
export function Rendered({ html }: { readonly html: string }) {
  const frame = useRef<HTMLDivElement>(null)
  // What can be scrolled sideways can be reached by the keyboard.
  useEffect(() => {
    for (const wide of frame.current?.querySelectorAll<HTMLElement>('pre, table') ?? [])
      wide.tabIndex = 0
  }, [html])
  return <div ref={frame} className="gh-rendered" dangerouslySetInnerHTML={{ __html: html }} />
}
